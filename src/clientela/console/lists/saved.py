"""Saving a list, changing who sees it, and taking it away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.once import sent
from clientela.console.pages import SENT, page, see
from clientela.flows.lists import views
from clientela.flows.lists.state import of_query
from clientela.flows.lists.views import Shared
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.ui.models import View

EVERYONE = "everyone"


@page("customers.view", methods=SENT, shown_on="console:customers")
def save(request: HouseRequest) -> HttpResponse:
    """The list as it is looked at, under a name."""
    return see(sent(request, lambda: _saved(request, None)).body.decode())


@page("customers.view", methods=SENT, shown_on="console:customers")
def replace(request: HouseRequest, view_id: UUID) -> HttpResponse:
    """What was saved becomes the list as it is looked at."""
    return see(sent(request, lambda: _saved(request, view_id)).body.decode())


@page("customers.view", methods=SENT, shown_on="console:customers")
def remove(request: HouseRequest, view_id: UUID) -> HttpResponse:
    removed = views.remove(view_id, actor=request.actor, now=request.started_at)
    messages.success(request, _("The view %(name)s is gone.") % {"name": removed.name})
    return see(f"{reverse('console:customers')}?view=&removed={removed.public_id}")


@page("customers.view", methods=SENT, shown_on="console:customers")
def restore(request: HouseRequest, view_id: UUID) -> HttpResponse:
    restored = views.restore(view_id, actor=request.actor)
    return see(address(restored))


def address(view: View) -> str:
    return f"{reverse('console:customers')}?view={view.public_id}"


def _saved(request: HouseRequest, view_id: UUID | None) -> str:
    form = request.POST
    saved = views.save(
        name=form.get("name", ""), state=of_query(form.dict()), shared=_shared(request),
        actor=request.actor, company=companies.current(), now=request.started_at,
        view_id=view_id,
    )  # fmt: skip
    return address(saved)


def _shared(request: HouseRequest) -> Shared:
    """`with`: nobody, everyone, or the role whose team it is for."""
    whom = request.POST.get("with", "")
    first = request.POST.get("default_for", "")
    if whom in ("", EVERYONE):
        return Shared(View.Sharing.EVERYONE if whom else View.Sharing.PRIVATE, "", first)
    return Shared(View.Sharing.TEAM, whom, first)
