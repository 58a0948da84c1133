"""Partners, the dates of journeys, and the codes partners gave us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.loyalty.actions import partners, travel
from clientela.loyalty.actions.partners import Brought, PartnerValues
from clientela.loyalty.actions.travel import OfferValues
from clientela.loyalty.models import Partner, TravelOffer
from clientela.loyalty.queries import rewards
from clientela.loyalty.queries import travel as reads
from clientela.platform import transactions
from clientela.platform.http.actors import Actor


@transactions.retried
def save_partner(
    values: PartnerValues, *, retired: bool = False, actor: Actor, now: datetime,
    request: str = "",
) -> tuple[Partner, str]:  # fmt: skip
    """Make or change a partner by its key, and take it out of use or back into it."""
    with transactions.open():
        partner, state = partners.save(values, actor=actor, now=now)
        if retired != (partner.retired_at is not None):
            partners.retire(partner, now=now if retired else None)
            state = "changed" if state == "unchanged" else state
        if state != "unchanged":
            told = Happening("partner.saved", now, None, partner.public_id, {"key": partner.key})
            events.emit([told], actor=actor, now=now, request=request)
    return reads.partner(partner.key), state


@transactions.retried
def rotate_secret(named: str, *, actor: Actor, now: datetime, request: str = "") -> Partner:
    """Another secret; calls signed with the old one are refused from now on."""
    with transactions.open():
        partner = partners.rotate_secret(reads.partner(named))
        told = Happening("partner.saved", now, None, partner.public_id, {"key": partner.key})
        events.emit([told], actor=actor, now=now, request=request)
    return partner


@transactions.retried
def save_offers(
    reward: str, batch: Sequence[OfferValues], *, now: datetime
) -> list[tuple[TravelOffer, str]]:
    """Dates of a journey, each by its first day. InvalidInput; then nothing was written."""
    with transactions.open():
        return travel.save_offers(rewards.find(reward), batch, now=now)


@transactions.retried
def bring_vouchers(
    named: str, codes: Sequence[str], *, good_until_on: date | None = None, actor: Actor,
    now: datetime, request: str = "",
) -> Brought:  # fmt: skip
    """Take a partner's codes in; brought again they are known."""
    with transactions.open():
        partner = reads.partner(named)
        brought = partners.bring(partner, codes, good_until_on=good_until_on, actor=actor, now=now)
        if brought.new:
            told = Happening("vouchers.imported", now, None, partner.public_id,
                             {"count": brought.new})  # fmt: skip
            events.emit([told], actor=actor, now=now, request=request)
    return brought
