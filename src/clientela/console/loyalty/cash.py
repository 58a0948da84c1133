"""Requests for money: the queue with what was looked at, files for the bank, the paying account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.console import refusals
from clientela.console.loyalty import words
from clientela.console.loyalty.answering import answered, typed
from clientela.console.once import press, send
from clientela.console.pages import FORM, SENT, page, show
from clientela.customers import queries as customers
from clientela.flows import cash_checks, cash_outs, payment_files
from clientela.flows.payment_files import News
from clientela.loyalty.models import CashOut, PaymentLine
from clientela.loyalty.queries import payouts, rewards
from clientela.loyalty.rules import cash as rules
from clientela.loyalty.rules import ibans, payments
from clientela.loyalty.rules.cash import Check
from clientela.platform import ids
from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label, moment, number

CASH = "loyalty.decide_cash_out"
PAGE = 25
LINES = 200
VIEWS: Mapping[str, str | Promise] = {
    "waiting": lazy("Wait for a decision"), "approved": lazy("To be paid"),
    "exported": lazy("At the bank"), "unacknowledged": lazy("Not on the bill yet"),
    "paid": lazy("Paid"), "returned": lazy("Come back"), "rejected": lazy("Refused by the bank"),
    "refused": lazy("Refused"),
}  # fmt: skip
CHECKS: Mapping[str, str | Promise] = {
    "account": lazy("There is an account to pay to"),
    "record": lazy("The record may be used"),
    "cooling": lazy("Account, phone and e-mail have been the same for a while"),
    "day": lazy("Within what a day may pay"), "month": lazy("Within what a month may pay"),
    "person": lazy("Somebody else has to decide"),
}  # fmt: skip


@page("customers.view", "loyalty.view", CASH, switch="loyalty")
def queue(request: HouseRequest) -> HttpResponse:
    """The requests of one view, with what is looked at before the money goes out."""
    view = request.GET.get("view", "waiting")
    if view not in VIEWS:
        raise NotThere
    before = ids.find("csh", request.GET.get("before", ""))
    now = request.started_at
    found = payouts.cash_outs(view, now=now, before=before, limit=PAGE)
    counts = payouts.counted(now=now)
    names = customers.names_of({one.customer_id for one in found})
    by = staff.names_of({one.requested_by for one in found})
    older = f"?view={view}&before={found[-1].public_id}" if len(found) == PAGE else ""
    return show(request, "console/loyalty/cash_outs.html", {
        "rows": [_row(one, names, by, request=request) for one in found],
        "title": VIEWS[view], "view": view, "older": older,
        "stopped": _stopped(now) if view == "waiting" else [],
        "views": [{"name": name, "words": said, "current": name == view,
                   "count": counts.get(name)} for name, said in VIEWS.items()],
    })  # fmt: skip


@page("customers.view", "loyalty.view", CASH, switch="loyalty")
def cash_out(request: HouseRequest, cash_out_id: UUID) -> HttpResponse:
    """One request: to whom, what was looked at, what can be done."""
    asked = payouts.cash_out(cash_out_id)
    names = customers.names_of({asked.customer_id})
    family = customers.family_of(asked.customer_id)
    now = request.started_at
    decided = asked.decisions.all()
    by = staff.names_of({asked.requested_by, *(one.decided_by for one in decided)})
    row = _row(asked, names, by, request=request)
    is_open = row["state"] == "waiting"
    checks = cash_checks.checks_of(asked, family, now=now) if is_open else ()
    return show(request, "console/loyalty/cash_out.html", {
        **row, "iban": ibans.shown(asked.iban) if asked.iban else "", "payee": asked.payee,
        "checks": [_check(one, asked) for one in checks] or [
            _kept(one, asked) for decision in decided for one in decision.checks
        ],
        "may_approve": all(one.passed for one in checks),
        "decided": [{"words": words.STATES[one.verdict][0], "by": by.get(one.decided_by, ""),
                     "at": one.decided_at, "note": one.note} for one in decided],
        "back": asked.returns.all(), "payments": asked.payments.all(),
        "line": next(iter(asked.lines.all()), None),
        "late": payouts.is_unacknowledged(asked, now=now),
    })  # fmt: skip


@page("customers.view", "loyalty.view", CASH, switch="loyalty", methods=SENT)
def come_back(request: HouseRequest, cash_out_id: UUID) -> HttpResponse:
    def carry_out() -> None:
        cash_outs.return_cash_out(
            cash_out_id, reason=typed(request, "reason"), actor=request.actor,
            now=request.started_at, request=request.request_id,
        )  # fmt: skip

    here = reverse("console:cash-out", args=[ids.public("csh", cash_out_id)])
    return answered(request, carry_out, _("Noted. The points are the customer's again."), here)


class PayerForm(forms.Form):
    """From which account cash is paid."""

    name = forms.CharField(label=lazy("Name of the account"), max_length=payments.NAME_LENGTH_MAX)
    iban = forms.CharField(label=lazy("IBAN"), max_length=60)
    bic = forms.CharField(label=lazy("BIC"), max_length=11, required=False)


@page("loyalty.view", CASH, switch="loyalty", methods=FORM)
def files(request: HouseRequest) -> HttpResponse:
    """Files for the bank, the newest first; and the account that pays."""
    code = companies.current().currency
    payer = next((one for one in payouts.payers() if one.money_code == code), None)
    initial = {"name": payer.name, "iban": ibans.shown(payer.iban), "bic": payer.bic} if payer \
        else None  # fmt: skip
    form = PayerForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _set_payer(request, form, code))
        if answer:
            return answer
    before = ids.find("pay", request.GET.get("before", ""))
    found = payouts.files(before=before, limit=PAGE)
    return show(request, "console/loyalty/payment_files.html", {
        "files": [_file(one) for one in found], "payer": payer, "form": form,
        "waiting": payouts.counted(now=request.started_at)["approved"],
        "older": f"?before={found[-1].file.public_id}" if len(found) == PAGE else "",
    }, status=422 if form.errors else 200)  # fmt: skip


def _stopped(now: datetime) -> list[dict[str, Any]]:
    """What was to be paid by itself of late and was not, and why."""
    found = payouts.stopped(now=now, limit=PAGE)
    names = customers.names_of({one.customer_id for one in found})
    return [
        {"customer": one.customer_id, "name": names[one.customer_id], "at": one.acted_at,
         "reward": label(one.reward.labels), "why": refusals.title_of(one.stopped)}
        for one in found if one.customer_id in names
    ]  # fmt: skip


def _set_payer(request: HouseRequest, form: PayerForm, code: str) -> str:
    given = form.cleaned_data
    payment_files.set_payer(
        currency=code, name=given["name"], iban=given["iban"], bic=given["bic"],
        actor=request.actor, now=request.started_at,
    )  # fmt: skip
    messages.success(request, _("Saved."))
    return reverse("console:payment-files")


@page("loyalty.view", CASH, switch="loyalty", methods=SENT)
def export(request: HouseRequest) -> HttpResponse:
    """A file of all that is approved and was in none before."""

    def carry_out() -> str:
        file = payment_files.export_payments(
            actor=request.actor, now=request.started_at, request=request.request_id
        )
        messages.success(request, _("The file is there. Send it to your bank."))
        return reverse("console:payment-file", args=[file.public_id])

    return press(request, carry_out, here=reverse("console:payment-files"))


@page("customers.view", "loyalty.view", CASH, switch="loyalty")
def file(request: HouseRequest, file_id: UUID) -> HttpResponse:
    """One file with its lines, and what the bank says of them."""
    found = payouts.file(file_id)
    after = request.GET.get("after", "")
    lines = payouts.lines(found.file, after=int(after) if after.isdecimal() else 0, limit=LINES)
    names = customers.names_of({one.customer_id for one in lines})
    return show(request, "console/loyalty/payment_file.html", {
        **_file(found), "rows": [_line(one, names) for one in lines],
        "by": staff.names_of({found.file.made_by}).get(found.file.made_by, ""),
        "payer": found.file.payer, "payer_iban": ibans.short(found.file.payer.iban),
        "older": f"?after={lines[-1].id}" if len(lines) == LINES else "",
    })  # fmt: skip


@page("loyalty.view", CASH, switch="loyalty")
def content(request: HouseRequest, file_id: UUID) -> HttpResponse:
    found = payouts.file(file_id).file
    response = HttpResponse(found.content, content_type="application/xml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.message}.xml"'
    return response


@page("loyalty.view", CASH, switch="loyalty", methods=SENT)
def report(request: HouseRequest, file_id: UUID) -> HttpResponse:
    """What the bank says: one line came back, or all the others were paid."""
    line, here = typed(request, "line"), reverse(
        "console:payment-file", args=[ids.public("pay", file_id)]
    )  # fmt: skip
    news = [News(line, "returned", typed(request, "reason"))] if line else []

    def carry_out() -> None:
        payment_files.report_payments(
            file_id, news, all_paid=not line, actor=request.actor, now=request.started_at,
            request=request.request_id,
        )  # fmt: skip

    return answered(request, carry_out, _("Noted."), here)


def _row(
    one: CashOut, names: Mapping[UUID, str], by: Mapping[str, str], *, request: HouseRequest
) -> dict[str, Any]:
    state = rewards.state_of_cash_out(one)
    terms = cash_checks.terms_of(one.redemption.reward)
    return {
        "id": one.public_id, "customer": one.customer_id, "name": names.get(one.customer_id, ""),
        "amount": words.money_of(one.minor, one.money_code), "points": one.redemption.points,
        "to": words.paid_to(one.way, one.iban), "way": one.way,
        "at": one.requested_at, "by": by.get(one.requested_by, ""), "state": state,
        "state_words": words.STATES[state][0], "tone": words.STATES[state][1],
        "waits_until": _waits(one, request.started_at), "is_automatic": one.is_automatic,
        "is_own": one.requested_by == request.actor.id and rules.needs_person(terms, one.minor),
    }  # fmt: skip


def _waits(one: CashOut, now: datetime) -> datetime | None:
    return one.waits_until if one.waits_until and one.waits_until > now else None


def _check(one: Check, asked: CashOut) -> dict[str, Any]:
    more = ""
    if one.until is not None:
        more = _("from %(moment)s on") % {"moment": moment(one.until)}
    elif one.minor is not None:
        more = _("%(amount)s left") % {"amount": words.money_of(one.minor, asked.money_code)}
    return {"words": CHECKS[one.code], "passed": one.passed, "more": more}


def _kept(one: Mapping[str, Any], asked: CashOut) -> dict[str, Any]:
    until = one.get("until")
    check = Check(
        one["code"], one["passed"], datetime.fromisoformat(until) if until else None,
        one.get("minor"),
    )  # fmt: skip
    return _check(check, asked)


def _file(one: payouts.Filed) -> dict[str, Any]:
    file = one.file
    lines = ngettext("%(lines)s payment", "%(lines)s payments", file.lines_count)
    return {
        "id": file.public_id, "message": file.message, "made_at": file.made_at,
        "pays_on": file.pays_on, "amount": words.money_of(file.minor, file.money_code),
        "lines": lines % {"lines": number(file.lines_count)}, "paid": one.paid,
        "returned": one.returned, "is_open": one.is_open,
    }  # fmt: skip


def _line(one: PaymentLine, names: Mapping[UUID, str]) -> dict[str, Any]:
    asked, state = one.cash_out, payouts.state_of_line(one)
    return {
        "id": asked.public_id, "end_to_end": one.end_to_end, "customer": one.customer_id,
        "name": names.get(one.customer_id, ""), "iban": ibans.short(asked.iban),
        "amount": words.money_of(one.minor, asked.money_code),
        "state_words": words.STATES[state][0], "tone": words.STATES[state][1],
        "may_return": state in ("exported", "paid"),
        "reason": _reason(asked.returns.all()),
    }  # fmt: skip


def _reason(back: Iterable[Any]) -> str:
    return next((one.reason for one in back), "")
