"""Who comes by the signature of a partner instead of a key."""

from __future__ import annotations

from django.http import HttpRequest

from clientela.flows import tell_partners
from clientela.loyalty.models import Partner
from clientela.platform.errors import NotSignedIn
from clientela.platform.http.actors import Actor


def in_address(request: HttpRequest, name: str) -> str:
    """A part of the address that is called, as it stands there."""
    resolved = request.resolver_match
    return str(resolved.kwargs.get(name, "")) if resolved else ""


def signed_by(partner: Partner | None, request: HttpRequest, *, right: str) -> Actor:
    """The partner, who may do just this, where the call bears its signature; NotSignedIn."""
    header = request.headers.get
    if partner is None or not tell_partners.is_from(
        partner, id=header("webhook-id", ""), timestamp=header("webhook-timestamp", ""),
        signature=header("webhook-signature", ""), body=request.body,
        now=request.started_at,  # type: ignore[attr-defined]
    ):  # fmt: skip
        raise NotSignedIn("Send an API key, or sign the call with the partner's secret.")
    return Actor(id=partner.public_id, name=partner.name, rights=frozenset({right}))
