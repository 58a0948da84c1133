"""The offers for a customer: the panel, its tab, why and why not, and what came of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers import opened
from clientela.console.customers.opened import Family, of_family
from clientela.console.once import sent
from clientela.console.pages import FORM, page, see, show
from clientela.console.paging import Pages, key_of
from clientela.console.privacy import reviewed
from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.flows import explained_offers, offer_words, offers
from clientela.platform import ids
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.retention import queries as retention
from clientela.retention.actions.offering import Said
from clientela.retention.models import Outcome, Proposal
from clientela.retention.words import OUTCOMES, REASONS, RESULTS, STAGES
from clientela.staff import company as companies
from clientela.ui.panels import panel
from clientela.ui.templatetags.ui import day, label

SWITCH = "retention"
PAGE = 20
LATER_DAYS = (7, 30, 90)
INVALID = 422


class LaterForm(forms.Form):
    """When to ask again."""

    until = forms.DateField(
        label=lazy("Ask again on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@page("customers.view", "retention.view", switch=SWITCH)
@of_family
def tab(request: HouseRequest, family: Family) -> HttpResponse:
    """The offers of now, what was proposed before, and what is under way.

    For the drawer only the offers; for the panel itself the panel, with another offer open.
    """
    if "HX-Request" in request.headers:
        return _part(request, family)
    pages = Pages.of(request)
    rows = retention.proposals_of(family, before=pages.moment_of_record(), limit=PAGE)
    last = rows[-1] if len(rows) == PAGE else None
    context = {
        **opened.header(request, family), **_current(request, family),
        "rows": [_put(one) for one in rows], "leads": list(_leads(family)),
        **pages.links(key_of(last.shown_at, last.id) if last else None),
    }  # fmt: skip
    return show(request, "console/retention/offers_of.html", context)


def _part(request: HouseRequest, family: Family) -> HttpResponse:
    context = {
        **_current(request, family), "customer": {"id": ids.public("cus", family[0])},
        "close": reverse("console:customer-offers", args=[family[0]]),
    }  # fmt: skip
    name = "drawer" if request.headers.get("HX-Target") == "drawer" else "panel"
    return show(request, f"console/retention/{name}.html", context)


def _current(request: HouseRequest, family: Family) -> dict[str, Any]:
    """The offers that stand; decided now where none do and the person may offer."""
    rows = offers.standing(family, now=request.started_at)
    if rows is None and request.actor.may("retention.serve"):
        reference = Reference("id", str(family[0]))
        _id, rows = offers.propose(reference, actor=request.actor, now=request.started_at,
                                   request=request.request_id)  # fmt: skip
    told = offers.told(rows or [], language=get_language() or "en")
    again = reverse("console:customer-panel", args=[family[0], "offers"])
    return {"panel": panel("offers", opened_at(told, request.GET.get("open", "")), again=again)}


def opened_at(block: Any, wished: str = "") -> Any:
    """The offers, one of which is open: the one wished for, else the first."""
    if not isinstance(block, list):
        return block
    known = [row["id"] for row in block]
    first = wished if wished in known else next(iter(known), "")
    return [{**row, "is_open": row["id"] == first} for row in block]


@page("customers.view", "retention.view", switch=SWITCH)
@of_family
def why(request: HouseRequest, family: Family) -> HttpResponse:
    """Every offer that was looked at: why it is made, or why not, with every gate."""
    decision = retention.latest_decision(family)
    language = get_language() or "en"
    told = explained_offers.of_decision(decision, language=language) if decision else []
    close = reverse("console:customer-offers", args=[family[0]])
    context = {"explained": explained_steps(told), "close": close, "decision": decision,
               **reviewed.link(request, family, decision)}  # fmt: skip
    if "HX-Request" in request.headers:
        return show(request, "console/retention/why.html", context)
    header = opened.header(request, family)
    return show(request, "console/retention/why_page.html", {**header, **context})


def explained_steps(told: Iterable[explained_offers.Explained]) -> list[dict[str, Any]]:
    """For the template: what held an offer back first, then what let it pass."""
    return [_explained(one) for one in told]


def _explained(one: explained_offers.Explained) -> dict[str, Any]:
    failed = [step for step in one.steps if not step.passed]
    return {
        "name": one.name, "place": one.place, "held_back": one.held_back,
        "sentence": one.sentence, "version": one.version,
        "steps": [
            {"stage": STAGES.get(step.stage, step.stage), "name": step.name,
             "passed": step.passed, "words": step.sentence, "seen": step.seen,
             "until": step.until}
            for step in (*failed, *(step for step in one.steps if step.passed))
        ],
    }  # fmt: skip


@page("customers.view", "retention.serve", switch=SWITCH, methods=FORM)
def outcome(request: HouseRequest, proposal_id: UUID) -> HttpResponse:
    """What came of a proposal; "later" and "no" ask for a day and a reason first."""
    proposal = retention.proposal(proposal_id)
    kind = request.POST.get("outcome") or request.GET.get("outcome", "")
    if request.method != "POST":
        return _asked(request, proposal, kind)
    form = LaterForm(request.POST)
    if kind == Outcome.Kind.LATER and not form.is_valid():
        return _asked(request, proposal, kind, form=form, status=INVALID)
    said = Said(kind, request.POST.get("reason", ""), _until(form, kind))
    try:
        address = sent(request, lambda: _record(request, proposal, said)).body.decode()
    except Problem as refusal:
        if refusal.field != "until":
            raise
        form.add_error("until", _("Choose a day to come."))
        return _asked(request, proposal, kind, form=form, status=INVALID)
    return _recorded(request, proposal, address)


def _until(form: LaterForm, kind: str) -> Any:
    return form.cleaned_data["until"] if kind == Outcome.Kind.LATER else None


def _record(request: HouseRequest, proposal: Proposal, said: Said) -> str:
    offers.record_outcome(
        proposal.id, said, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return reverse("console:customer-offers", args=[proposal.customer_id])


def _recorded(request: HouseRequest, proposal: Proposal, address: str) -> HttpResponse:
    """The panel again, without what was just answered; without script the customer's offers."""
    if "HX-Request" not in request.headers:
        return see(address)
    family = customers.family_of(proposal.customer_id)
    context = {**_current(request, family), "customer": {"id": ids.public("cus", family[0])}}
    answer = show(request, "console/retention/panel.html", context)
    answer.headers["HX-Trigger"] = json.dumps({"offer-answered": proposal.public_id})
    return answer


