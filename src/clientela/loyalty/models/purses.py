"""Money that somebody has with the company: gift cards and wallets, and every cent that moved.

Not points: no lots, no debt, no earning. Entries are only ever added; a purse's balance is their
sum, moved in the same transaction and proved by `clientela verify`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.platform import ids
from clientela.platform.fields import Words


class Purse(models.Model):
    """A gift card, whose code is kept as a digest with its last four signs; or the one wallet a
    customer has in a currency. A card nobody is known for has no customer. `claimed_by_id`: the
    wallet its money went to.
    """

    class Kind(models.TextChoices):
        CARD = "card"
        WALLET = "wallet"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField(null=True)
    kind = models.TextField(choices=Kind.choices)
    money_code = models.TextField()
    balance_minor = models.BigIntegerField(default=0, db_default=0)
    last4 = models.TextField(default="", db_default="")
    generation = models.IntegerField(null=True)  # null: its code came from elsewhere
    expires_at = models.DateTimeField(null=True)  # null: never
    claimed_by_id = models.UUIDField(null=True)
    redemption_id = models.UUIDField(null=True)
    opened_by = models.TextField()
    opened_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_purse_never_owes", condition=Q(balance_minor__gte=0)
            ),
            models.UniqueConstraint(
                fields=["customer_id", "money_code"], condition=Q(kind="wallet"),
                name="one_wallet_per_currency",
            ),
            models.CheckConstraint(
                name="a_wallet_is_somebodys",
                condition=Q(kind="card") | Q(customer_id__isnull=False),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "id"], name="purses_of_a_customer"),
            models.Index(
                fields=["expires_at"], name="cards_that_end",
                condition=Q(expires_at__isnull=False, balance_minor__gt=0),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("gft" if self.kind == self.Kind.CARD else "wal", self.id)


class PurseKey(models.Model):
    """Where a gift card is found by the HMAC of its code."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    purse_id = models.UUIDField(db_index=True)

    def __str__(self) -> str:
        return f"code of {self.purse_id}"


class PurseEntry(models.Model):
    """Money that came or went. `pair_id`: the entry on the other side, where both are here."""

    class Kind(models.TextChoices):
        ISSUE = "issue"
        TOP_UP = "top_up"
        REWARD = "reward"
        CLAIM_IN = "claim_in"
        REFUND = "refund"
        PAY = "pay"
        CLAIM_OUT = "claim_out"
        TAKE_BACK = "take_back"
        EXPIRE = "expire"

    INTO: ClassVar = (Kind.ISSUE, Kind.TOP_UP, Kind.REWARD, Kind.CLAIM_IN, Kind.REFUND)

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField(null=True)
    purse = models.ForeignKey(
        Purse, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    kind = models.TextField(choices=Kind.choices)
    minor = models.BigIntegerField()  # less than nothing: it went
    balance_minor = models.BigIntegerField()  # afterwards
    source = models.TextField(default="", db_default="")
    reference = models.TextField(default="", db_default="")
    purchase_id = models.UUIDField(null=True)
    redemption_id = models.UUIDField(null=True)
    actor = models.TextField()
    booked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "purse", "source", "reference", "kind"],
                condition=~Q(reference=""), nulls_distinct=False,
                name="a_source_moves_money_once",
            ),
            models.CheckConstraint(
                name="money_moves_the_way_its_kind_says",
                condition=Q(kind__in=("issue", "top_up", "reward", "claim_in", "refund"),
                            minor__gt=0)
                | Q(kind__in=("pay", "claim_out", "take_back", "expire"), minor__lt=0),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["purse", "-id"], name="entries_of_a_purse")]

    def __str__(self) -> str:
        return f"{self.kind} {self.minor}"


class PurseBlock(models.Model):
    """Nothing is paid with a blocked card; who blocked it and why, and who freed it."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField(null=True)
    purse = models.ForeignKey(
        Purse, on_delete=models.PROTECT, related_name="blocks", db_index=False
    )
    reason = Words()
    blocked_by = models.TextField()
    blocked_at = models.DateTimeField()
    lifted_by = models.TextField(default="", db_default="")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "purse"], condition=Q(lifted_at__isnull=True),
                nulls_distinct=False, name="one_open_block_per_card",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["purse"], name="blocks_of_a_purse")]

    def __str__(self) -> str:
        return f"block of {self.purse_id}"


class CardTerms(models.Model):
    """What the law lets gift cards of a currency do: end or not, and how much they may hold."""

    money_code = models.TextField(primary_key=True)
    is_ending = models.BooleanField(default=False)
    months = models.IntegerField(null=True)
    balance_max_minor = models.BigIntegerField(null=True)
    changed_by = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "card terms"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="cards_that_end_say_when", condition=Q(is_ending=False) | Q(months__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.money_code
