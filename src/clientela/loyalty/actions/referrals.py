"""Who brought whom: noted once for each customer, paid when the friend does what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from clientela.loyalty.actions.earning import TakenBack
from clientela.loyalty.models import CashOut, Programme, Referral
from clientela.loyalty.rules import referrals as rules
from clientela.loyalty.rules.referrals import Terms
from clientela.platform import sql
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

EARNED = """
    SELECT earned.id, earned.customer_id, entry.account_id, earned.currency_id, currency.code,
        currency.negative_policy, entry.amount
    FROM loyalty_key AS named
    JOIN loyalty_posting AS earned
        ON earned.customer_id = named.customer_id AND earned.source = 'event'
        AND earned.key = named.row_id::text AND earned.kind = 'earn'
    JOIN loyalty_entry AS entry
        ON entry.customer_id = earned.customer_id AND entry.posting_id = earned.id
    JOIN loyalty_currency AS currency ON currency.id = earned.currency_id
    WHERE named.source = %s AND named.key = ANY (%s)
        AND NOT EXISTS (
            SELECT FROM loyalty_posting AS back
            WHERE back.customer_id = earned.customer_id AND back.reverses_id = earned.id
                AND back.kind = 'reverse'
        )
    ORDER BY earned.customer_id, earned.id"""


class AlreadyReferred(Problem):
    code = "already-referred"
    status = 409
    title = "Somebody else brought this customer already"


class ReferralNotAllowed(Problem):
    code = "referral-not-allowed"
    status = 409
    title = "This referral does not count"


class Taken(NamedTuple):
    """Points that were paid for a referral and are taken back from a customer."""

    customer_id: UUID
    back: TakenBack


def terms() -> Terms:
    """When a referral is paid; of the first programme that says so."""
    for body in Programme.objects.filter(closed_at=None).values_list("referral", flat=True):
        if body:
            return rules.read(body)
    return Terms()


@needs_transaction
def define(programme: Programme, body: Mapping[str, Any]) -> None:
    try:
        rules.read(body)
    except rules.BadTerms as fault:
        raise InvalidInput("This part cannot be used.", field=f"referral.{fault}") from None
    Programme.objects.filter(pk=programme.pk).update(referral=dict(body))


@needs_transaction
def note(
    *, friend: Sequence[UUID], referrer: Sequence[UUID], actor: Actor, now: datetime
) -> tuple[Referral, bool]:
    """That the second family's customer brought the first's; the same again is the one there is."""
    known = Referral.objects.filter(customer_id__in=list(friend)).first()
    if known is not None:
        if known.referrer_id in referrer:
            return known, False
        raise AlreadyReferred(field="customer")
    with refusing(one_referrer_per_customer=AlreadyReferred):
        made = Referral.objects.create(
            customer_id=friend[0], referrer_id=referrer[0], made_at=now, made_by=actor.id
        )
    return made, True


def share_payout(one: Sequence[UUID], other: Sequence[UUID]) -> bool:
    """Whether money went, or is to go, to one bank account."""
    rows = CashOut.objects.exclude(iban="")
    mine = set(rows.filter(customer_id__in=list(one)).values_list("iban", flat=True))
    theirs = set(rows.filter(customer_id__in=list(other)).values_list("iban", flat=True))
    return bool(mine & theirs)


def waiting(customers: Sequence[UUID], *, again: bool) -> list[Referral]:
    """The referrals of these friends that a purchase may pay; `again`: also those paid before."""
    rows = Referral.objects.filter(customer_id__in=list(customers))
    return list((rows if again else rows.filter(paid_at=None)).order_by("id"))


@needs_transaction
def paid(referral: Referral, *, purchase_id: UUID | None, now: datetime) -> None:
    Referral.objects.filter(id=referral.id, customer_id=referral.customer_id).update(
        paid_at=now, purchase_id=purchase_id
    )


@needs_transaction
def reopen(purchase_id: UUID, *, friend: Sequence[UUID]) -> None:
    """The purchase it was paid for came back: the next one pays."""
    Referral.objects.filter(customer_id__in=list(friend), purchase_id=purchase_id).update(
        paid_at=None, purchase_id=None
    )


@needs_transaction
def take_back(
    keys: Sequence[str], *, source: str, reference: str, content: bytes, happened: datetime,
    actor: Actor, now: datetime,
) -> list[Taken]:  # fmt: skip
    """Take back all that these events earned, each once; their accounts are settled. What is
    missing becomes debt or is forgiven.
    """
    taken = []
    for posting, customer, account, currency_id, currency, policy, points in sql.execute(
        EARNED, [source, list(keys)]
    ).fetchall():
        row = sql.execute(
            "SELECT posting, taken, new_debt, given_up, balance FROM loyalty_take_back("
            "%s, %s, %s, %s, %s, %s, NULL, %s, %s, %s, %s, %s, '{}'::bigint[], NULL)",
            [customer, account, currency_id, "debt" if policy == "block" else policy, points,
             posting, f"{reference}/{posting}", content, happened, now, actor.id],
        ).fetchone()  # fmt: skip
        assert row is not None
        back, got, debt, forgiven, balance = row
        taken.append(
            Taken(customer, TakenBack(back, currency, got + debt, debt, forgiven, balance))
        )
    return taken


def customers_of(keys: Sequence[str], *, source: str) -> list[UUID]:
    """Who earned by these events and still has it."""
    found = sql.execute(EARNED, [source, list(keys)]).fetchall()
    return sorted({customer for _, customer, *_ in found})
