"""Promotions: rules that hold together for a time, for some customers, within a budget."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clientela.loyalty.models.programme import Currency, Rule


class Promotion(models.Model):
    """A dated group of rules. Its days and its audience are written into the rules' texts."""

    class Unit(models.TextChoices):
        TIMES = "times"
        POINTS = "points"
        MONEY = "money"

    class Per(models.TextChoices):
        ALL = "all"  # one budget
        PLACE = "place"  # each place has its own
        CHANNEL = "channel"

    class Mode(models.TextChoices):
        REJECT = "reject"
        TRIM = "trim"

    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="promotions")
    key = models.SlugField(max_length=40)
    labels = models.JSONField(default=dict)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    audience = models.JSONField(null=True)  # a condition; null: everybody
    budget_unit = models.TextField(choices=Unit.choices, default="", blank=True)
    budget_most = models.BigIntegerField(null=True)
    budget_per = models.TextField(choices=Per.choices, default=Per.ALL)
    budget_mode = models.TextField(choices=Mode.choices, default=Mode.REJECT)
    rules = models.ManyToManyField(Rule, through="PromotionRule", related_name="promotions")
    made_at = models.DateTimeField()
    made_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["currency", "key"], name="a_promotion_key_is_used_once"
            ),
            models.CheckConstraint(
                name="a_promotion_ends_after_it_begins",
                condition=Q(first_day__isnull=True) | Q(last_day__isnull=True)
                | Q(last_day__gte=F("first_day")),
            ),
            models.CheckConstraint(
                name="a_budget_allows_something",
                condition=Q(budget_unit="", budget_most__isnull=True)
                | ~Q(budget_unit="") & Q(budget_most__gt=0),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.key


class PromotionRule(models.Model):
    """A rule of a promotion; it is of no other."""

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="parts")
    rule = models.OneToOneField(Rule, on_delete=models.PROTECT, related_name="promotion_part")
    body = models.JSONField()  # as it was written, without the promotion's days and audience

    def __str__(self) -> str:
        return f"{self.promotion_id} {self.rule_id}"


class Budget(models.Model):
    """What a promotion may give in all, or for one place or channel, and what it has given."""

    id = models.BigAutoField(primary_key=True)
    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="budgets")
    value = models.TextField(default="")
    most = models.BigIntegerField()
    used = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["promotion", "value"], name="one_budget_for_each_value"
            ),
            models.CheckConstraint(
                name="budget_not_exceeded", condition=Q(used__gte=0, used__lte=F("most"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.used} of {self.most}"
