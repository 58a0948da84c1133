"""Claims in the console: the queue, one claim as a track, and each step of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clientela.console.once import send
from clientela.console.pages import FORM, page, see, show
from clientela.console.privacy import reviewed
from clientela.console.warranty import desk, words
from clientela.console.warranty.forms import ClaimForm, DecisionForm, SettleForm, reasons
from clientela.flows import check_coverage as checking
from clientela.flows import decide_claim as deciding
from clientela.flows import settle_claim as settling
from clientela.flows.decide_claim import Verdict
from clientela.flows.open_claim import Report, open_claim
from clientela.flows.settle_claim import Done
from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.products.queries import NoSuchHolding
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.warranty.models.claimed import Claim
from clientela.warranty.queries import cases
from clientela.warranty.queries import claims as reads
from clientela.warranty.queries.claims import Whole
from clientela.warranty.rules import claims as rules
from clientela.warranty.rules import spans

PAGE = 50
INVALID = 422
REMEDY_STATES = ("in_repair", "replacing", "refunding")
# Views of the queue: what they are called, the states they show.
VIEWS: Mapping[str, tuple[str | Promise, tuple[str, ...]]] = {
    "waiting": (_("Wait for a decision"), ("submitted",)),
    "approved": (_("To carry out"), ("approved", "partly_approved")),
    "running": (_("Being carried out"), REMEDY_STATES),
    "settled": (_("To close"), ("settled",)),
    "over": (_("Over"), ("closed", "rejected", "cancelled")),
}


@page("warranty.view", switch="warranty")
def listed(request: HouseRequest) -> HttpResponse:
    """Claims of one view, the oldest first: they wait longest."""
    view = request.GET.get("view", "waiting")
    if view not in VIEWS:
        raise NotThere
    after, before = request.GET.get("after"), None
    if after:
        last = reads.get(after)
        before = (last.opened_at, last.id)
    is_over = view == "over"
    found = reads.page_of(states=VIEWS[view][1], before=before, limit=PAGE,
                          oldest_first=not is_over)  # fmt: skip
    counts = reads.counted()
    context = {
        "rows": desk.claim_rows(found), "view": view,
        "title": VIEWS[view][0],
        "views": [
            {"name": name, "words": said, "current": name == view,
             "count": None if name == "over" else sum(counts.get(one, 0) for one in states)}
            for name, (said, states) in VIEWS.items()
        ],
        "older": f"?view={view}&after={found[-1].public_id}" if len(found) == PAGE else "",
    }  # fmt: skip
    return show(request, "console/warranty/claims.html", context)


@page("warranty.view", "warranty.claim", switch="warranty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    """A fault of one unit is written down."""
    holding = desk.holding_id(request)
    case = cases.of_holding(holding)
    if case is None:
        raise NoSuchHolding
    language = get_language() or "en"
    currency = case.currency or companies.current().currency
    more: dict[str, Any] = {
        "parts": checking.parts_of(case, language=language), "currency": currency,
    }  # fmt: skip
    first = {"fault_on": request.GET.get("fault_on")
             or spans.day_of_fault(request.started_at, case.zone),
             "component": request.GET.get("part", "")}  # fmt: skip
    form = ClaimForm(request.POST, **more) if request.method == "POST" else ClaimForm(
        initial=first, **more)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _open(request, form, holding))
        if answer:
            return answer
    context = {"form": form, "case": case, "currency": currency}
    status = INVALID if form.errors else 200
    return show(request, "console/warranty/claim_new.html", context, status=status)


def _open(request: HouseRequest, form: ClaimForm, holding: Any) -> str:
    report = Report(
        fault_on=form.cleaned_data["fault_on"], holding_id=holding, lines=form.lines(),
        component=form.cleaned_data["component"], symptom=form.cleaned_data["symptom"],
        currency=form.currency,
    )  # fmt: skip
    claim = open_claim(report, actor=request.actor, now=request.started_at,
                       request=request.request_id)  # fmt: skip
    return reverse("console:claim", args=[claim.shown])


@page("warranty.view", switch="warranty")
def claim(request: HouseRequest, number: str) -> HttpResponse:
    """One claim: where it stands, what would be paid and why, and the next step."""
    return _shown(request, reads.get(number))


@page("warranty.view", "warranty.decide", switch="warranty", methods=FORM)
def decide(request: HouseRequest, number: str) -> HttpResponse:
    """Approve or reject; the page of the claim shows what was wrong."""
    verdict = Verdict(
        request.POST.get("decision", ""), tuple(filter(None, [request.POST.get("reason", "")])),
        request.POST.get("words", ""), bool(request.POST.get("burden_met")),
    )  # fmt: skip

    def carry_out() -> Claim:
        return deciding.decide_claim(number, verdict, **_by(request), request=request.request_id)

    return _step(request, number, DecisionForm(request.POST), carry_out)


@page("warranty.view", "warranty.claim", switch="warranty", methods=FORM)
def remedy(request: HouseRequest, number: str) -> HttpResponse:
    kind = request.POST.get("remedy", "")
    form = Form(request.POST)
    return _step(request, number, form, lambda: settling.begin_remedy(number, kind, **_by(request)))


@page("warranty.view", "warranty.claim", switch="warranty", methods=FORM)
def settle(request: HouseRequest, number: str) -> HttpResponse:
    done = Done(request.POST.get("reference", ""), request.POST.get("serial", ""))

    def carry_out() -> Claim:
        return settling.settle_claim(number, done, **_by(request), request=request.request_id)

    return _step(request, number, SettleForm(request.POST), carry_out)


@page("warranty.view", "warranty.claim", switch="warranty", methods=FORM)
def close(request: HouseRequest, number: str) -> HttpResponse:
    form = Form(request.POST)
    return _step(request, number, form, lambda: settling.close_claim(number, **_by(request)))


@page("warranty.view", "warranty.claim", switch="warranty", methods=FORM)
def withdraw(request: HouseRequest, number: str) -> HttpResponse:
    said = request.POST.get("words", "")

    def carry_out() -> Claim:
        return settling.withdraw_claim(
            number, words=said, **_by(request), request=request.request_id
        )

    return _step(request, number, Form(request.POST), carry_out)


def _by(request: HouseRequest) -> dict[str, Any]:
    return {"actor": request.actor, "now": request.started_at}


def _step(
    request: HouseRequest, number: str, form: Form, carry_out: Callable[[], Claim]
) -> HttpResponse:
    """One step of a claim, and back to its page; a refusal stands there."""
    address = reverse("console:claim", args=[number])

    def done() -> str:
        carry_out()
        return address

    if request.method != "POST":
        return see(address)
    if form.is_valid():
        answer = send(request, form, done)
        if answer:
            return answer
    return _shown(request, reads.get(number), form=form)


def _shown(request: HouseRequest, found: Claim, *, form: Form | None = None) -> HttpResponse:
    whole = reads.whole(found)
    preview = deciding.preview(found) if found.state == rules.SUBMITTED else None
    case = preview.case if preview else cases.of_holding(found.holding_id)
    people = {one.moved_by for one in whole.moves}
    context = {
        "claim": found, "whole": whole, "case": case,
        "owner": desk.owner_of(request, found.customer_id),
        "state": words.of(words.STATES, found.state),
        "tone": words.STATE_TONES.get(found.state, ""),
        "lines": _lines(whole, preview), "preview": preview, "totals": _totals(whole, preview),
        "track": _track(whole), "form": form, "reasons": [("", "–"), *reasons()],
        "decision": _decision(whole), "settle": SettleForm(),
        "is_mine": found.opened_by == request.actor.id,
        "moves": _moves(whole, staff.names_of(people)),
        "remedy_words": words.of(words.REMEDIES, whole.remedy.kind) if whole.remedy else "",
        "remedies": [(kind, words.of(words.REMEDIES, kind)) for kind in rules.REMEDIES],
        "is_replacing": found.state == "replacing",
        "component": _component(case, found),
        **(reviewed.link(request, [found.customer_id], found) if whole.decisions else {}),
    }  # fmt: skip
    return show(request, "console/warranty/claim.html", context,
                status=INVALID if form is not None and form.errors else 200)  # fmt: skip


def _component(case: Any, found: Claim) -> str:
    parts = dict(checking.parts_of(case, language=get_language() or "en")) if case else {}
    return parts.get(found.component_path, found.component_path)


def _lines(whole: Whole, preview: deciding.Preview | None) -> list[dict[str, Any]]:
    """Each line with its money: as decided, or as it would be."""
    currency = whole.claim.currency
    rows = []
    for place, line in enumerate(whole.lines):
        paid = preview.decided[place].paid if preview else None
        figures = paid or line
        reasons = preview.decided[place].reasons if preview else ()
        rows.append({
            "cost": words.of(words.COSTS, line.cost_type),
            "claimed": _money(line.claimed_minor, currency),
            "covered": _money(figures.covered_minor, currency),
            "deductible": _money(figures.deductible_minor, currency),
            "capped": _money(figures.capped_minor, currency),
            "payable": _money(figures.payable_minor, currency),
            "payer": _payer(preview, place) if preview else line.payer,
            "because": ", ".join(words.of(words.REASONS, code) for code in reasons
                                 if code != "in_cover"),
        })  # fmt: skip
    return rows


def _payer(preview: deciding.Preview, place: int) -> str:
    payer = preview.decided[place].payer
    if payer is None:
        return ""
    policy = preview.case.policy(payer.tried.key)
    return policy.payer if policy else (preview.case.seller or "")


def _totals(whole: Whole, preview: deciding.Preview | None) -> dict[str, Any]:
    payable = preview.payable_minor if preview else whole.payable_minor
    currency = whole.claim.currency
    return {
        "claimed": _money(whole.claimed_minor, currency), "payable": _money(payable, currency),
        "customer": _money(whole.claimed_minor - payable, currency), "payable_minor": payable,
    }  # fmt: skip


def _track(whole: Whole) -> list[dict[str, Any]]:
    """The road of the claim: what is done, where it stands, what comes."""
    state = whole.claim.state
    since = {move.state: move.moved_at for move in whole.moves}
    steps = [
        (("submitted",), _("Reported")),
        (("approved", "partly_approved", "rejected"), _("Decided")),
        (REMEDY_STATES, _("Carried out")), (("settled",), _("Settled")),
        (("closed", "cancelled"), _("Closed")),
    ]  # fmt: skip
    rows = []
    for states, said in steps:
        reached = next((since[one] for one in states if one in since), None)
        rows.append({"words": said, "reached_at": reached, "current": state in states})
    return rows


def _moves(whole: Whole, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"words": words.of(words.STATES, move.state), "moved_at": move.moved_at,
         "by": names.get(move.moved_by, move.moved_by), "more": move.words}
        for move in reversed(whole.moves)
    ]  # fmt: skip


def _decision(whole: Whole) -> dict[str, Any] | None:
    found = whole.decision
    if found is None:
        return None
    return {
        "outcome": words.of(words.STATES, found.outcome), "words": found.words,
        "reasons": [words.of(words.REASONS, code) for code in found.reasons
                    if code != "in_cover"],
        "version": found.version, "decided_at": found.decided_at,
    }  # fmt: skip


def _money(minor: int, currency: str) -> dict[str, Any]:
    return {"minor": minor, "currency": currency}
