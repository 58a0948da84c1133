"""Points set aside for an order that is not final yet: settled once, or released once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.loyalty.models.programme import Currency
from clientela.platform import ids


class Hold(models.Model):
    """`customer_id` is who asked; the lots may be those of their merged records too. `expires_at`:
    of an order elsewhere, which is over then by itself.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT)
    amount = models.BigIntegerField()
    purpose = models.TextField()
    placed_at = models.DateTimeField()
    actor = models.TextField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_hold_is_positive", condition=Q(amount__gt=0)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "id"], name="holds_of_a_customer"),
            models.Index(
                fields=["expires_at"], name="holds_that_end",
                condition=Q(expires_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return ids.public("hld", self.id)


class HoldLot(models.Model):
    """How much of which lot a hold reserves, chosen in the order of use when it was placed."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    account_id = models.BigIntegerField()
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="lots", db_index=True)
    lot_id = models.UUIDField()
    amount = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "hold", "lot_id"], name="a_hold_names_a_lot_once"
            ),
            models.CheckConstraint(name="a_held_part_is_positive", condition=Q(amount__gt=0)),
        ]
        indexes: ClassVar = [models.Index(fields=["customer_id", "lot_id"], name="holds_of_a_lot")]

    def __str__(self) -> str:
        return f"held part {self.id}"


class HoldEnd(models.Model):
    """How a hold ended; its points were used (`settled`) or are free again."""

    class Kind(models.TextChoices):
        SETTLED = "settled"
        RELEASED = "released"
        TIMED_OUT = "timed_out"

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="ends", db_index=False)
    kind = models.TextField(choices=Kind.choices)
    ended_at = models.DateTimeField()
    actor = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "hold"], name="hold_ends_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["hold"], name="the_end_of_a_hold")]

    def __str__(self) -> str:
        return f"{self.kind} {self.hold_id}"
