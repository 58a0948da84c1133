"""What members are told by letter: switched, edited, and looked at before it is on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.console.loyalty.answering import answered
from clientela.console.loyalty.notice_form import KINDS, NoticeForm
from clientela.console.once import send
from clientela.console.pages import FORM, SENT, page, show
from clientela.flows import member_notices, notice_letters
from clientela.flows.notice_readers import Reader
from clientela.loyalty.models import Notice
from clientela.loyalty.queries import notices as queries
from clientela.platform.errors import InvalidInput
from clientela.platform.http.requests import HouseRequest
from clientela.privacy.words import VERDICTS
from clientela.staff import queries as staff
from clientela.ui.templatetags.ui import label, number

CONFIGURE = "loyalty.configure"
WHY_NOT = {
    **VERDICTS, "no_address": lazy("No e-mail address"), "demo": lazy("Made-up customer"),
}  # fmt: skip


@page("loyalty.view", switch="loyalty")
def listed(request: HouseRequest) -> HttpResponse:
    rows = queries.listed()
    by = staff.names_of({one.changed_by for one in rows})
    return show(request, "console/loyalty/notices.html", {
        "rows": [
            {"key": one.key, "kind": KINDS[one.kind], "words": sentence(one), "is_on": one.is_on,
             "letters": one.letters, "last_on": one.last_on,  # type: ignore[attr-defined]
             "at": one.changed_at, "by": by.get(one.changed_by, "")}
            for one in rows
        ],
    })  # fmt: skip


@page("loyalty.view", CONFIGURE, switch="loyalty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        kind = Notice.Kind.EXPIRING
    return _form(request, NoticeForm(request.POST or None, kind=kind), _("New notice"))


@page("loyalty.view", CONFIGURE, switch="loyalty", methods=FORM)
def edit(request: HouseRequest, key: str) -> HttpResponse:
    notice = queries.find(key)
    form = NoticeForm(request.POST or None, kind=notice.kind, notice=notice)
    return _form(request, form, sentence(notice))


@page("loyalty.view", "customers.view", switch="loyalty")
def readers(request: HouseRequest, key: str) -> HttpResponse:
    """How many members a notice is about today, and the first of them."""
    notice = queries.find(key)
    found = member_notices.preview(notice, now=request.started_at)
    told = sum(not one.why for one in found.readers)
    return show(request, "console/loyalty/notice.html", {
        "key": notice.key, "words": sentence(notice), "is_on": notice.is_on,
        "count": found.count, "whole": found.is_whole, "shown": len(found.readers), "told": told,
        "readers": [_reader(one, found.names) for one in found.readers],
        "sample": _sample(notice, found.readers, request),
    })  # fmt: skip


@page("loyalty.view", CONFIGURE, switch="loyalty", methods=SENT, shown_on="console:loyalty-notices")
def switch(request: HouseRequest, key: str) -> HttpResponse:
    is_on = request.POST.get("is_on") == "1"

    def carry_out() -> None:
        member_notices.switch_notice(
            key, is_on=is_on, actor=request.actor, now=request.started_at,
            request=request.request_id,
        )  # fmt: skip

    done = _("Letters are written from the next night on.") if is_on else _("Switched off.")
    return answered(request, carry_out, done, reverse("console:loyalty-notices"))


def _form(request: HouseRequest, form: NoticeForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _save(request, form))
        if answer:
            return answer
    context = {"form": form, "title": title, "kinds": _kinds(form)}
    status = 422 if form.errors else 200
    return show(request, "console/loyalty/notice_form.html", context, status=status)


def _save(request: HouseRequest, form: NoticeForm) -> str:
    wanted = form.values()
    if form.notice is None and Notice.objects.filter(key=wanted.key).exists():
        raise InvalidInput(_("There is such a notice already."), field=form.first)
    notice, _state = member_notices.save_notice(
        wanted, actor=request.actor, now=request.started_at, request=request.request_id
    )
    messages.success(request, _("Saved. See whom it is about."))
    return reverse("console:notice", args=[notice.key])


def _kinds(form: NoticeForm) -> list[dict[str, Any]]:
    """Which other kinds a new one could be of."""
    if form.notice is not None:
        return []
    return [
        {"words": words, "url": f"?kind={kind}", "current": kind == form.kind}
        for kind, words in KINDS.items()
    ]


def _reader(one: Reader, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "customer": one.found.customer_id, "name": names.get(one.found.customer_id, ""),
        "words": notice_letters.about(one.found),
        "why": WHY_NOT.get(one.why, one.why),
    }  # fmt: skip


def _sample(notice: Notice, found: list[Reader], request: HouseRequest) -> dict[str, str] | None:
    """The letter to the first of them, in the language of whoever looks."""
    if not found:
        return None
    subject, body = notice_letters.worded(
        notice, found[0].found, language=request.LANGUAGE_CODE[:2], now=request.started_at
    )
    return {"subject": subject, "body": body}


def sentence(notice: Notice) -> str:
    """What a notice asks, in words."""
    if notice.kind == Notice.Kind.EXPIRING:
        return ngettext(
            "Points that end within %(days)s day", "Points that end within %(days)s days",
            notice.days_ahead,
        ) % {"days": number(notice.days_ahead)}  # fmt: skip
    if notice.ladder is not None:
        distance = notice_letters.counted(notice.ladder, notice.distance)
        words = _("The next tier of %(ladder)s is no more than %(distance)s away")
        return words % {"ladder": label(notice.ladder.labels), "distance": distance}
    assert notice.reward is not None
    return _("Enough points for %(reward)s") % {"reward": label(notice.reward.labels)}
