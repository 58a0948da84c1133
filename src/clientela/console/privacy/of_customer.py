"""A customer's consents, limits and requests; the package, and erasing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.customers import opened
from clientela.console.customers.drawer import answered, pressed
from clientela.console.customers.opened import Family, of_family
from clientela.console.once import sent
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.console.privacy import reviewed
from clientela.console.privacy.forms import DecisionForm, LimitForm, RequestForm, moment
from clientela.flows import (
    access_package,
    choices,
    consents,
    erase_customer,
    limit_use,
    privacy_requests,
    reviews,
)
from clientela.flows.erase_customer import Plan
from clientela.platform.http.requests import HouseRequest
from clientela.privacy import queries as privacy
from clientela.privacy import words
from clientela.privacy.actions.consents import NewConsent
from clientela.privacy.actions.limits import NewRestriction
from clientela.privacy.actions.requests import NewRequest
from clientela.privacy.faults import NoSuchRestriction
from clientela.privacy.models.consents import Consent
from clientela.privacy.models.rights import Request, Restriction
from clientela.privacy.queries import Standing
from clientela.privacy.rules import deadlines
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label

TAB = "customer-consents"
SHOWN = 50
OBJECTIONS = ("marketing", "profiling")
TONES = {"late": "bad", "soon": "warn", "calm": ""}


@page("customers.view", "privacy.view")
@of_family
def consents_page(request: HouseRequest, family: Family) -> HttpResponse:
    told = privacy.consents_of(family)
    limits = privacy.restrictions_of(family, limit=SHOWN)
    asked = privacy.requests_of(family, limit=SHOWN)
    by = staff.names_of({one.actor for one in told} | {one.set_by for one in limits})
    today = companies.current().today(request.started_at)
    preference = privacy.preference_of(family)
    context = {
        "standing": list(_by_purpose(privacy.state_of(family, told=told))),
        "decisions": [_decision(one, by) for one in told[:SHOWN]],
        "limits": [limit(one, by) for one in limits],
        "requests": [asked_for(one, today=today) for one in asked],
        "frequency": words.FREQUENCIES.get(preference.frequency) if preference else "",
        "paused_until": preference.paused_until if preference else None,
    }
    return _shown(request, family, "consents", context)


@page("customers.view", "privacy.record", methods=FORM)
@of_family
def new_consent(request: HouseRequest, family: Family) -> HttpResponse:
    form = DecisionForm(request.POST or None, purposes=privacy.purposes())

    def carry_out() -> None:
        given = form.cleaned_data
        new = NewConsent(
            family, given["purpose"], given["decision"] == "given", given["source"],
            moment(given["decided_on"], request.started_at), given["channel"],
            evidence=given["evidence"],
        )  # fmt: skip
        consents.record_consents(
            [new], actor=request.actor, now=request.started_at, request=request.request_id
        )

    return answered(
        request, family, form, title=_("What the customer said"), name="consent-new", tab=TAB,
        carry_out=carry_out, done=_("It is written down."),
    )  # fmt: skip


@page("customers.view", "privacy.record", methods=FORM)
@of_family
def new_limit(request: HouseRequest, family: Family) -> HttpResponse:
    """Objections are written down by everybody who writes down; the rest is decided."""
    kinds = (*OBJECTIONS, "frozen", "hold") if request.actor.may("privacy.decide") else OBJECTIONS
    form = LimitForm(request.POST or None, kinds=kinds)

    def carry_out() -> None:
        given = form.cleaned_data
        new = NewRestriction(family, given["kind"], given["reason"], "console", given["until_on"])
        limit_use.restrict(
            new, actor=request.actor, now=request.started_at, request=request.request_id
        )

    return answered(
        request, family, form, title=_("Limit the use of the data"), name="limit-new", tab=TAB,
        carry_out=carry_out, done=_("The limit stands."),
    )  # fmt: skip


@page("customers.view", "privacy.decide", methods=SENT)
@of_family
def lift(request: HouseRequest, family: Family, limit_id: UUID) -> HttpResponse:
    if privacy.restriction(limit_id).customer_id not in family:
        raise NoSuchRestriction
    return pressed(
        request, family, tab=TAB, done=_("The limit is lifted."),
        carry_out=lambda: limit_use.lift(
            limit_id, reason=_("lifted by hand"), actor=request.actor, now=request.started_at,
            request=request.request_id,
        ),
    )  # fmt: skip


@page("customers.view", "privacy.record", methods=FORM)
@of_family
def new_request(request: HouseRequest, family: Family) -> HttpResponse:
    """`about` in the address: a decision that a person is to look at again."""
    about = request.GET.get("about", "")
    form = RequestForm(request.POST or None, about=reviews.words_of(about))

    def carry_out() -> None:
        given = form.cleaned_data
        received = moment(given["received_on"], request.started_at)
        new = NewRequest(
            family[0], given["kind"], received, companies.current().today(received),
            given["channel"], given["words"], given["proof"], about,
        )  # fmt: skip
        privacy_requests.open_request(
            new, actor=request.actor, now=request.started_at, request=request.request_id
        )

    title = _("Let a person look at it") if about else _("What the customer asks for")
    return answered(
        request, family, form, title=title, name="request-new", tab=TAB,
        carry_out=carry_out, done=_("The request is written down."),
    )  # fmt: skip


@page("customers.view", "privacy.record", methods=SENT)
@of_family
def send_link(request: HouseRequest, family: Family) -> HttpResponse:
    return pressed(
        request, family, tab=TAB, done=_("The link is on its way."),
        carry_out=lambda: choices.send_link(
            family[0], actor=request.actor, now=request.started_at, request=request.request_id
        ),
    )  # fmt: skip


@page("customers.view", "privacy.decide", methods=SENT)
@of_family
def package(request: HouseRequest, family: Family) -> HttpResponse:
    """The package as a file; made afresh each time, and kept nowhere."""
    found = access_package.access_package(
        family[0], actor=request.actor, now=request.started_at, channel="console",
        request=request.request_id,
    )  # fmt: skip
    answer = HttpResponse(found.packed(), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.name}.zip"'
    return answer


@page("customers.view", "privacy.decide", methods=FORM)
@of_family
def erasure(request: HouseRequest, family: Family) -> HttpResponse:
    """The dry run with every table, and the button that does it."""
    known = erase_customer.classes_of(family)
    chosen = [one for one in request.GET.getlist("class") if one in known]
    plan = erase_customer.tried(family[0], chosen, now=request.started_at)
    if request.method == "POST":
        return see(sent(request, lambda: _erase(request, plan)).body.decode())
    context = {
        "plan": list(map(_reached, plan.reached)), "kept": plan.kept, "until_on": plan.until_on,
        "classes": [
            {"key": one, "words": words.CLASSES.get(one) or _field_class(one),
             "checked": one in chosen}
            for one in known
        ],
        "is_whole": not chosen, "fields": plan.fields,
        "close": reverse(f"console:{TAB}", args=[family[0]]),
        "is_held": any(one.key == "hold" for one in plan.kept),
    }  # fmt: skip
    return _shown(request, family, "erasure", context)


def _erase(request: HouseRequest, plan: Plan) -> str:
    erase_customer.erase_customer(
        plan.family[0], classes=plan.classes, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    if request.actor.may("customers.see_restricted"):
        return reverse(f"console:{TAB}", args=[plan.family[0]])
    return reverse("console:privacy")


def _field_class(key: str) -> str:
    from clientela.customers import data_classes

    return _("Fields: %(kind)s") % {"kind": data_classes.of(key).words}


def _reached(one: Any) -> dict[str, Any]:
    how = {"delete": _("deleted"), "clear": _("emptied"), "keep": _("kept, names nobody")}
    return {
        "title": one.title, "table": one.table, "rows": one.rows, "how": how[one.how],
        "tone": {"delete": "bad", "clear": "warn"}.get(one.how, ""),
        "class": words.CLASSES.get(one.data_class, one.data_class),
    }  # fmt: skip


def _shown(
    request: HouseRequest, family: Family, name: str, context: dict[str, Any]
) -> HttpResponse:
    whole = {**opened.header(request, family), **context}
    return show(request, f"console/privacy/{name}.html", whole)


def _by_purpose(found: Iterable[Standing]) -> Iterable[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for one in found:
        row = rows.setdefault(
            one.purpose.key,
            {"purpose": label(one.purpose.labels), "basis": words.BASES[one.purpose.basis],
             "channels": []},
        )  # fmt: skip
        row["channels"].append({
            "words": words.CHANNELS[one.channel], "state": words.VERDICTS[one.answer.because],
            "allowed": one.answer.is_allowed, "tone": _tone(one),
            "since": one.latest.decided_at if one.latest else None,
        })  # fmt: skip
    return rows.values()


def _tone(one: Standing) -> str:
    if one.answer.because == "withdrawn":
        return "bad"
    return "good" if one.answer.is_allowed else ""


def _decision(one: Consent, by: dict[str, str]) -> dict[str, Any]:
    return {
        "purpose": label(one.purpose.labels), "channel": words.CHANNELS[one.channel],
        "of_address": bool(one.address), "verdict": words.VERDICTS[one.verdict],
        "tone": "good" if one.verdict == Consent.Verdict.GIVEN else "bad",
        "basis": words.BASES[one.basis], "source": words.SOURCES.get(one.source, one.source),
        "wording": label(one.wording.texts) if one.wording else "",
        "version": one.wording.version if one.wording else None, "evidence": one.evidence,
        "decided_at": one.decided_at, "recorded_at": one.recorded_at,
        "by": by.get(one.actor, _("the customer") if one.actor == "customer" else one.actor),
    }  # fmt: skip


def limit(one: Restriction, by: dict[str, str]) -> dict[str, Any]:
    return {
        "id": one.public_id, "kind": one.kind, "words": words.RESTRICTIONS[one.kind],
        "reason": one.reason, "set_at": one.set_at, "by": by.get(one.set_by, one.set_by),
        "until_on": one.until_on, "lifted_at": one.lifted_at,
    }  # fmt: skip


def asked_for(one: Request, *, today: Any) -> dict[str, Any]:
    haste = deadlines.haste(one.due_on, today=today)
    return {
        "id": one.public_id, "kind": one.kind, "words": words.REQUESTS[one.kind],
        "said": one.words, "received_at": one.received_at, "due_on": one.due_on,
        "answered_at": one.answered_at, "tone": "" if one.answered_at else TONES[haste],
        "outcome": words.OUTCOMES.get(one.outcome, ""), "answer": one.answer,
        "days_left": (one.due_on - today).days, "about": reviewed.of(one),
    }  # fmt: skip
