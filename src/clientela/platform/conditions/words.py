"""A condition as a sentence in the language now active."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clientela.platform.conditions.facts import Fact, Relation, Type
from clientela.platform.conditions.tree import (
    All,
    Arithmetic,
    Constant,
    Either,
    Leaf,
    Node,
    Not,
    Of,
    Related,
    Value,
    Window,
)

Shown = Callable[[Fact, Any], str]

# Translators: %(fact)s is the name of a fact, such as "Age"; %(value)s what it is compared with
QUESTIONS: Mapping[str, Any] = {
    "eq": gettext_lazy("%(fact)s is %(value)s"),
    "ne": gettext_lazy("%(fact)s is not %(value)s"),
    "in": gettext_lazy("%(fact)s is one of %(value)s"),
    "not_in": gettext_lazy("%(fact)s is none of %(value)s"),
    "is_set": gettext_lazy("%(fact)s is known"),
    "is_not_set": gettext_lazy("%(fact)s is not known"),
    "contains": gettext_lazy("%(fact)s contains %(value)s"),
    "not_contains": gettext_lazy("%(fact)s does not contain %(value)s"),
    "starts_with": gettext_lazy("%(fact)s begins with %(value)s"),
    "ends_with": gettext_lazy("%(fact)s ends with %(value)s"),
    "lt": gettext_lazy("%(fact)s is below %(value)s"),
    "le": gettext_lazy("%(fact)s is at most %(value)s"),
    "gt": gettext_lazy("%(fact)s is above %(value)s"),
    "ge": gettext_lazy("%(fact)s is at least %(value)s"),
    "between": gettext_lazy("%(fact)s is between %(value)s"),
    "before": gettext_lazy("%(fact)s is before %(value)s"),
    "after": gettext_lazy("%(fact)s is after %(value)s"),
    "on": gettext_lazy("%(fact)s is on %(value)s"),
    "has_any": gettext_lazy("%(fact)s: any of %(value)s"),
    "has_all": gettext_lazy("%(fact)s: all of %(value)s"),
    "has_none": gettext_lazy("%(fact)s: none of %(value)s"),
}
# The same where facts stand within a sentence: "when products bought include any of A, B"
WITHIN: Mapping[str, Any] = {
    **QUESTIONS,
    "has_any": gettext_lazy("%(fact)s include any of %(value)s"),
    "has_all": gettext_lazy("%(fact)s include all of %(value)s"),
    "has_none": gettext_lazy("%(fact)s include none of %(value)s"),
}
ROWS: Mapping[str, Any] = {
    "any": gettext_lazy("%(rows)s: one where %(condition)s"),
    "none": gettext_lazy("%(rows)s: none where %(condition)s"),
    "every": gettext_lazy("%(rows)s: each where %(condition)s"),
    "count": gettext_lazy("%(rows)s where %(condition)s: %(count)s"),
}


def plainly(fact: Fact, value: Any) -> str:
    """A value as it is written in a condition; codes by their labels where there are some."""
    if fact.type is Type.FLAG:
        return _("yes") if value else _("no")
    if fact.type is Type.MONEY:
        return f"{value[0]} {value[1]}"
    return str(fact.choices.get(value, value)) if isinstance(value, str) else f"{value}"


def sentence(node: Node, shown: Shown = plainly, *, within: bool = False) -> str:
    """What a condition asks, in words; `shown` writes a value of a fact. `within`: it stands in the
    middle of a sentence.
    """
    match node:
        case All(parts):
            return _joined(parts, shown, every=True, within=within)
        case Either(parts):
            return _joined(parts, shown, every=False, within=within)
        case Not(part):
            return _("not (%(condition)s)") % {"condition": sentence(part, shown, within=True)}
        case Leaf():
            return _question(node, shown, within=within)
        case Related():
            return _about_rows(node, shown, within=within)
    return _("nobody")


def _named(named: Fact | Relation, *, within: bool) -> str:
    """What it is called; our own names begin with a capital only where a sentence does."""
    words = str(named)
    is_ours = isinstance(named.label, Promise) and not words[1:2].isupper()
    return words[:1].lower() + words[1:] if within and is_ours else words


def _joined(parts: tuple[Node, ...], shown: Shown, *, every: bool, within: bool) -> str:
    """`a, b and c`, or `a, b or c`; a group inside a group stands in brackets."""
    told = [_bracketed(part, shown, within=within or place > 0)
            for place, part in enumerate(parts)]  # fmt: skip
    if len(told) == 1:
        return told[0]
    both = {"first": ", ".join(told[:-1]), "last": told[-1]}
    return (_("%(first)s and %(last)s") if every else _("%(first)s or %(last)s")) % both


def _bracketed(part: Node, shown: Shown, *, within: bool) -> str:
    told = sentence(part, shown, within=within)
    is_group = isinstance(part, All | Either) and len(part.parts) > 1
    return f"({told})" if is_group else told


def _question(leaf: Leaf, shown: Shown, *, within: bool) -> str:
    fact = _named(leaf.fact, within=within)
    if isinstance(leaf.value, Window):
        return _window(fact, leaf.value)
    asked = {"fact": fact, "value": _value(leaf, leaf.value, shown)}
    return str((WITHIN if within else QUESTIONS)[leaf.operator] % asked)


def _value(leaf: Leaf, value: Value | None, shown: Shown) -> str:
    match value:
        case Of(fact):
            return _named(fact, within=True)
        case Arithmetic(sign, left, right):
            return f"{_value(leaf, left, shown)} {sign} {_value(leaf, right, shown)}"
        case Constant((low, high)) if leaf.operator == "between":
            both = {"first": shown(leaf.fact, low), "last": shown(leaf.fact, high)}
            return _("%(first)s and %(last)s") % both
        case Constant(several) if leaf.operator in ("in", "not_in") or "has_" in leaf.operator:
            return ", ".join(shown(leaf.fact, one) for one in several)
        case Constant(constant):
            return shown(leaf.fact, constant)
    return ""


def _window(fact: str, window: Window) -> str:
    named = {"fact": fact, "days": window.days}
    if window.direction == "next":
        return (
            ngettext(
                "%(fact)s is within the next day",
                "%(fact)s is within the next %(days)d days",
                window.days,
            )
            % named
        )
    return (
        ngettext(
            "%(fact)s is within the last day",
            "%(fact)s is within the last %(days)d days",
            window.days,
        )
        % named
    )


def _about_rows(node: Related, shown: Shown, *, within: bool) -> str:
    condition = sentence(node.where, shown, within=True) if node.where else _("any")
    asked = {"rows": _named(node.relation, within=within), "condition": condition}
    if node.quantifier == "count":
        count = Leaf(Fact("count", Type.NUMBER, _("number")), node.operator, node.value, node.path)
        asked["count"] = _question(count, shown, within=True)
    return str(ROWS[node.quantifier] % asked)
