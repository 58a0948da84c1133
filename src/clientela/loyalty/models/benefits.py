"""What a customer got that is neither a code nor a journey: a thing, a credit, months, miles."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.loyalty.models.redemptions import Redemption
from clientela.loyalty.models.rewards import Reward
from clientela.platform import ids
from clientela.platform.fields import Words


class Benefit(models.Model):
    """What was given for a redemption. `is_open`: somebody has to hand it over or book it.

    `product_name`: as it was called that day. `holding_id`: what months and cover are for, and
    `policy_id` the cover. `partner` and `member`: where miles go.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, db_index=False)
    kind = models.TextField(choices=Reward.Kind.choices)
    quantity = models.BigIntegerField()
    minor = models.BigIntegerField(null=True)
    money_code = models.TextField(default="")
    product_id = models.UUIDField(null=True)
    product_name = models.TextField(default="")
    holding_id = models.UUIDField(null=True)
    policy_id = models.UUIDField(null=True)
    purse_id = models.UUIDField(null=True)
    partner = models.TextField(default="")
    member = Words(default="")
    is_open = models.BooleanField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "redemption"], name="a_redemption_gives_one_benefit"
            ),
            models.CheckConstraint(name="a_benefit_is_something", condition=Q(quantity__gt=0)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="open_benefits", condition=Q(is_open=True)),
            models.Index(fields=["redemption"], name="the_benefit"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("ben", self.id)


class BenefitStep(models.Model):
    """It was handed over or booked, or it cannot be; and who says so."""

    class Kind(models.TextChoices):
        GIVEN = "given"
        REFUSED = "refused"

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    benefit = models.ForeignKey(
        Benefit, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    kind = models.TextField(choices=Kind.choices)
    reference = Words(default="")
    actor = models.TextField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "benefit"], name="a_benefit_is_answered_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["benefit"], name="the_step_of_a_benefit")]

    def __str__(self) -> str:
        return f"{self.kind} {self.benefit_id}"
