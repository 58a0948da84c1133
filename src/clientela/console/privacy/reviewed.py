"""What a request to look again is about: in words, and the page that says why it was decided so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse

from clientela.flows import reviews
from clientela.platform.http.requests import HouseRequest
from clientela.privacy.models.rights import Request

OF_OFFERS = ("dec", "prp")


def of(asked: Request) -> dict[str, Any] | None:
    words = reviews.words_of(asked.about)
    return {"words": words, "url": _address(asked.customer_id, asked.about)} if words else None


def _address(customer_id: UUID, about: str) -> str:
    prefix, _sign, rest = about.partition("_")
    if prefix == "clm":
        return reverse("console:claim", args=[about])
    if prefix in OF_OFFERS:
        return reverse("console:customer-offers-why", args=[customer_id])
    if prefix == reviews.POSTING:
        return reverse("console:customer-why", args=[customer_id, int(rest)])
    if prefix == "pol":
        return reverse("console:customer", args=[customer_id])
    return reverse("console:customer-points", args=[customer_id])


def link(request: HouseRequest, family: Sequence[UUID], decided: Any) -> dict[str, str]:
    """`hand_over`: where the customer's wish is written down, so that a decision waits for a
    person; for those who may write it down.
    """
    if decided is None or not request.actor.may("privacy.record"):
        return {}
    address = reverse("console:request-new", args=[family[0]])
    return {"hand_over": f"{address}?about={decided.public_id}"}
