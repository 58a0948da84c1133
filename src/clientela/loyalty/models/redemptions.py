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
    due_minor = models.BigIntegerField(default=0, db_default=0)  # to be paid in money beside them
    due_code = models.TextField(default="", db_default="")
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
    points = models.BigIntegerField(null=True)  # null: all of them
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
    most_minor = models.BigIntegerField(null=True)
    least_minor = models.BigIntegerField(null=True)
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
    """A coupon was taken at a till or in a shop; `turn` counts, as a use may be undone."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, db_index=False)
    source = models.TextField(default="")
    reference = models.TextField(default="")
    place = models.TextField(default="")
    actor = models.TextField()
    used_at = models.DateTimeField()
    turn = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "coupon", "turn"], name="coupon_used_within_limit"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["coupon"], name="the_use_of_a_coupon"),
            models.Index(
                fields=["source", "reference"], name="coupons_used_in_a_purchase",
                condition=~Q(reference=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"use of {self.coupon_id}"


class CouponUseEnd(models.Model):
    """A use was undone: its purchase was called off in time."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    use = models.ForeignKey(
        CouponUse, on_delete=models.PROTECT, related_name="ends", db_index=False
    )
    actor = models.TextField()
    undone_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "use"], name="a_use_of_a_coupon_is_undone_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["use"], name="the_end_of_a_use")]

    def __str__(self) -> str:
        return f"end of use {self.use_id}"
