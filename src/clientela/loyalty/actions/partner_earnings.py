"""Points that customers earn at a partner: named by the partner, booked once, taken back once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.loyalty.actions.accounts import lock_accounts
from clientela.loyalty.models import Partner, PartnerEarning, PartnerEarningReversal, PartnerKey
from clientela.loyalty.queries.ledger import Scheme
from clientela.platform import ids, sql, text
from clientela.platform.errors import NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

CAUSE_LENGTH_MAX = 500
COLUMNS = ("reference", "customer_id", "earning_id", "body_hash")


class NoSuchEarning(NotThere):
    code = "no-such-partner-earning"
    title = "The partner has named no such earning"


class EarningTakenBack(Problem):
    code = "earning-taken-back"
    status = 409
    title = "This earning has been taken back already"


@dataclass(frozen=True, slots=True)
class NewEarning:
    """Points somebody earned at a partner, under the partner's own name for it."""

    customer_id: UUID
    reference: str
    points: int
    occurred_at: datetime
    body_hash: bytes

    @property
    def content(self) -> tuple[UUID, bytes]:
        return self.customer_id, self.body_hash


class Taken(NamedTuple):
    """What became of points that were taken back: these came back, `forgiven` did not."""

    posting_id: int
    points: int
    debt: int
    forgiven: int
    balance: int


@needs_transaction
def claim(
    partner: Partner, batch: Sequence[NewEarning]
) -> tuple[dict[str, UUID], dict[str, PartnerKey]]:
    """Take the names of a batch, each once: those that are new with the ids they have from now on,
    and those that are known.
    """
    rows = [
        (one.reference, one.customer_id, id, one.body_hash)
        for one, id in zip(batch, ids.uuid7s(len(batch)), strict=True)
    ]
    taken = {
        name for (name,) in sql.statement("loyalty", "claim_earnings").rows(
            size=len(rows), partner=partner.id, **sql.columns(rows, COLUMNS)
        )
    }  # fmt: skip
    fresh = {reference: id for reference, _, id, _ in rows if reference in taken}
    others = [one.reference for one in batch if one.reference not in taken]
    known = PartnerKey.objects.filter(partner=partner, reference__in=others)
    return fresh, {one.reference: one for one in known}


@needs_transaction
def let_go(partner: Partner, references: Collection[str]) -> None:
    """Names of what was not booked after all: they can be used again."""
    PartnerKey.objects.filter(partner=partner, reference__in=references).delete()


@needs_transaction
def record(
    partner: Partner, batch: Sequence[NewEarning], *, named: Mapping[str, UUID],
    postings: Mapping[str, int], actor: Actor, now: datetime,
) -> None:  # fmt: skip
    PartnerEarning.objects.bulk_create([
        PartnerEarning(
            id=named[one.reference], customer_id=one.customer_id, partner=partner,
            reference=one.reference, body_hash=one.body_hash, points=one.points,
            posting_id=postings[one.reference], occurred_at=one.occurred_at, recorded_at=now,
            actor=actor.id,
        )
        for one in batch
    ])  # fmt: skip


def find(partner: Partner, reference: str) -> PartnerEarning:
    """An earning by the partner's own name for it. NoSuchEarning."""
    found = PartnerEarning.objects.filter(partner=partner, reference=reference).first()
    if found is None:
        raise NoSuchEarning(f"{partner.name} has named nothing so.", field="reference")
    return found


@needs_transaction
def take_back(
    earning: PartnerEarning, *, survivor: UUID, scheme: Scheme, policy: str, actor: Actor,
    now: datetime,
) -> Taken:  # fmt: skip
    """Take its points from the customer and give them to the partner; its own lot first. What was
    used meanwhile becomes debt or is forgiven. The accounts are settled.
    """
    account = lock_accounts({survivor}, scheme=scheme, now=now)[survivor]
    row = sql.execute(
        "SELECT posting, taken + new_debt, new_debt, given_up, balance FROM loyalty_take_back("
        "%s, %s, %s, %s, %s, %s, NULL, %s, %s, %s, %s, %s, '{}'::bigint[], NULL, %s)",
        [survivor, account.account_id, scheme.currency_id,
         "debt" if policy == "block" else policy, earning.points, earning.posting_id,
         f"partner/{earning.id}", bytes(earning.body_hash), now, now, actor.id,
         earning.partner.account_id],
        prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    return Taken(*row)


@needs_transaction
def note_reversal(
    earning: PartnerEarning, taken: Taken, *, cause: str, actor: Actor, now: datetime
) -> PartnerEarningReversal:
    """Once. EarningTakenBack."""
    with refusing(an_earning_is_reversed_once=EarningTakenBack):
        return PartnerEarningReversal.objects.create(
            customer_id=earning.customer_id, earning=earning, points=taken.points,
            forgiven=taken.forgiven, posting_id=taken.posting_id,
            cause=text.clean(cause)[:CAUSE_LENGTH_MAX], actor=actor.id, reversed_at=now,
        )  # fmt: skip
