"""Rules of points in words, and why one gave nothing; in the language now active."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.loyalty import sentences
from clientela.loyalty.queries import rates
from clientela.loyalty.rules import amending, bodies
from clientela.loyalty.rules.bodies import Earn, Rule
from clientela.platform import money
from clientela.products import queries as catalogue
from clientela.ui import dates, numbers
from clientela.ui.templatetags.ui import label

Words = Mapping[str, str | Promise]
Condition = Callable[[Any], str]

REASONS: Words = {
    "condition": lazy("What it asks for was not so."),
    "nothing-of-it": lazy("Nothing was bought that it is for."),
    "rounds-to-nothing": lazy("It came to less than one point."),
    "exclusive": lazy("Another rule counts alone."),
    "not-the-best": lazy("Another rule gave more; only the best counts."),
    "not-the-newest": lazy("A newer rule counts instead."),
    "too-little-history": lazy("Too little is known of what they usually buy."),
    "not-in-time": lazy("It was not running on that day."),
    "cap": lazy("The limit was reached."),
    "budget": lazy("The budget was spent."),
    "paused": lazy("Earning was paused."),
    "unreadable": lazy("It asks for something that is not there any more."),
    "no-points-before": lazy("There were no points to multiply."),
    "paid-with-points": lazy("It was paid with points."),
    "waits-for-person": lazy("A second person has to decide."),
    "same-contact": lazy("Both have the same phone, e-mail or household."),
    "once-only": lazy("It was given before."),
    "no-rate": lazy("No rate of exchange is known for that day."),
}
WARNINGS: Words = {
    "not-in-all-languages": lazy("Its name is not told in every language."),
    "over-already": lazy("Its last day has passed: it will never give anything."),
    "starts-in-the-past": lazy("It begins in the past; late purchases of those days will count."),
    "nothing-to-add-to": lazy("No rule gives points that it could multiply or add to."),
    "no-last-day": lazy("It has no last day and runs until somebody ends it."),
    "hides-other-rules": lazy("It counts alone: other multipliers and bonuses will give nothing."),
    "multiplies-much": lazy("With other rules, points could be multiplied more than five times."),
    "any-purchase-will-do": lazy("The smallest purchase earns it, as often as somebody buys."),
}
EVENTS: Words = {
    "signed_up": lazy("signing up"), "birthday": lazy("a birthday"),
    "referral": lazy("bringing a friend"), "review": lazy("a review"),
    "survey": lazy("answering a survey"), "warranty_registered": lazy("registering a warranty"),
    "product_activated": lazy("activating a product"),
    "holding_anniversary": lazy("a year with a product"),
    "referred": lazy("coming by a friend"), "holding_renewed": lazy("renewing a product"),
    "cover_bought": lazy("buying a cover"), "consent_given": lazy("agreeing to hear from us"),
    "delivered": lazy("a delivery"), "invoice_paid": lazy("a paid invoice"),
    "app_installed": lazy("installing the app"), "newsletter": lazy("taking the newsletter"),
}  # fmt: skip


# Steps that no rule made: what they are called, and a sentence about them.
NO_RULES: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "partner": (lazy("Earned at a partner"), lazy("As many as the partner said.")),
    "limit": (lazy("Limit"), REASONS["cap"]),
}


def reason(code: str) -> str:
    return str(REASONS.get(code, code))


def warning(code: str) -> str:
    return str(WARNINGS.get(code, code))


def rule_words(
    body: Mapping[str, Any], *, currency: str, condition: Condition | None = None,
    labels: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A rule as one sentence; `currency` is what amounts are shown in, `condition` words a tree;
    `labels`: its own names, for events that only the company knows.
    """
    if body.get("earn") == rates.KEY:
        return rate_words(body)
    if body.get("earn") == amending.KEY:
        return _("What was earned before it was put right")
    if body.get("earn") in NO_RULES:
        return str(NO_RULES[body["earn"]][1])
    try:
        rule = bodies.read(0, body)
    except bodies.BadRule:
        return _("This rule cannot be read.")
    told = gives(rule, currency=currency, labels=labels or {})
    for sentence, value in _more(rule, condition):
        told = sentence % {"what": told, "more": value}
    return told


