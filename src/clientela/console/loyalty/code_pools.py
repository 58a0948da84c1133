"""Pools of codes in the console: made, filled by chance or from a list, and what was used."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.console.loyalty.answering import answered
from clientela.console.loyalty.code_pool_form import PoolForm
from clientela.console.loyalty.words import money_of
from clientela.console.once import send, sent
from clientela.console.pages import FORM, SENT, page, show
from clientela.customers import queries as customers
from clientela.flows import coupon_pools
from clientela.loyalty.actions import coupon_codes as pools
from clientela.loyalty.models import CouponPool
from clientela.loyalty.queries import code_pools as queries
from clientela.loyalty.rules import codes
from clientela.platform.errors import InvalidInput
from clientela.platform.http.requests import HouseRequest
from clientela.ui.templatetags.ui import label, number

CONFIGURE = "loyalty.configure"
AT_ONCE_MAX = 10_000
TEXT_MAX = 500_000  # signs of a list of codes
USES_SHOWN, FAULTS_SHOWN = 50, 200
STATES = {
    "planned": (lazy("Planned"), ""), "running": (lazy("Running"), "good"),
    "over": (lazy("Over"), "warn"),
}  # fmt: skip
FAULTS = {
    "not-a-code": lazy("is no code: 4 to 24 letters and digits"),
    "twice": lazy("stands here twice"), "known": lazy("is there already"),
}  # fmt: skip


@page("loyalty.view", switch="loyalty")
def listed(request: HouseRequest) -> HttpResponse:
    rows = [_row(one, now=request.started_at) for one in coupon_pools.listed()]
    return show(request, "console/loyalty/code_pools.html", {"pools": rows})


@page("loyalty.view", CONFIGURE, switch="loyalty", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    return _form(request, PoolForm(request.POST or None), _("New pool of codes"))


@page("loyalty.view", CONFIGURE, switch="loyalty", methods=FORM)
def edit(request: HouseRequest, key: str) -> HttpResponse:
    pool = pools.find(key)
    return _form(request, PoolForm(request.POST or None, pool=pool), label(pool.labels))


@page("loyalty.view", switch="loyalty")
def pool(request: HouseRequest, key: str) -> HttpResponse:
    return _shown(request, pools.find(key))


@page("loyalty.view", CONFIGURE, switch="loyalty", methods=SENT)
def generate(request: HouseRequest, key: str) -> HttpResponse:
    """So many codes by chance; they are read from the file of codes."""
    here = reverse("console:code-pool", args=[key])
    written = request.POST.get("count", "")
    made: list[int] = []

    def carry_out() -> None:
        count = int(written) if written.isdecimal() and len(written) < 6 else 0
        if not 0 < count <= AT_ONCE_MAX:
            words = _("Make 1 to %(most)s codes at once.") % {"most": number(AT_ONCE_MAX)}
            raise InvalidInput(words, field="count")
        slices = coupon_pools.generate_codes(
            key, count, actor=request.actor, now=request.started_at
        )
        made.append(sum(len(one) for one in slices))
        _say(request, made[0])

    return answered(request, carry_out, "", here)


@page("loyalty.view", CONFIGURE, switch="loyalty", methods=SENT)
def bring(request: HouseRequest, key: str) -> HttpResponse:
    """Codes from elsewhere, one a line, typed or out of a file; what cannot be used is told."""
    found, lines = pools.find(key), _lines(request)

    def carry_out() -> str:
        done = coupon_pools.import_codes(key, lines, actor=request.actor, now=request.started_at)
        faults = [(one.line, one.code, one.error) for one in done.errors]
        return json.dumps({"added": done.added, "faults": faults})

    try:
        told = json.loads(sent(request, carry_out).body)
    except InvalidInput as refusal:
        messages.warning(request, str(refusal.detail))
        return _shown(request, found, status=422)
    _say(request, told["added"])
    faults = [
        {"line": line, "code": code, "words": FAULTS[error]} for line, code, error in told["faults"]
    ]
    return _shown(request, found, faults=faults)


@page("loyalty.view", CONFIGURE, switch="loyalty")
def content(request: HouseRequest, key: str) -> HttpResponseBase:
    """The codes that can still be used, one a line."""
    found = pools.find(key)
    lines = (f"{codes.shown(one)}\n" for one in queries.codes_left(found))
    response = StreamingHttpResponse(lines, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.key}.txt"'
    return response


def _shown(
    request: HouseRequest, found: CouponPool, *, faults: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    there, used = pools.counts(found)
    faults = faults or []
    return show(request, "console/loyalty/code_pool.html", {
        "pool": _row(found, now=request.started_at), "codes": there, "used": used,
        "uses": _uses(found), "faults": faults[:FAULTS_SHOWN], "fault_count": len(faults),
        "may_fill": not found.is_shared or there == 0,
    }, status=status)  # fmt: skip


def _uses(found: CouponPool) -> list[dict[str, Any]]:
    rows = queries.uses_of(found, limit=USES_SHOWN)
    names = customers.names_of({one.customer_id for one in rows if one.customer_id})
    return [
        {"code": codes.shown(one.number_norm), "customer": one.customer_id,
         "name": names.get(one.customer_id, "") if one.customer_id else "", "at": one.used_at,
         "place": one.place, "reference": one.reference, "is_undone": one.is_undone,
         "off": money_of(one.minor, found.money_code) if found.money_code else ""}
        for one in rows
    ]  # fmt: skip


def _lines(request: HouseRequest) -> list[str]:
    file = request.FILES.get("file")
    written = request.POST.get("codes", "")
    if file is not None and file.size and file.size <= TEXT_MAX:
        written = file.read().decode("utf-8", errors="replace")
    return written[:TEXT_MAX].splitlines()


def _say(request: HouseRequest, count: int) -> None:
    told = ngettext("%(count)s code is new.", "%(count)s codes are new.", count)
    messages.success(request, told % {"count": number(count)})


def _form(request: HouseRequest, form: PoolForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _save(request, form))
        if answer:
            return answer
    status = 422 if form.errors else 200
    context = {"form": form, "title": title}
    return show(request, "console/loyalty/code_pool_form.html", context, status=status)


def _save(request: HouseRequest, form: PoolForm) -> str:
    values = form.values()
    if form.pool is None and CouponPool.objects.filter(key=values.key).exists():
        raise InvalidInput(_("There is a pool of this name."), field="label_en")
    saved, _state = coupon_pools.save_pool(values, actor=request.actor, now=request.started_at)
    messages.success(request, _("Saved."))
    return reverse("console:code-pool", args=[saved.key])


def _row(one: CouponPool, *, now: datetime) -> dict[str, Any]:
    words, tone = STATES[_state(one, now)]
    return {
        "key": one.key, "words": label(one.labels), "takes": _takes(one), "issued": one.issued,
        "most": one.coupons_max, "is_shared": one.is_shared, "state_words": words, "tone": tone,
        "starts_at": one.starts_at, "ends_at": one.ends_at,
    }  # fmt: skip


def _state(one: CouponPool, now: datetime) -> str:
    if one.starts_at is not None and one.starts_at > now:
        return "planned"
    return "over" if one.ends_at is not None and one.ends_at <= now else "running"


def _takes(one: CouponPool) -> str:
    """What a code takes off, in a few words."""
    if one.percent is not None and one.is_of_last_purchase:
        return _("%(percent)s %% of the last purchase") % {"percent": number(one.percent)}
    if one.percent is not None:
        return _("%(percent)s %% off") % {"percent": number(one.percent)}
    if one.minor is not None:
        return _("%(money)s off") % {"money": money_of(one.minor, one.money_code)}
    return _("%(free)s free for each %(paid)s") % {
        "free": number(one.free), "paid": number(one.paid),
    }  # fmt: skip
