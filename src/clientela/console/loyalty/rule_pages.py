"""Rules of points: listed, written as a form with a test purchase beside it, published, ended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.lists import filters
from clientela.console.loyalty import asked_words
from clientela.console.loyalty.rule_form import EARNS, RuleForm
from clientela.console.once import send
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.flows import (
    earning_facts,
    points_settings,
    quote_points,
    rule_words,
    rules_of_points,
)
from clientela.flows.lists.known import Known
from clientela.flows.points import Explained
from clientela.flows.quote_points import Quote, Trial
from clientela.flows.record_purchases import Bought
from clientela.flows.rules_of_points import Draft
from clientela.loyalty.models import Currency, Rule
from clientela.loyalty.queries import ledger, programme
from clientela.loyalty.rules.bodies import Earn
from clientela.platform import ids, money, phones
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.purchases.actions import NewLine
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label, number, signed

ICONS = {
    "per_money": "cash", "per_unit": "package", "per_purchase": "shopping-cart",
    "multiply": "x", "bonus": "plus", "factor": "trophy", "event": "calendar",
}  # fmt: skip
MEMBERS = ("earn", "points", "per", "num", "den", "of", "when", "first_day", "last_day", "waits",
           "life", "cashable", "exclusive")  # fmt: skip


@page("loyalty.view", switch="loyalty")
def rules(request: HouseRequest) -> HttpResponse:
    """Every rule in the order in which it is computed, those that ended at the end."""
    known = earning_facts.known_for(request.actor, company=companies.current())
    listed = programme.rules_of()
    return show(request, "console/loyalty/rules.html", {
        "groups": [
            {"words": label(one.labels), "code": one.code,
             "rules": [_row(rule, known) for rule in listed if rule.currency_id == one.pk]}
            for one in points_settings.currencies()
        ],
        "kinds": EARNS.items(),
    })  # fmt: skip


def _row(rule: Rule, known: Known) -> dict[str, Any]:
    newest = programme.versions_of(rule)[0]
    earn = str(newest.body.get("earn"))
    return {
        "id": rule.id, "words": label(rule.labels) or rule.key, "priority": rule.priority,
        "sentence": _sentence(newest.body, known, rule.labels), "version": newest.number,
        "icon": ICONS.get(earn, "plus"), "is_ended": rule.ended_at is not None,
        "is_tier": earn == Earn.FACTOR, "can_be_changed": earn in EARNS,
    }  # fmt: skip


def _sentence(
    body: Mapping[str, Any], known: Known, labels: Mapping[str, str] | None = None
) -> str:
    return rule_words.rule_words(
        body, currency=companies.current().currency, labels=labels,
        condition=lambda when: asked_words.sentence(when, known, within=True),
    )  # fmt: skip


@page("loyalty.view", "loyalty.publish", switch="loyalty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    """A new rule of the kind in the address, for the points in the address."""
    earn = request.GET.get("earn", "")
    currency = _currency(request.GET.get("currency", ""))
    return _edited(request, currency, earn if earn in EARNS else Earn.PER_MONEY.value, None)


@page("loyalty.view", "loyalty.publish", switch="loyalty", methods=FORM)
def edit(request: HouseRequest, rule_id: int) -> HttpResponse:
    rule = rules_of_points.rule_of(rule_id)
    earn = str(programme.versions_of(rule)[0].body.get("earn"))
    if earn not in EARNS or rule.ended_at is not None:
        return see(reverse("console:rule-versions", args=[rule.id]))
    return _edited(request, rule.currency, earn, rule)


def _currency(code: str) -> Currency:
    listed = points_settings.currencies()
    found = next((one for one in listed if one.code == code), None)
    return found or (listed[0] if listed else rules_of_points.currency_of(code))


def _edited(
    request: HouseRequest, currency: Currency, earn: str, rule: Rule | None
) -> HttpResponse:  # fmt: skip
    known = earning_facts.known_for(request.actor, company=companies.current())
    is_sent = request.method == "POST"
    data, unreadable = _with_parts(request, known) if is_sent else (None, False)
    form = RuleForm(data, earn=earn, rule=rule)
    publishes = is_sent and request.POST.get("do", "publish") == "publish"
    if publishes and form.is_valid():
        answer = send(request, form, lambda: _publish(request, currency, form))
        if answer:
            return answer
    elif is_sent and not publishes:
        form.is_valid()
        form.errors.clear()
    context = {
        "form": form, "currency": currency, "kind": EARNS[earn], "rule": rule,
        "name": label(rule.labels) if rule else "", "facts": filters.offered(known),
        "parts": _parts(form.condition(), known), "unreadable": unreadable,
        "shown": _fields(form), **_looked_at(request, currency, form, known),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return show(request, "console/loyalty/rule.html", context, status=status)


def _fields(form: RuleForm) -> list[Any]:
    return [bound for bound in form if not bound.is_hidden]


def _with_parts(request: HouseRequest, known: Known) -> tuple[Any, bool]:
    """What was typed, with one more part of the condition or without one; whether the part that was
    typed could not be read.
    """
    data = request.POST.copy()
    do = str(data.get("do", ""))
    parts = _trees(data.get("when", ""))
    unreadable = False
    if do == "add":
        try:
            currency = companies.current().currency
            parts.append(filters.asked(known, request.POST, currency=currency))
        except filters.Unreadable:
            unreadable = True
    elif do.startswith("drop-") and do.removeprefix("drop-").isdecimal():
        place = int(do.removeprefix("drop-"))
        parts = [part for at, part in enumerate(parts) if at != place]
    data["when"] = json.dumps({"all": parts}) if parts else ""
    return data, unreadable


def _trees(written: Any) -> list[dict[str, Any]]:
    """The parts of a condition that hold together; any other tree is one part."""
    try:
        whole = json.loads(str(written)) if written else None
    except ValueError:
        return []
    if not isinstance(whole, dict) or not whole:
        return []
    inner = whole.get("all")
    return list(inner) if isinstance(inner, list) and len(whole) == 1 else [whole]


def _parts(when: Any, known: Known) -> list[dict[str, Any]]:
    return [
        {"words": asked_words.sentence(tree, known), "drop": f"drop-{place}"}
        for place, tree in enumerate(_trees(json.dumps(when) if when else ""))
    ]


def _publish(request: HouseRequest, currency: Currency, form: RuleForm) -> str:
    done = rules_of_points.publish_rule(
        _draft(currency, form), read=request.POST.getlist("read"), actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    words = _("Version %(number)s is published.") if done.is_new else _("Nothing was changed.")
    messages.success(request, words % {"number": done.version.number})
    return reverse("console:loyalty-rules")


def _draft(currency: Currency, form: RuleForm) -> Draft:
    return Draft(currency.code, form.key(), form.labels(), form.body(), form.priority_said())


@page("loyalty.view", "loyalty.publish", switch="loyalty")
def question(request: HouseRequest) -> HttpResponse:
    """The part of the form that depends on what is asked about."""
    known = earning_facts.known_for(request.actor, company=companies.current())
    asked = filters.question(known, request.GET.get(filters.PART, ""), request.GET.get("op", ""))
    return show(request, "console/loyalty/rule_question.html", {"question": asked})


@page("loyalty.view", "loyalty.publish", switch="loyalty", methods=SENT,
      shown_on="console:loyalty-rules")  # fmt: skip
def preview(request: HouseRequest, code: str, rule_id: int | None = None) -> HttpResponse:
    """What the rule says so far, what it changes, and what a test purchase would earn by it."""
    rule = rules_of_points.rule_of(rule_id) if rule_id is not None else None
    earn = request.POST.get("earn", "")
    form = RuleForm(request.POST, earn=earn if earn in EARNS else "per_money", rule=rule)
    known = earning_facts.known_for(request.actor, company=companies.current())
    context = _looked_at(request, _currency(code), form, known)
    return show(request, "console/loyalty/rule_preview.html", context)


def _looked_at(
    request: HouseRequest, currency: Currency, form: RuleForm, known: Known
) -> dict[str, Any]:  # fmt: skip
    """Beside the form: the sentence, the difference, the warnings and the test purchase."""
    typed = request.POST if request.method == "POST" else {}
    look: dict[str, Any] = {"test": _test_values(typed), "fault": "", "read": typed}
    if not _is_readable(form):
        return {**look, "sentence": "", "changes": [], "warnings": [], "tried": None}
    draft = _draft(currency, form)
    look["sentence"] = _sentence(draft.body, known)
    look["changes"] = list(_changes(form, draft, known))
    try:
        found = rules_of_points.check(draft, now=request.started_at)
        agreed = set(request.POST.getlist("read"))
        look["warnings"] = [
            {"code": code, "words": rule_words.warning(code), "read": code in agreed}
            for code in found
        ]
        look["tried"] = _tried(request, draft, look["test"])
    except Problem as refusal:
        look["fault"] = str(refusal.detail or refusal.title)
    return look


def _is_readable(form: RuleForm) -> bool:
    """Whether there is a rule to look at: a new form says nothing yet."""
    if form.is_bound:
        checked = RuleForm(form.data, earn=form.earns.value, rule=form.rule)
        valid = checked.is_valid()
        form.cleaned_data = checked.cleaned_data
        return valid
    if form.rule is None:
        return False
    said = {name: _typed(value) for name, value in form.initial.items()}
    said = {name: value for name, value in said.items() if value not in ("", False)}
    said |= {"cash": "on"} if form.initial.get("cash", True) else {}
    checked = RuleForm(said, earn=form.earns.value, rule=form.rule)
    valid = checked.is_valid()
    form.cleaned_data = checked.cleaned_data
    return valid


def _typed(value: Any) -> Any:
    return value if isinstance(value, (str, list, bool)) else str(value)


def _changes(form: RuleForm, draft: Draft, known: Known) -> Iterator[dict[str, str]]:
    """What is another than in the published version, member by member."""
    if form.version is None or form.rule is None:
        return
    before, after = form.version.body, draft.body
    if form.rule.priority != draft.priority:
        yield {"words": _("Priority"), "before": number(form.rule.priority),
               "after": number(draft.priority)}  # fmt: skip
    if dict(form.rule.labels) != dict(draft.labels):
        yield {"words": _("Name"), "before": label(form.rule.labels),
               "after": label(dict(draft.labels))}  # fmt: skip
    if any(before.get(name) != after.get(name) for name in MEMBERS):
        yield {"words": _("Rule"), "before": _sentence(before, known),
               "after": _sentence(after, known)}  # fmt: skip


# The test purchase


def _test_values(typed: Mapping[str, Any]) -> dict[str, str]:
    first = {"customer": "", "amount": "100", "product": "", "units": "1", "channel": "shop"}
    return {name: str(typed.get(f"test_{name}", value)) for name, value in first.items()}


def _tried(request: HouseRequest, draft: Draft, test: Mapping[str, str]) -> dict[str, Any]:
    """What a test purchase would earn by the rules in force, and by the draft."""
    bought = _bought(request, test)
    today = Trial([one for one in ledger.schemes() if one.code == draft.currency])
    quoted = [
        _quoted(bought, test, trial=trial, request=request)
        for trial in (today, rules_of_points.with_draft(draft))
    ]
    before, after = (quote.currencies[0] for quote in quoted)
    return {
        "before": before.points, "after": after.points,
        "more": signed(after.points - before.points), "steps": list(_steps(after, draft)),
        "refused": list(_refused(after, draft)),
    }  # fmt: skip


def _quoted(
    bought: Bought, test: Mapping[str, str], *, trial: Trial, request: HouseRequest
) -> Quote:  # fmt: skip
    quote = quote_points.quote_points if test["customer"] else quote_points.quote_for_nobody
    return quote(bought, now=request.started_at, trial=trial)


def _bought(request: HouseRequest, test: Mapping[str, str]) -> Bought:
    currency = companies.current().currency
    minor = _amount(test["amount"], currency)
    line = NewLine(int(_figure(test["units"]) * 1000), minor, product_code=test["product"])
    return Bought(
        source="test", reference="test", customer=_whom(test["customer"]),
        purchased_at=request.started_at - timedelta(seconds=1), total_minor=minor,
        currency=currency, channel=test["channel"], lines=(line,),
    )  # fmt: skip


def _whom(written: str) -> Reference:
    """Somebody by id or phone number; nothing is nobody in particular."""
    if written.startswith("cus_"):
        try:
            return Reference("id", str(ids.parse("cus", written.strip())))
        except ValueError:
            raise customers.NoSuchCustomer from None
    try:
        found = phones.normal(written, companies.current().country or None)
        return Reference("phone", found.e164)
    except phones.BadPhone:
        if written:
            raise customers.NoSuchCustomer from None
        return Reference("id", "")


def _amount(written: str, currency: str) -> int:
    try:
        return money.parse(
            written, currency, decimal_mark=money.DECIMAL_MARKS[rule_words.language()]
        ).minor  # fmt: skip
    except money.BadMoney:
        return 0


def _figure(written: str) -> Decimal:
    try:
        found = Decimal(written.replace(",", "."))
    except InvalidOperation:
        return Decimal(1)
    return found if found.is_finite() and 0 <= found <= 10**6 else Decimal(1)


def _steps(found: Explained, draft: Draft) -> Iterator[dict[str, str]]:
    for step in found.steps:
        yield {
            "icon": ICONS.get(str(step.body.get("earn")), "plus"),
            "words": label(step.labels) or step.rule,
            "figure": signed(step.after - step.before),
        }  # fmt: skip


def _refused(found: Explained, draft: Draft) -> Iterator[dict[str, str]]:
    for one in found.refused:
        yield {"words": label(one.labels) or one.rule, "more": rule_words.reason(one.reason)}


# Versions


@page("loyalty.view", switch="loyalty")
def versions(request: HouseRequest, rule_id: int) -> HttpResponse:
    """Every text the rule ever had, the newest first."""
    rule = rules_of_points.rule_of(rule_id)
    known = earning_facts.known_for(request.actor, company=companies.current())
    found = programme.versions_of(rule)
    return show(request, "console/loyalty/rule_versions.html", {
        "rule": rule, "name": label(rule.labels) or rule.key,
        "can_be_changed": str(found[0].body.get("earn")) in EARNS and rule.ended_at is None,
        "can_be_ended": str(found[0].body.get("earn")) != Earn.FACTOR and rule.ended_at is None,
        "versions": [
            {"number": one.number, "sentence": _sentence(one.body, known),
             "starts_at": one.starts_at, "published_at": one.published_at}
            for one in found
        ],
    })  # fmt: skip


@page("loyalty.view", "loyalty.publish", switch="loyalty", methods=SENT,
      shown_on="console:loyalty-rules")  # fmt: skip
def end(request: HouseRequest, rule_id: int) -> HttpResponse:
    rules_of_points.end_rule(rule_id, actor=request.actor, now=request.started_at,
                             request=request.request_id)  # fmt: skip
    messages.success(request, _("It gives nothing from now on."))
    return see(reverse("console:loyalty-rules"))
