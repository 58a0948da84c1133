"""The customer's own page: what they want to hear, how often, in which language; no sign-in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clientela.console.pages import see, show
from clientela.flows import choices
from clientela.flows.choices import Choices, Chosen
from clientela.platform import periods
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.privacy import words
from clientela.privacy.faults import LinkOver
from clientela.privacy.models.consents import Preference
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label, language_name

PAUSES = (1, 3, 6)
STAYS = "stays"


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HouseRequest, token: str) -> HttpResponse:
    """In the customer's language unless another is asked for; works without any script."""
    try:
        opened = choices.opened(token, who=_who(request), now=request.started_at)
    except Problem as refusal:
        return _refused(request, refusal)
    language = _language(request, opened)
    with translation.override(language):
        if request.method == "POST":
            choices.choose(opened, _chosen(request, opened), now=request.started_at,
                           request=request.request_id)  # fmt: skip
            return _saved(request)
        return show(request, "console/choices/show.html", _context(request, opened, language))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def refusal(request: HouseRequest, token: str, purpose: str) -> HttpResponse:
    """The link in a letter. Mail programs post to it by themselves (RFC 8058), people press once.

    No cookie proves anything here, so there is nothing another site could misuse.
    """
    try:
        opened = choices.opened(token, who=_who(request), now=request.started_at, for_ever=True)
    except Problem as refusal:
        return _refused(request, refusal)
    names = {one.purpose.key: label(one.purpose.labels) for one in opened.standing}
    if purpose not in names:
        return _refused(request, LinkOver())
    with translation.override(_language(request, opened)):
        is_done = request.method == "POST"
        if is_done:
            choices.refuse(opened, purpose, now=request.started_at, request=request.request_id)
        context = {
            "purpose": names[purpose], "is_done": is_done, "company": companies.current().name,
        }  # fmt: skip
        return show(request, "console/choices/refusal.html", context)


def _saved(request: HouseRequest) -> HttpResponse:
    answer = see(f"{request.path}?saved=1")
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:  # it would speak before the choice
        answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return answer


def _who(request: HouseRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _language(request: HouseRequest, opened: Choices) -> str:
    """Asked for in the address or above the page; else the customer's, else the company's."""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    asked = request.GET.get("language", cookie)
    if asked in dict(settings.LANGUAGES):
        return asked
    return opened.customer.language or companies.current().language


def _chosen(request: HouseRequest, opened: Choices) -> Chosen:
    """A box that is not ticked is not sent: all that stood on the page are told."""
    nothing = "nothing" in request.POST
    allowed = {
        (one.purpose.key, one.channel): not nothing
        and f"{one.purpose.key}.{one.channel}" in request.POST
        for one in opened.standing
    }
    frequency = request.POST.get("frequency", "")
    known = frequency in Preference.Frequency.values
    return Chosen(
        allowed, frequency if known else Preference.Frequency.ALWAYS,
        _paused_until(request, opened), request.POST.get("language", ""),
    )  # fmt: skip


def _paused_until(request: HouseRequest, opened: Choices) -> date | None:
    asked = request.POST.get("pause", "")
    if asked == STAYS and opened.preference is not None:
        return opened.preference.paused_until
    today = companies.current().today(request.started_at)
    return periods.add_months(today, int(asked)) if asked in map(str, PAUSES) else None


def _context(request: HouseRequest, opened: Choices, language: str) -> dict[str, Any]:
    kept = opened.preference
    today = companies.current().today(request.started_at)
    paused = kept.paused_until if kept and kept.paused_until and kept.paused_until > today else None
    rows: dict[str, dict[str, Any]] = {}
    for one in opened.standing:
        shown = opened.words.get(one.purpose.key)
        row = rows.setdefault(
            one.purpose.key,
            {"key": one.purpose.key, "name": label(one.purpose.labels),
             "words": label(shown.texts) if shown else "", "channels": []},
        )  # fmt: skip
        row["channels"].append({"key": one.channel, "words": words.CHANNELS[one.channel],
                                "checked": one.answer.is_allowed})  # fmt: skip
    chosen = kept.frequency if kept else Preference.Frequency.ALWAYS
    return {
        "company": companies.current().name, "purposes": list(rows.values()),
        "frequencies": [(key, text, key == chosen) for key, text in words.FREQUENCIES.items()],
        "pauses": [(str(months), _months(months)) for months in PAUSES], "paused_until": paused,
        "languages": [(code, language_name(code), code == language)
                      for code, _name in settings.LANGUAGES],
        "saved": "saved" in request.GET, "address": request.path, "language": language,
    }  # fmt: skip


def _months(count: int) -> str:
    return {1: _("for one month"), 3: _("for three months"), 6: _("for six months")}[count]


def _refused(request: HouseRequest, refusal: Problem) -> HttpResponse:
    if not isinstance(refusal, LinkOver) and refusal.status != 429:
        raise refusal
    context = {"dead": isinstance(refusal, LinkOver), "company": companies.current().name}
    return show(request, "console/choices/over.html", context, status=refusal.status)
