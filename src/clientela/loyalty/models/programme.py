"""The scheme: programmes, kinds of points, and the published rules by which they are earned."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Value


class Programme(models.Model):
    """One loyalty scheme."""

    code = models.SlugField(primary_key=True, max_length=40)
    labels = models.JSONField(default=dict)
    time_zone = models.TextField(default="UTC")
    closed_at = models.DateTimeField(null=True)
    # when a referral is paid: {} never, {"on": "first_purchase", "minor": 2000, "currency": "EUR"}
    referral = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    def __str__(self) -> str:
        return self.code


class Currency(models.Model):
    """A kind of points."""

    class Rounding(models.TextChoices):
        FLOOR = "floor"
        HALF_UP = "half_up"
        CEIL = "ceil"

    class Negative(models.TextChoices):
        DEBT = "debt"
        CLAMP = "clamp"
        BLOCK = "block"

    class Kind(models.TextChoices):
        SPEND = "spend"  # buys rewards
        STATUS = "status"  # only counts, for tiers
        MONEY = "money"  # stands for minor units of money: wallets and gift cards

    class Stack(models.TextChoices):
        SUM = "sum"  # all multipliers in turn, then all bonuses
        BEST = "best"  # the one that gives the most
        NEWEST = "newest"  # the one that began last

    class Extends(models.TextChoices):
        NOTHING = ""
        EARN = "earn"
        EARN_AND_REDEEM = "earn_and_redeem"

    class PartBack(models.TextChoices):
        PROPORTION = "proportion"
        POINTS_FIRST = "points_first"
        POINTS_LAST = "points_last"

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="currencies")
    code = models.SlugField(max_length=40, unique=True)
    labels = models.JSONField(default=dict)
    rounding = models.TextField(choices=Rounding.choices, default=Rounding.FLOOR)
    negative_policy = models.TextField(choices=Negative.choices, default=Negative.DEBT)
    debt_max = models.BigIntegerField(default=10_000)
    # how long points can be used, see rules.lives: {} never ends, {"months": 24, "until": "month"}
    life = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    kind = models.TextField(choices=Kind.choices, default=Kind.SPEND, db_default="spend")
    stack = models.TextField(choices=Stack.choices, default=Stack.SUM, db_default="sum")
    # what of a purchase counts, see rules.baskets.read_switches
    basis = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    # the money that points are earned in: another one counts by its rate of the day; "": each money
    # counts as it is
    home_money = models.TextField(default="", db_default="", blank=True)
    # how long new points wait before they can be used, see rules.awards.read_waits
    waits = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    # whether points live on from the day of what their owner does, and how long at most
    activity_extends = models.TextField(
        choices=Extends.choices, default=Extends.NOTHING, db_default="", blank=True
    )
    life_max = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    # whether members give points to each other, and how many, see rules.transfers: {} is off
    transfers = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    # days that points given back can still be used when they are over by then
    grace_days = models.IntegerField(default=0, db_default=0)
    # when a part comes back of what they paid for partly: with the money, before it or after it
    part_back = models.TextField(
        choices=PartBack.choices, default=PartBack.PROPORTION, db_default="proportion"
    )
    # what so many points stand for in money: {"points": 200, "minor": 100, "currency": "EUR"}
    worth = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    # what one person gives or takes alone at once, and in a day
    adjust_alone_max = models.BigIntegerField(default=1_000, db_default=1_000)
    adjust_day_max = models.BigIntegerField(default=20_000, db_default=20_000)

    class Meta:
        verbose_name_plural = "currencies"

    def __str__(self) -> str:
        return self.code


class Rule(models.Model):
    """How points are earned; its text is in its versions."""

    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="rules")
    key = models.SlugField(max_length=40)
    labels = models.JSONField(default=dict)
    priority = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["currency", "key"], name="a_rule_key_is_used_once"),
        ]

    def __str__(self) -> str:
        return self.key


class RuleVersion(models.Model):
    """A published text of a rule; never changed afterwards."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    body = models.JSONField()
    digest = models.BinaryField(max_length=32)
    starts_at = models.DateTimeField(null=True)  # null: since ever
    ends_at = models.DateTimeField(null=True)
    published_by = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "number"], name="a_version_number_is_used_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} version {self.number}"


class Stamp(models.Model):
    """The one version of all that is set up here, and that of ladders and what they count alone;
    triggers of these tables move them on.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField()
    ladders = models.BigIntegerField()

    def __str__(self) -> str:
        return f"version {self.version}"
