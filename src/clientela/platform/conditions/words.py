"""A condition as a sentence in the language now active."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clientela.platform.conditions.facts import Fact, Type
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


def sentence(node: Node, shown: Shown = plainly) -> str:
    """What a condition asks, in words; `shown` writes a value of a fact."""
    match node:
        case All(parts):
            return _joined(parts, shown, every=True)
        case Either(parts):
            return _joined(parts, shown, every=False)
        case Not(part):
            return _("not (%(condition)s)") % {"condition": sentence(part, shown)}
        case Leaf():
            return _question(node, shown)
        case Related():
            return _about_rows(node, shown)
    return _("nobody")


def _joined(parts: tuple[Node, ...], shown: Shown, *, every: bool) -> str:
    """`a, b and c`, or `a, b or c`; a group inside a group stands in brackets."""
    told = [_bracketed(part, shown) for part in parts]
    if len(told) == 1:
        return told[0]
    both = {"first": ", ".join(told[:-1]), "last": told[-1]}
    return (_("%(first)s and %(last)s") if every else _("%(first)s or %(last)s")) % both


def _bracketed(part: Node, shown: Shown) -> str:
    told = sentence(part, shown)
    is_group = isinstance(part, All | Either) and len(part.parts) > 1
    return f"({told})" if is_group else told


def _question(leaf: Leaf, shown: Shown) -> str:
    if isinstance(leaf.value, Window):
        return _window(leaf.fact, leaf.value)
    asked = {"fact": str(leaf.fact), "value": _value(leaf, leaf.value, shown)}
    return str(QUESTIONS[leaf.operator] % asked)


def _value(leaf: Leaf, value: Value | None, shown: Shown) -> str:
    match value:
        case Of(fact):
            return str(fact)
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


def _window(fact: Fact, window: Window) -> str:
    named = {"fact": str(fact), "days": window.days}
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


def _about_rows(node: Related, shown: Shown) -> str:
    condition = sentence(node.where, shown) if node.where else _("any")
    asked = {"rows": str(node.relation), "condition": condition}
    if node.quantifier == "count":
        count = Leaf(Fact("count", Type.NUMBER, _("number")), node.operator, node.value, node.path)
        asked["count"] = _question(count, shown)
    return str(ROWS[node.quantifier] % asked)