def rate_words(body: Mapping[str, Any]) -> str:
    """1 USD = 0.92 EUR, or 1 EUR = 1.0842 USD as it was given, and of which day."""
    one, other = body["money"], body["home"]
    if body["for_one_home"]:
        one, other = other, one
    rate = str(body["rate"]).replace(".", money.DECIMAL_MARKS[language()])
    return _("1 %(one)s = %(rate)s %(other)s, the rate of %(day)s") % {
        "one": one, "other": other, "rate": rate, "day": day(date.fromisoformat(body["day"])),
    }  # fmt: skip


def gives(rule: Rule, *, currency: str, labels: Mapping[str, str]) -> str:
    """What it gives, without when and for what."""
    points = {"points": number(rule.points)}
    match rule.earn:
        case Earn.PER_MONEY:
            per = amount(rule.per, currency)
            return ngettext(
                "%(points)s point for every %(money)s", "%(points)s points for every %(money)s",
                rule.points,
            ) % {**points, "money": per}  # fmt: skip
        case Earn.PER_UNIT:
            return ngettext(
                "%(points)s point for each unit", "%(points)s points for each unit", rule.points
            ) % points  # fmt: skip
        case Earn.PER_PURCHASE:
            return ngettext(
                "%(points)s point for a purchase", "%(points)s points for a purchase", rule.points
            ) % points  # fmt: skip
        case Earn.BONUS:
            return ngettext(
                "%(points)s point more", "%(points)s points more", rule.points
            ) % points  # fmt: skip
        case Earn.EVENT:
            return _("%(points)s points for %(event)s") % {
                **points, "event": _event(rule.event, labels),
            }  # fmt: skip
    return _("%(factor)s times the points") % {"factor": factor(rule.factor)}


def _event(name: str, labels: Mapping[str, str]) -> str:
    """What earns them; an event of the company's own as it calls the rule."""
    if name in EVENTS:
        return str(EVENTS[name])
    called = label(labels)
    return _("“%(name)s”") % {"name": called} if called else name.replace("_", " ")


def _more(rule: Rule, condition: Condition | None) -> Iterator[tuple[str, str]]:
    if rule.scope is not None:
        names = [*rule.scope.products, *_called(rule.scope.categories), *rule.scope.tags]
        yield _("%(what)s, for %(more)s"), ", ".join(sorted(names))
    if rule.when is not None and condition is not None:
        yield _("%(what)s, when %(more)s"), condition(rule.when)
    if rule.first_day is not None:
        yield _("%(what)s, from %(more)s"), day(rule.first_day)
    if rule.last_day is not None:
        yield _("%(what)s, through %(more)s"), day(rule.last_day)
    if rule.exclusive:
        yield _("%(what)s, %(more)s"), _("and nothing else counts beside it")
    if rule.waits is not None and rule.waits.event:
        yield _("%(what)s, %(more)s"), _("usable after: %(event)s") % {
            "event": sentences.awaited(rule.waits.event)
        }  # fmt: skip
    if rule.waits is not None and rule.waits.until is not None:
        yield _("%(what)s, %(more)s"), _("usable from %(day)s on") % {"day": day(rule.waits.until)}
    if rule.waits is not None and rule.waits.days:
        yield _("%(what)s, %(more)s"), ngettext(
            "usable after %(days)s day", "usable after %(days)s days", rule.waits.days
        ) % {"days": number(rule.waits.days)}  # fmt: skip


def _called(categories: Collection[str]) -> list[str]:
    """Categories by their names: a key is for those who write rules as files."""
    labels = catalogue.category_labels(categories) if categories else {}
    return [label(labels.get(key, {})) or key for key in categories]


def language() -> str:
    return (get_language() or "en")[:2]


def number(figure: int) -> str:
    return numbers.number(figure, language())


def factor(times: Fraction) -> str:
    """3/2 is `1.5`; what has no end stays a fraction."""
    exact = Decimal(times.numerator) / Decimal(times.denominator)
    if Fraction(round(exact, 4)) != times:
        return f"{times.numerator}/{times.denominator}"
    text = f"{round(exact, 4):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", money.DECIMAL_MARKS[language()])


def amount(value: Decimal, currency: str) -> str:
    try:
        return money.from_decimal(value, currency).shown(language())
    except money.BadMoney:
        return f"{value:f} {currency}"


def day(value: date) -> str:
    return dates.day(value, language())
