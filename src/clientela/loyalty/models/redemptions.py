"""What customers got for their points, and what people decided about it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.loyalty.models.holds import Hold
from clientela.loyalty.models.programme import Currency
from clientela.loyalty.models.rewards import CouponPool, Reward
from clientela.platform import ids
from clientela.platform.fields import Words


class Redemption(models.Model):
    """Somebody got a reward. Its name and terms are kept as they were that day."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT)
    kind = models.TextField(choices=Reward.Kind.choices)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT)
    points = models.BigIntegerField()
    labels = models.JSONField(default=dict)
    terms = models.JSONField(default=dict)
    hold = models.ForeignKey(Hold, null=True, on_delete=models.PROTECT)
    actor = models.TextField()
    channel = models.TextField(default="")
    redeemed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_redemption_costs_points", condition=Q(points__gt=0)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-redeemed_at", "-id"], name="redemptions_newest"),
            models.Index(fields=["customer_id", "reward"], name="redemptions_of_a_reward"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("red", self.id)


class RedemptionKey(models.Model):
    """Where a redemption is found by the name its source gave it."""

    source = models.TextField()
    reference = models.TextField()
    customer_id = models.UUIDField()
    redemption_id = models.UUIDField()
    body_hash = models.BinaryField(max_length=16)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "reference"], name="a_source_names_a_redemption_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="redemption_keys_of_a_customer")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.reference}"


class RedemptionReversal(models.Model):
    """The points of a redemption were given back, to the lots they came from."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, db_index=False)
    cause = Words(default="")
    actor = models.TextField()
    reversed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "redemption"], name="a_redemption_is_reversed_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["redemption"], name="the_reversal")]

    def __str__(self) -> str:
        return f"reversal of {self.redemption_id}"


class Coupon(models.Model):
    """A code in somebody's hand, with the value it had when it was given out."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    pool = models.ForeignKey(CouponPool, on_delete=models.PROTECT)
    redemption = models.ForeignKey(Redemption, null=True, on_delete=models.PROTECT)
    number = models.TextField()  # as it is written: groups of four
    percent = models.IntegerField(null=True)
    minor = models.BigIntegerField(null=True)
    money_code = models.TextField(default="")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    killed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-issued_at"], name="coupons_of_a_customer"),
        ]

    def __str__(self) -> str:
        return ids.public("cou", self.id)

    @property
    def public_id(self) -> str:
        return ids.public("cou", self.id)


class CouponKey(models.Model):
    """Where a coupon is found by its code, without case, spaces and hyphens."""

    number_norm = models.TextField(primary_key=True)
    customer_id = models.UUIDField()
    coupon_id = models.UUIDField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer_id"], name="codes_of_a_customer")]

    def __str__(self) -> str:
        return f"code of {self.coupon_id}"


class CouponUse(models.Model):
    """A coupon was taken at a till or in a shop."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, db_index=False)
    source = models.TextField(default="")
    reference = models.TextField(default="")
    place = models.TextField(default="")
    actor = models.TextField()
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "coupon"], name="coupon_used_within_limit"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["coupon"], name="the_use_of_a_coupon")]

    def __str__(self) -> str:
        return f"use of {self.coupon_id}"


class CashOut(models.Model):
    """A request to have points paid out as money."""

    class Way(models.TextChoices):
        BILL = "bill"
        BANK = "bank"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT)
    way = models.TextField(choices=Way.choices)
    minor = models.BigIntegerField()
    money_code = models.TextField()
    iban = models.TextField(default="")
    payee = Words(default="")
    requested_by = models.TextField()
    requested_at = models.DateTimeField()
    is_open = models.BooleanField(default=True)  # waits for a decision or for its payment

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_cash_out_pays_something", condition=Q(minor__gt=0)),
            models.CheckConstraint(
                name="a_transfer_names_its_account", condition=~Q(way="bank") | ~Q(iban="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="open_cash_outs", condition=Q(is_open=True)),
            models.Index(fields=["customer_id", "-requested_at"], name="cash_outs_of_a_customer"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("csh", self.id)


class CashOutDecision(models.Model):
    """A second person said yes or no."""

    class Verdict(models.TextChoices):
        APPROVED = "approved"
        REFUSED = "refused"

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    cash_out = models.ForeignKey(
        CashOut, on_delete=models.PROTECT, related_name="decisions", db_index=False
    )
    verdict = models.TextField(choices=Verdict.choices)
    note = Words(default="")
    decided_by = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "cash_out"], name="a_cash_out_is_decided_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cash_out"], name="the_decision")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.cash_out_id}"


class CashOutPayment(models.Model):
    """The money went out, under this reference of the bank or of the bill."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    cash_out = models.ForeignKey(
        CashOut, on_delete=models.PROTECT, related_name="payments", db_index=False
    )
    reference = Words()
    paid_by = models.TextField()
    paid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "cash_out"], name="a_cash_out_is_paid_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cash_out"], name="the_payment")]

    def __str__(self) -> str:
        return f"payment of {self.cash_out_id}"


class TravelOrder(models.Model):
    """A journey somebody wants for their points; the desk confirms or refuses it."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT)
    partner = models.TextField()
    traveller = Words(default="")
    starts_on = models.DateField(null=True)
    voucher = models.TextField()  # its number, worth something once confirmed
    placed_by = models.TextField()
    placed_at = models.DateTimeField()
    reply_by = models.DateTimeField()
    is_open = models.BooleanField(default=True)  # waits for an answer

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["reply_by", "id"], name="open_travel_orders", condition=Q(is_open=True)
            ),
            models.Index(fields=["customer_id", "-placed_at"], name="journeys_of_a_customer"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("trv", self.id)


class TravelOrderStep(models.Model):
    """What became of a travel order."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed"
        REFUSED = "refused"
        TIMED_OUT = "timed_out"

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    order = models.ForeignKey(
        TravelOrder, on_delete=models.PROTECT, related_name="steps", db_index=False,
        db_column="travel_order_id",
    )  # fmt: skip
    kind = models.TextField(choices=Kind.choices)
    note = Words(default="")
    actor = models.TextField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "order"], name="a_travel_order_is_answered_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["order"], name="the_answer")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"
