"""The privacy desk: requests with their deadline, limits that stand, what was erased, periods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clientela.console.once import send
from clientela.console.pages import FORM, page, see, show
from clientela.console.paging import Pages, key_of
from clientela.console.privacy.forms import AnswerForm, PeriodForm, PurposeForm
from clientela.console.privacy.of_customer import asked_for, limit
from clientela.customers import queries as customers
from clientela.flows import keep_periods, privacy_requests, processing_register
from clientela.flows import purposes as defining
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest
from clientela.privacy import queries as privacy
from clientela.privacy import words
from clientela.privacy.actions.periods import NewPeriod
from clientela.privacy.models.periods import Period
from clientela.privacy.models.rights import Request
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label

PAGE = 50


@page("privacy.view")
def desk(request: HouseRequest) -> HttpResponse:
    """What waits, the most urgent first; below it what was answered last."""
    pages = Pages.of(request)
    today = companies.current().today(request.started_at)
    waiting = privacy.open_requests(limit=PAGE) if not pages.before else []
    done = privacy.answered_requests(before=pages.moment_of_record(), limit=PAGE)
    named = customers.names_of({one.customer_id for one in (*waiting, *done)})
    by = staff.names_of({one.answered_by for one in done})
    last = done[-1] if len(done) == PAGE else None
    following = key_of(last.answered_at, last.id) if last and last.answered_at else None
    context = {
        "waiting": [_asked(one, named, today=today) for one in waiting],
        "done": [
            {**_asked(one, named, today=today), "by": by.get(one.answered_by, one.answered_by)}
            for one in done
        ],
        **pages.links(following),
    }
    return show(request, "console/privacy/desk.html", context)


@page("privacy.view")
def limits(request: HouseRequest) -> HttpResponse:
    """Holds, objections and restrictions that stand, over all customers."""
    pages = Pages.of(request)
    rows = privacy.standing_restrictions(after=pages.moment_of_record(), limit=PAGE)
    named = customers.names_of({one.customer_id for one in rows})
    by = staff.names_of({one.set_by for one in rows})
    last = rows[-1] if len(rows) == PAGE else None
    context = {
        "limits": [{**limit(one, by), "customer": _customer(one.customer_id, named)}
                   for one in rows],
        **pages.links(key_of(last.set_at, last.id) if last else None),
    }  # fmt: skip
    return show(request, "console/privacy/limits.html", context)


@page("privacy.view")
def erasures(request: HouseRequest) -> HttpResponse:
    """Proofs of erasure: what was reached, when, by whom; nothing of the person."""
    pages = Pages.of(request)
    rows = privacy.erasures(before=pages.moment_of_record(), limit=PAGE)
    by = staff.names_of({one.done_by for one in rows})
    last = rows[-1] if len(rows) == PAGE else None
    context = {
        "erasures": [
            {"id": one.public_id, "customer": ids.public("cus", one.customer_id),
             "done_at": one.done_at, "asked_at": one.asked_at,
             "by": by.get(one.done_by, one.done_by), "rows": sum(one.reached.values()),
             "tables": len(one.reached),
             "classes": [words.CLASSES.get(key, key) for key in one.classes]}
            for one in rows
        ],
        **pages.links(key_of(last.done_at, last.id) if last else None),
    }  # fmt: skip
    return show(request, "console/privacy/erasures.html", context)


@page("privacy.decide", methods=FORM)
def answer(request: HouseRequest, request_id: UUID) -> HttpResponse:
    """Say how a request ended; what it asks for is done on the customer's own page."""
    asked = privacy.request(request_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = send(request, form, lambda: _answer(request, request_id, form))
        if sent:
            return sent
    today = companies.current().today(request.started_at)
    named = customers.names_of({asked.customer_id})
    context = {
        "form": form, "asked": _asked(asked, named, today=today),
        "close": reverse("console:privacy"),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return show(request, "console/privacy/answer.html", context, status=status)


def _answer(request: HouseRequest, request_id: UUID, form: AnswerForm) -> str:
    given = form.cleaned_data
    privacy_requests.answer_request(
        request_id, outcome=given["outcome"], words=given["answer"], actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    messages.success(request, _("The request is answered."))
    return reverse("console:privacy")


@page("privacy.view")
def periods(request: HouseRequest) -> HttpResponse:
    """How long each class is kept, and how much is older than that today."""
    kept = {one.data_class: one for one in privacy.periods()}
    due = keep_periods.due(now=request.started_at)
    run = privacy.last_run()
    context = {
        "periods": [_period(key, text, kept.get(key), due) for key, text in words.CLASSES.items()],
        "run": {"ran_at": run.ran_at, "rows": sum(run.reached.values())} if run else None,
    }
    return show(request, "console/privacy/periods.html", context)


@page("privacy.configure", methods=FORM)
def period(request: HouseRequest, key: str) -> HttpResponse:
    kept = next((one for one in privacy.periods() if one.data_class == key), None)
    initial = {"months": 36} if kept is None else {
        "months": kept.months, "ground": kept.ground, "receivers": kept.receivers,
        "is_on": kept.is_on,
    }  # fmt: skip
    form = PeriodForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        sent = send(request, form, lambda: _keep(request, key, form))
        if sent:
            return sent
    due = [one for one in keep_periods.due(now=request.started_at) if one.data_class == key]
    context = {
        "form": form, "title": words.CLASSES.get(key, key), "due": list(map(_due, due)),
        "close": reverse("console:privacy-periods"),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return show(request, "console/privacy/period.html", context, status=status)


def _keep(request: HouseRequest, key: str, form: PeriodForm) -> str:
    keep_periods.keep_for(
        NewPeriod(key, **form.cleaned_data), actor=request.actor, now=request.started_at
    )
    messages.success(request, _("Saved."))
    return reverse("console:privacy-periods")


@page("privacy.view")
def purposes(request: HouseRequest) -> HttpResponse:
    """What data is used for, with the words customers are shown."""
    chosen = privacy.purposes_by_key().get(request.GET.get("key", ""))
    shown = privacy.words_in_force()
    form = PurposeForm(initial=_initial(chosen, shown) if chosen else None)
    return _purposes(request, form, chosen=chosen.key if chosen else "")


@page("privacy.configure", methods=FORM, shown_on="console:privacy-purposes")
def purpose(request: HouseRequest) -> HttpResponse:
    """A new purpose, or another text of one, by its key."""
    if request.method != "POST":
        return see(reverse("console:privacy-purposes"))
    form = PurposeForm(request.POST)
    if form.is_valid():
        sent = send(request, form, lambda: _define(request, form))
        if sent:
            return sent
    return _purposes(request, form, chosen="", status=422)


def _purposes(
    request: HouseRequest, form: PurposeForm, *, chosen: str, status: int = 200
) -> HttpResponse:
    found, shown = privacy.purposes(in_use=False), privacy.words_in_force()
    context = {
        "form": form, "chosen": chosen,
        "purposes": [
            {"key": one.key, "name": label(one.labels) or one.key, "basis": words.BASES[one.basis],
             "channels": [words.CHANNELS[channel] for channel in one.channels],
             "words": label(shown[one.key].texts) if one.key in shown else "",
             "version": shown[one.key].version if one.key in shown else None,
             "retired": one.retired_at is not None}
            for one in found
        ],
    }  # fmt: skip
    return show(request, "console/privacy/purposes.html", context, status=status)


@page("privacy.view")
def register(request: HouseRequest) -> HttpResponse:
    """The record of processing, as a file to print."""
    found = processing_register.register(language=get_language() or "en", now=request.started_at)
    answer = HttpResponse(processing_register.page(found), content_type="text/html; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="register-{found["made_on"]}.html"'
    )
    return answer


def _define(request: HouseRequest, form: PurposeForm) -> str:
    defining.define_purpose(form.body(), actor=request.actor, now=request.started_at)
    messages.success(request, _("Saved."))
    return reverse("console:privacy-purposes")


def _initial(one: Any, shown: Any) -> dict[str, Any]:
    texts = shown[one.key].texts if one.key in shown else {}
    return {
        "key": one.key, "basis": one.basis, "channels": one.channels,
        "is_marketing": one.is_marketing, "is_profiling": one.is_profiling,
        "given_unless_refused": one.given_unless_refused, "assessment": one.assessment,
        **{f"label_{code}": text for code, text in one.labels.items()},
        **{f"wording_{code}": text for code, text in texts.items()},
    }  # fmt: skip


def _period(key: str, text: Any, kept: Period | None, due: Iterable[Any]) -> dict[str, Any]:
    rows = sum(one.rows for one in due if one.data_class == key)
    return {
        "key": key, "words": text, "months": kept.months if kept else None,
        "ground": kept.ground if kept else "", "receivers": kept.receivers if kept else "",
        "is_on": bool(kept and kept.is_on), "due": rows,
    }  # fmt: skip


def _due(one: Any) -> dict[str, Any]:
    how = {"delete": _("deleted"), "clear": _("emptied")}
    return {"title": one.title, "rows": one.rows, "how": how[one.how], "before": one.before}


def _asked(one: Request, named: dict[UUID, str], *, today: Any) -> dict[str, Any]:
    return {**asked_for(one, today=today), "customer": _customer(one.customer_id, named)}


def _customer(id: UUID, named: dict[UUID, str]) -> dict[str, Any]:
    """Somebody who may not be seen has no name and no link."""
    return {"id": ids.public("cus", id), "name": named.get(id, ""), "seen": id in named}