def _asked(
    request: HouseRequest, proposal: Proposal, kind: str, *, form: LaterForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The day or the reason, in the card itself or on a page of its own."""
    today = companies.current().today(request.started_at)
    first = today + timedelta(days=LATER_DAYS[1])
    context = {
        "proposal": {"id": proposal.public_id, "headline": _headline(proposal.wording)},
        "kind": kind,
        "form": form or LaterForm(initial={"until": first}),
        "days": [today + timedelta(days=days) for days in LATER_DAYS],
        "reasons": list(REASONS.items()),
        "back": reverse("console:customer-offers", args=[proposal.customer_id]),
    }  # fmt: skip
    name = "asked" if "HX-Request" in request.headers else "outcome"
    return show(request, f"console/retention/{name}.html", context, status=status)


def _headline(wording: Mapping[str, Any]) -> str:
    told = offer_words.told(wording, get_language() or "en")
    return str(told["headline"])


def _put(one: retention.Put) -> dict[str, Any]:
    return {
        "shown_at": one.shown_at, "headline": _headline(one.wording),
        "outcome": OUTCOMES.get(one.outcome, ""), "more": _more(one),
        "tone": "good" if one.outcome == Outcome.Kind.ACCEPTED else "",
    }  # fmt: skip


def _more(one: retention.Put) -> str:
    said = str(REASONS.get(one.reason, one.reason))
    if one.until_on:
        until = _("until %(day)s") % {"day": day(one.until_on)}
        return f"{said} {until}".strip()
    return said


def _leads(family: Family) -> Iterable[Mapping[str, Any]]:
    leads = retention.leads_of(family, limit=PAGE)
    labels = retention.labels_of(one.offer_id for one in leads) if leads else {}
    for one in leads:
        key, names = labels.get(one.offer_id, ("", {}))
        yield {
            "id": one.public_id, "name": label(names) or key, "opened_at": one.opened_at,
            "due_on": one.due_on, "is_open": one.closed_at is None,
            "result": RESULTS[one.result], "reason": one.reason,
            "tone": {"won": "good", "lost": ""}.get(one.result, "accent"),
        }  # fmt: skip
