"""What bounds points, and what gives them besides purchases."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clientela.loyalty.models.programme import Currency, Rule
from clientela.platform import ids
from clientela.platform.fields import Words


class Cap(models.Model):
    """The most a customer earns in a period, by one rule or by all; it is ended, not edited."""

    class Period(models.TextChoices):
        PURCHASE = "purchase"  # one purchase or one event
        DAY = "day"
        WEEK = "week"  # from Monday
        MONTH = "month"
        YEAR = "year"
        EVER = "ever"
        BALANCE = "balance"  # no period: what there is, waiting or not

    class Unit(models.TextChoices):
        POINTS = "points"
        TIMES = "times"

    class Mode(models.TextChoices):
        TRIM = "trim"
        REJECT = "reject"

    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="caps")
    rule = models.ForeignKey(Rule, null=True, on_delete=models.PROTECT, related_name="caps")
    period = models.TextField(choices=Period.choices)
    unit = models.TextField(choices=Unit.choices, default=Unit.POINTS)
    most = models.BigIntegerField()
    mode = models.TextField(choices=Mode.choices, default=Mode.TRIM)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_cap_allows_something", condition=Q(most__gt=0)),
            models.CheckConstraint(
                name="times_are_counted_in_periods",
                condition=Q(unit="points") | ~Q(period__in=("purchase", "balance")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.most} {self.unit} per {self.period}"


class Limit(models.Model):
    """How much of a cap a customer has used in the period that begins on `starts_on`."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    cap = models.ForeignKey(Cap, on_delete=models.PROTECT, db_index=False)
    starts_on = models.DateField()
    most = models.BigIntegerField()
    used = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "cap", "starts_on"], name="one_counter_for_each_period"
            ),
            models.CheckConstraint(
                name="limit_not_exceeded", condition=Q(used__gte=0, used__lte=F("most"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.used} of {self.most}"


class Occasion(models.Model):
    """Something happened to a customer that may earn points: a birthday, a review, an own event."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    name = models.TextField()
    source = models.TextField()
    key = models.TextField()
    subject = models.TextField(default="")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.TextField()
    # pairs: rule version, number of the reason why it gave nothing or less
    refusals = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-occurred_at", "-id"], name="occasions_newest")
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("occ", self.id)


class GrantKey(models.Model):
    """Where an event, an adjustment or a hold is found by the name its source gave it."""

    source = models.TextField()
    key = models.TextField()
    kind = models.TextField()  # event, adjustment or hold
    customer_id = models.UUIDField()
    row_id = models.UUIDField()
    body_hash = models.BinaryField(max_length=16)

    class Meta:
        db_table = "loyalty_key"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "key"], name="a_key_is_used_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="loyalty_keys_of_a_customer")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class Adjustment(models.Model):
    """Somebody gave points or took them, with a reason; above a figure a second person decides."""

    class Reason(models.TextChoices):
        GOODWILL = "goodwill"
        COMPENSATION = "compensation"
        CORRECTION = "correction"
        MISSING = "missing"  # a purchase that was not recorded
        PRIZE = "prize"
        ABUSE = "abuse"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT)
    points = models.BigIntegerField()
    reason = models.TextField(choices=Reason.choices)
    note = Words(default="")
    subject = models.TextField(default="")  # public id of what it is for: an issue, a policy
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    is_open = models.BooleanField(default=False)
    posting_id = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="an_adjustment_moves_points", condition=~Q(points=0)),
            models.CheckConstraint(
                name="an_open_adjustment_has_moved_nothing",
                condition=Q(is_open=False) | Q(posting_id__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-asked_at"], name="adjustments_newest"),
            models.Index(
                fields=["asked_at", "id"], name="adjustments_that_wait", condition=Q(is_open=True)
            ),
            models.Index(fields=["asked_by", "asked_at"], name="adjustments_of_a_person"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("adj", self.id)


class AdjustmentDecision(models.Model):
    """A second person said yes or no."""

    class Verdict(models.TextChoices):
        APPROVED = "approved"
        REFUSED = "refused"

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    adjustment = models.ForeignKey(
        Adjustment, on_delete=models.PROTECT, related_name="decisions", db_index=False
    )
    verdict = models.TextField(choices=Verdict.choices)
    note = Words(default="")
    decided_by = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "adjustment"], name="an_adjustment_is_decided_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["adjustment"], name="adjustment_decision")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.adjustment_id}"


class EarningPause(models.Model):
    """A customer earns nothing for a time: points wait for its end, or are dropped."""

    class Mode(models.TextChoices):
        WITHHOLD = "withhold"
        DROP = "drop"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    mode = models.TextField(choices=Mode.choices)
    cause = Words()
    starts_at = models.DateTimeField()
    made_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id"], condition=Q(ended_at__isnull=True),
                name="one_open_pause",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-starts_at"], name="pauses_newest")
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("pse", self.id)


class LotWait(models.Model):
    """A lot without a beginning waits for an event, or for the end of a pause."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    lot_id = models.UUIDField()
    event = models.TextField(default="")
    purchase_id = models.UUIDField(null=True)
    pause = models.ForeignKey(EarningPause, null=True, on_delete=models.PROTECT, db_index=False)
    life = models.JSONField(default=dict)
    not_before = models.DateTimeField(null=True)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "lot_id"], name="a_lot_waits_once"),
            models.CheckConstraint(
                name="a_lot_waits_for_something",
                condition=~Q(event="") | Q(pause__isnull=False) | Q(ended_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "event"], name="lots_that_wait_for_events",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["pause"], name="lots_that_wait_for_a_pause",
                condition=Q(ended_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.lot_id} waits"


class Referral(models.Model):
    """Somebody brought a friend, who is `customer_id`; paid when the friend does what is asked."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    referrer_id = models.UUIDField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    paid_at = models.DateTimeField(null=True)
    purchase_id = models.UUIDField(null=True)  # the friend's purchase it was paid for

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id"], name="one_referrer_per_customer"),
            models.CheckConstraint(
                name="nobody_refers_themselves", condition=~Q(customer_id=F("referrer_id"))
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["referrer_id"], name="referrals_by_a_customer")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("rfl", self.id)
