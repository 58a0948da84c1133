"""What a purchase was paid with out of what the customer has here, and what went back of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.loyalty.models.redemptions import Redemption
from clientela.platform import ids


class TillPayment(models.Model):
    """One means by which a purchase was paid. `wish`: what was asked for, so that a repeat is known
    for one; `why`: why none of it was used, where that is so.
    """

    class By(models.TextChoices):
        GIFT_CARD = "gift_card"
        WALLET = "wallet"
        POINTS = "points"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    purchase_id = models.UUIDField()
    number = models.IntegerField()
    means = models.TextField(choices=By.choices)
    wish = models.TextField()
    points = models.BigIntegerField(default=0)
    minor = models.BigIntegerField()
    money_code = models.TextField()
    why = models.TextField(default="", db_default="")
    redemption = models.ForeignKey(Redemption, null=True, on_delete=models.PROTECT, db_index=False)
    purse_id = models.UUIDField(null=True)
    paid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "purchase_id", "number"],
                name="a_purchase_counts_its_payments",
            ),
            models.CheckConstraint(
                name="a_payment_is_never_negative", condition=Q(minor__gte=0, points__gte=0)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["purchase_id"], name="payments_of_a_purchase"),
            models.Index(
                fields=["redemption"], name="the_payment_of_points",
                condition=Q(redemption__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.means} for {self.purchase_id}"


class TillRefund(models.Model):
    """What went back of a payment with a return, to where it came from."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    payment = models.ForeignKey(
        TillPayment, on_delete=models.PROTECT, related_name="refunds", db_index=False
    )
    return_id = models.UUIDField()
    points = models.BigIntegerField(default=0)
    minor = models.BigIntegerField()
    booked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "payment", "return_id"],
                name="a_return_refunds_a_payment_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["payment"], name="refunds_of_a_payment")]

    def __str__(self) -> str:
        return f"refund of {self.payment_id}"
