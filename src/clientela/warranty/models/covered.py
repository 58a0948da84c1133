"""What a customer has: units, the policies on them, and the cover these and the law give."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clientela.platform import ids
from clientela.platform.fields import Words
from clientela.products.models import Product
from clientela.warranty.models.promised import Clause, LegalRule, Terms


class Unit(models.Model):
    """What warranty knows of a holding: a good with or without a serial, a service, a home.

    `lineage_id` is the physical thing through owners and replacements.
    """

    class Kind(models.TextChoices):
        GOOD = "good"
        SERVICE = "service"
        HOME = "home"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    holding_id = models.UUIDField()
    lineage_id = models.UUIDField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    kind = models.TextField(choices=Kind.choices)
    goods_type = models.TextField(default="new", db_default="new")
    serial = models.TextField(default="", db_default="")
    serial_fold = models.TextField(default="", db_default="")  # signs that look alike are one
    sold_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True)
    in_service_on = models.DateField(null=True)
    in_service_source = models.TextField(default="", db_default="")
    country = models.TextField(default="", db_default="")
    time_zone = models.TextField(default="UTC", db_default="UTC")
    seller = models.TextField(default="", db_default="")
    price_minor = models.BigIntegerField(null=True)
    currency = models.TextField(default="", db_default="")
    replaces_holding_id = models.UUIDField(null=True)
    replaced_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "holding_id"], name="one_unit_per_holding"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["holding_id"], name="units_by_holding"),
            models.Index(
                fields=["serial_fold"], name="units_by_look_of_serial",
                condition=~Q(serial_fold=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"unit {self.holding_id}"


class Policy(models.Model):
    """Terms for one holding and one duration. It covers [starts_on, ends_on).

    `money_from` to `money_until` is what its price is spread over: the courtesy day earns nothing.
    """

    class Source(models.TextChoices):
        GIVEN = "given"  # free, or bundled with the product
        LINE = "line"  # a line of a purchase
        SALE = "sale"  # sold on its own
        REPLACEMENT = "replacement"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    number = models.BigIntegerField()
    holding_id = models.UUIDField()
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT)
    term_months = models.IntegerField(null=True)
    stack = models.TextField()
    sequence = models.IntegerField()
    source = models.TextField(choices=Source.choices)
    start_rule = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    money_from = models.DateField()
    money_until = models.DateField()
    price_minor = models.BigIntegerField(default=0, db_default=0)
    tax_minor = models.BigIntegerField(default=0, db_default=0)
    insured_minor = models.BigIntegerField(null=True)
    currency = models.TextField()
    purchase_id = models.UUIDField(null=True)
    line_no = models.IntegerField(null=True)
    sold_on = models.DateField()
    sold_by = models.TextField()
    previous_policy_id = models.UUIDField(null=True)

    class Meta:
        verbose_name_plural = "policies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "holding_id", "stack", "sequence"],
                name="one_policy_per_place_in_stack",
            ),
            models.CheckConstraint(name="end_after_start", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(
                name="a_policy_costs_nothing_or_more", condition=Q(price_minor__gte=0)
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "purchase_id"], name="policies_of_a_purchase",
                condition=Q(purchase_id__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.shown

    @property
    def public_id(self) -> str:
        return ids.public("pol", self.id)

    @property
    def shown(self) -> str:
        """The number people say."""
        return f"P-{self.number:07d}"


class Cover(models.Model):
    """What a policy or a law means in dates and percent for one part and cost; computed, not typed.

    `burden_on`: of a law, the first day on which the customer must prove the fault was there.
    `cut`: why it ends before it was sold to end.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    holding_id = models.UUIDField()
    policy_id = models.UUIDField(null=True)
    clause = models.ForeignKey(Clause, null=True, on_delete=models.PROTECT)
    legal_rule = models.ForeignKey(LegalRule, null=True, on_delete=models.PROTECT)
    layer = models.TextField()
    priority = models.IntegerField(default=0, db_default=0)
    component_path = models.TextField(default="", db_default="", db_collation="C")
    cost_type = models.TextField(default="all", db_default="all")
    included = models.BooleanField(default=True, db_default=True)
    percent_bp = models.IntegerField(default=10_000, db_default=10_000)
    starts_on = models.DateField()
    ends_on = models.DateField()
    as_sold_ends_on = models.DateField()
    burden_on = models.DateField(null=True)
    cut = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "holding_id", "policy_id", "clause", "legal_rule"],
                name="one_cover_per_clause", nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="cover_has_one_source",
                condition=Q(policy_id__isnull=False, clause__isnull=False, legal_rule__isnull=True)
                | Q(policy_id__isnull=True, clause__isnull=True, legal_rule__isnull=False),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["ends_on"], name="covers_that_end", condition=Q(cut="")),
        ]

    def __str__(self) -> str:
        return f"cover of {self.holding_id}"


class Cancellation(models.Model):
    """A policy ended before its time: from when, why, by whom, and what is refunded and why."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    policy_id = models.UUIDField()
    effective_on = models.DateField()
    reason = Words()
    refund_minor = models.BigIntegerField()
    steps = models.JSONField(default=dict)
    cancelled_by = models.TextField()
    cancelled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "policy_id"], name="a_policy_is_cancelled_once"
            ),
            models.CheckConstraint(
                name="a_refund_is_never_negative", condition=Q(refund_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"cancellation of {self.policy_id}"


class NumberKey(models.Model):
    """A number people say -> the customer and the row it names."""

    pk = models.CompositePrimaryKey("kind", "number")
    kind = models.TextField()  # policy | claim
    number = models.BigIntegerField()
    customer_id = models.UUIDField()
    row_id = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
