"""The points ledger: what was booked (postings, entries), what is left of it (lots), what took it.

Postings, entries and allocations are only ever added. An account's figures are caches of them,
moved in the same statement and proved by `clientela verify`.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from clientela.loyalty.models.programme import Currency
from clientela.platform import ids

# System accounts are only ids; their totals are sums over entries.
ISSUED, REDEEMED, EXPIRED, ADJUSTED, IN_TRANSIT, CASH_PAYABLE = -1, -2, -3, -4, -5, -6


class Account(models.Model):
    """One customer's holding of one currency. `posted` = unspent lots less debt."""

    class Kind(models.TextChoices):
        OWN = "own"
        POOL = "pool"
        CARD = "card"

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT)
    kind = models.TextField(choices=Kind.choices, default=Kind.OWN, db_default="own")
    posted = models.BigIntegerField(default=0, db_default=0)
    pending = models.BigIntegerField(default=0, db_default=0)
    held = models.BigIntegerField(default=0, db_default=0)
    debt = models.BigIntegerField(default=0, db_default=0)
    debt_max = models.BigIntegerField(default=10_000, db_default=10_000)
    version = models.BigIntegerField(default=0, db_default=0)
    # all points it ever earned, counted since this is: it only grows
    earned = models.BigIntegerField(default=0, db_default=0)
    # below so many earned its owner climbs no ladder, as they were measured by a version of the
    # ladders; 0: nobody has measured
    measure_at = models.BigIntegerField(default=0, db_default=0)
    measured_by = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "currency", "kind"],
                name="one_account_per_currency_and_kind",
            ),
            models.CheckConstraint(
                name="debt_within_limit", condition=Q(debt__gte=0, debt__lte=F("debt_max"))
            ),
            models.CheckConstraint(name="pending_never_negative", condition=Q(pending__gte=0)),
            models.CheckConstraint(
                name="held_points_are_covered",
                condition=Q(held__gte=0) & Q(held__lte=F("posted") + F("debt") - F("pending")),
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.id}"


class Posting(models.Model):
    """One happening that moved points."""

    class Kind(models.TextChoices):
        EARN = "earn"
        REVERSE = "reverse"  # a return took back what was earned
        REDEEM = "redeem"
        RESTORE = "restore"  # a redemption was reversed
        EXPIRE = "expire"
        CARRY_OUT = "carry_out"  # to another record of the same customer, `member_id`
        CARRY_IN = "carry_in"  # from one; `pair_id` is the posting there
        GRANT = "grant"  # a person or another programme gave them
        ADJUST = "adjust"  # a person took them
        TRANSFER_OUT = "transfer_out"  # to another member, `member_id`
        TRANSFER_IN = "transfer_in"  # from one; `pair_id` is the posting there
        FORGIVE = "forgive"  # a debt was let go
        REINSTATE = "reinstate"  # expired points can be used again

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, db_index=False)
    kind = models.TextField(choices=Kind.choices)
    source = models.TextField()
    key = models.TextField()
    body_hash = models.BinaryField(max_length=16)
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField()
    actor = models.TextField()
    purchase_id = models.UUIDField(null=True)
    member_id = models.UUIDField(null=True)
    reverses_id = models.BigIntegerField(null=True)
    pair_id = models.BigIntegerField(null=True)
    channel = models.TextField(default="", db_default="")
    # triples: rule version, before, after (points); the road to the figure. A negative number is
    # no rule: see rules.awards
    steps = ArrayField(models.BigIntegerField(), default=list)
    # triples: rule version, number of the reason why it gave nothing (0: it gave), and a bit for
    # each question of its condition that was answered yes; see rules.asking
    looked_at = ArrayField(
        models.BigIntegerField(), default=list,
        db_default=Value([], ArrayField(models.BigIntegerField())),
    )  # fmt: skip
    forgiven = models.BigIntegerField(default=0, db_default=0)
    money_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "source", "key", "currency"], name="posted_once"
            ),
            models.UniqueConstraint(
                fields=["customer_id", "purchase_id", "currency"],
                condition=Q(kind="earn", source="purchase", purchase_id__isnull=False),
                name="a_purchase_earns_once",
            ),
            models.CheckConstraint(name="forgiven_never_negative", condition=Q(forgiven__gte=0)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-posted_at", "-id"], name="postings_newest"),
            models.Index(
                fields=["customer_id", "purchase_id"],
                condition=models.Q(purchase_id__isnull=False),
                name="postings_with_a_purchase",
            ),
            models.Index(
                fields=["id"],
                name="postings_that_let_go",
                condition=Q(forgiven__gt=0) | Q(kind="forgive"),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return f"pos_{self.id}"


class Entry(models.Model):
    """A one-row transfer between a member's account and a system account."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    posting_id = models.BigIntegerField()
    account_id = models.GeneratedField(
        expression=Greatest("debit_id", "credit_id"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    debit_id = models.BigIntegerField()
    credit_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    occurred_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="entry_has_one_member_side",
                condition=Q(debit_id__gt=0, credit_id__lt=0) | Q(debit_id__lt=0, credit_id__gt=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "account_id", "id"], name="entries_of_an_account"),
            models.Index(fields=["customer_id", "posting_id"], name="entries_of_a_posting"),
        ]

    def __str__(self) -> str:
        return f"entry {self.id}"


class Lot(models.Model):
    """The points of one posting with one life."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    account_id = models.BigIntegerField()
    posting_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    held = models.BigIntegerField(default=0, db_default=0)
    active_at = models.DateTimeField(null=True)  # null: waits for an event
    activated_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)  # null: never
    life = models.JSONField(null=True)  # a life of its own, see rules.lives; null: the currency's
    life_end_at = models.DateTimeField(null=True)  # no activity moves the end beyond it
    origin_lot_id = models.UUIDField(null=True)
    cashable = models.BooleanField(default=True)
    times_expired = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="lot_remaining_within_amount",
                condition=Q(held__gte=0, held__lte=F("remaining"), remaining__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="lot_expires_after_it_starts",
                condition=Q(expires_at__isnull=True)
                | Q(active_at__isnull=True)
                | Q(expires_at__gte=F("active_at")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "account_id", "expires_at", "active_at", "id"],
                name="lots_in_order_of_use",
                condition=Q(remaining__gt=0),
            ),
            models.Index(
                fields=["expires_at"],
                name="lots_that_expire",
                condition=Q(remaining__gt=0, expires_at__isnull=False),
            ),
            models.Index(
                fields=["active_at"],
                name="lots_that_wait",
                condition=Q(remaining__gt=0, activated_at__isnull=True),
            ),
            models.Index(fields=["customer_id", "posting_id"], name="lots_of_a_posting"),
        ]

    def __str__(self) -> str:
        return ids.public("lot", self.id)


class Allocation(models.Model):
    """What a posting took from a lot, or gave back to it (`releases_id` names that taking)."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    posting_id = models.BigIntegerField()
    lot_id = models.UUIDField()
    amount = models.BigIntegerField()
    releases_id = models.BigIntegerField(null=True)
    # when it paid a debt, which may be later than its posting is of; of all else, as its posting
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="an_allocation_is_positive", condition=Q(amount__gt=0)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "lot_id"], name="allocations_of_a_lot"),
            models.Index(fields=["customer_id", "posting_id"], name="allocations_of_a_posting"),
        ]

    def __str__(self) -> str:
        return f"allocation {self.id}"
