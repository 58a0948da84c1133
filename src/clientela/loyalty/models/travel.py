"""Journeys: on which dates they can be had, who ordered one, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value

from clientela.loyalty.models.partners import Partner
from clientela.loyalty.models.redemptions import Redemption
from clientela.loyalty.models.rewards import Reward
from clientela.platform import ids
from clientela.platform.fields import Words


class TravelOffer(models.Model):
    """One date of a journey, with its seats. `points`, `money_minor`: where it costs otherwise."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reward = models.ForeignKey(Reward, on_delete=models.CASCADE, related_name="offers")
    starts_on = models.DateField()
    ends_on = models.DateField()
    seats = models.IntegerField()
    taken = models.IntegerField(default=0)
    points = models.BigIntegerField(null=True)
    money_minor = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["starts_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reward", "starts_on"], name="a_journey_has_a_date_once"
            ),
            models.CheckConstraint(
                name="seats_are_never_oversold", condition=Q(taken__gte=0, taken__lte=F("seats"))
            ),
            models.CheckConstraint(
                name="a_date_ends_after_it_begins", condition=Q(ends_on__gte=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("tof", self.id)


class TravelOrder(models.Model):
    """A journey somebody wants for their points; the partner or the desk confirms or refuses it.

    Price and terms are as they were that day. `money_minor` is what is paid besides the points.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT)
    partner = models.TextField()  # its name that day
    supplier = models.ForeignKey(
        Partner, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    offer = models.ForeignKey(
        TravelOffer, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    traveller = Words(default="")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    money_minor = models.BigIntegerField(null=True)
    money_code = models.TextField(default="", db_default="")
    cancellation = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    voucher = models.TextField()  # its number, worth something once confirmed
    partner_reference = models.TextField(default="", db_default="")
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
    """How a travel order was answered."""

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


class TravelCancellation(models.Model):
    """A confirmed journey was given up: so many percent of the points went back, by its terms."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    order = models.ForeignKey(
        TravelOrder, on_delete=models.PROTECT, related_name="cancellations", db_index=False,
        db_column="travel_order_id",
    )  # fmt: skip
    percent = models.IntegerField()
    points = models.BigIntegerField()  # given back; the partner keeps the rest
    money_minor = models.BigIntegerField(null=True)  # to be paid back, of what was paid besides
    cause = Words(default="")
    actor = models.TextField()
    cancelled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "order"], name="a_journey_is_cancelled_once"
            ),
            models.CheckConstraint(
                name="a_share_is_a_part",
                condition=Q(percent__gte=0, percent__lte=100, points__gte=0),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["order"], name="the_cancellation")]

    def __str__(self) -> str:
        return f"cancellation of {self.order_id}"


class TravelCare(models.Model):
    """Something came of an order that staff must look at; it waits until somebody has."""

    class Kind(models.TextChoices):
        LATE = "late"  # the partner confirmed what was released already
        UNREACHED = "unreached"  # the partner could not be asked

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    order = models.ForeignKey(
        TravelOrder, on_delete=models.PROTECT, related_name="cares", db_index=False,
        db_column="travel_order_id",
    )  # fmt: skip
    kind = models.TextField(choices=Kind.choices)
    reference = models.TextField(default="")
    words = Words(default="")
    came_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    handled_by = models.TextField(default="")
    note = Words(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "order", "kind", "reference"],
                name="staff_are_asked_once_about_one_thing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order"], name="the_cares"),
            models.Index(
                fields=["id"], name="cares_that_wait", condition=Q(handled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("tcr", self.id)
