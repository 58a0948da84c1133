"""What is promised: plans with frozen terms, and the law. No customer stands in these tables."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clientela.platform import ids
from clientela.products.models import Category, Kind, Product


class Plan(models.Model):
    """A warranty in the catalogue. `product` sells it; without one it is free.

    Of the plans of a `stack` only one may run at a time on a unit; `payer` bears what it pays.
    """

    class Layer(models.TextChoices):
        MAKER = "maker"
        PART = "part"
        EXTENDED = "extended"
        HOME = "home"
        SERVICE = "service"
        GOODWILL = "goodwill"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    code = models.SlugField(max_length=60)
    layer = models.TextField(choices=Layer.choices)
    stack = models.TextField()
    priority = models.IntegerField(default=0)
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT)
    payer = models.TextField(default="company")
    markets = ArrayField(models.TextField(), default=list)  # countries; none: everywhere
    is_demo = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="a_plan_has_a_code_of_its_own"),
        ]

    def __str__(self) -> str:
        return self.code


class Terms(models.Model):
    """A version of a plan. It is never edited, only succeeded: policies keep that of their sale.

    Money in it is in `currency`; `start_rule` says what a cover begins after.
    """

    class Start(models.TextChoices):
        SALE = "sale"
        DELIVERY = "delivery"  # the sale where no delivery is known
        AFTER_BASE = "after_base"  # where the free and legal cover of the unit really ends

    class End(models.TextChoices):
        ANNIVERSARY_INCLUSIVE = "anniversary_inclusive"
        DAY_BEFORE = "day_before"

    class Refund(models.TextChoices):
        DAYS = "days"
        MONTHS = "months"
        RULE_OF_78 = "rule_of_78"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="versions")
    version = models.IntegerField()
    names = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    currency = models.TextField(default="EUR")
    sold_from = models.DateField(null=True)
    sold_until = models.DateField(null=True)
    start_rule = models.TextField(choices=Start.choices, default=Start.DELIVERY)
    end_rule = models.TextField(choices=End.choices, default=End.ANNIVERSARY_INCLUSIVE)
    waiting_days = models.IntegerField(default=0)
    window_days = models.IntegerField(null=True)  # may be bought until so long after the purchase
    refund_method = models.TextField(choices=Refund.choices, default=Refund.DAYS)
    refund_fee_minor = models.BigIntegerField(default=0)
    free_look_days = models.IntegerField(default=30)
    digest = models.BinaryField(max_length=32)
    defined_by = models.TextField()
    defined_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["plan", "version"]
        verbose_name_plural = "terms"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "version"], name="a_version_of_terms_is_written_once"
            ),
            models.CheckConstraint(
                name="days_of_terms_are_not_negative",
                condition=Q(waiting_days__gte=0, free_look_days__gte=0, refund_fee_minor__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} version {self.version}"


class Clause(models.Model):
    """One row of terms: what is included or excluded, for how long, at how many percent.

    `component_path` "" is the whole unit, `cost_type` `all` every cost. Without `months` or `days`
    it lasts as long as was bought.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    terms = models.ForeignKey(Terms, on_delete=models.CASCADE, related_name="clauses")
    place = models.IntegerField()
    component_path = models.TextField(default="")
    cost_type = models.TextField(default="all")
    included = models.BooleanField(default=True)
    percent_bp = models.IntegerField(default=10_000)
    months = models.IntegerField(null=True)
    days = models.IntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["terms", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["terms", "place"], name="a_clause_has_a_place_of_its_own"
            ),
            models.CheckConstraint(
                name="percent_within_0_and_10000", condition=Q(percent_bp__range=(0, 10_000))
            ),
            models.CheckConstraint(
                name="duration_not_negative",
                condition=(Q(months__isnull=True) | Q(months__gte=0))
                & (Q(days__isnull=True) | Q(days__gte=0)),
            ),
            models.CheckConstraint(
                name="months_or_days_not_both",
                condition=Q(months__isnull=True) | Q(days__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"clause {self.place} of {self.terms_id}"


class MoneyLimit(models.Model):
    """What the customer bears of a claim (`deductible`), or the most that is paid (`cap`)."""

    class Kind(models.TextChoices):
        DEDUCTIBLE = "deductible"
        CAP = "cap"

    class Per(models.TextChoices):
        CLAIM = "claim"
        LIFETIME = "lifetime"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    terms = models.ForeignKey(Terms, on_delete=models.CASCADE, related_name="limits")
    kind = models.TextField(choices=Kind.choices)
    per = models.TextField(choices=Per.choices)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["terms", "kind", "per"], name="a_limit_of_terms_is_given_once"
            ),
            models.CheckConstraint(name="limit_is_positive", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} per {self.per}"


class Price(models.Model):
    """What a plan costs for a term, frozen with its terms."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    terms = models.ForeignKey(Terms, on_delete=models.CASCADE, related_name="prices")
    term_months = models.IntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["terms", "term_months"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["terms", "term_months"], name="a_term_has_one_price"),
            models.CheckConstraint(
                name="a_price_of_a_term_is_possible",
                condition=Q(amount_minor__gte=0, term_months__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term_months} months"


class Assignment(models.Model):
    """What a plan is for: a product, a kind or a category. `given`: a unit gets it by itself, with
    `term_months` where the plan is otherwise sold; else it may be bought.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="assignments")
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE)
    kind = models.ForeignKey(Kind, null=True, on_delete=models.CASCADE)
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE)
    given = models.BooleanField(default=False)
    term_months = models.IntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "product", "kind", "category"],
                name="a_plan_is_assigned_once_to_each",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="an_assignment_names_one_thing",
                condition=Q(product__isnull=False, kind__isnull=True, category__isnull=True)
                | Q(product__isnull=True, kind__isnull=False, category__isnull=True)
                | Q(product__isnull=True, kind__isnull=True, category__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} for {self.product_id or self.kind_id or self.category_id}"


class Component(models.Model):
    """A part of a product, or of every product of a kind, by its path: `hvac.compressor`."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE)
    kind = models.ForeignKey(Kind, null=True, on_delete=models.CASCADE)
    path = models.TextField(db_collation="C")
    names = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "kind", "path"], name="a_path_names_one_part_of_a_product",
                nulls_distinct=False,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.path


class LegalRule(models.Model):
    """The legal guarantee of a country for goods of a period; no `months`: none is dated.

    `basis`: the fault must appear in time (`fault_within`) or the claim be made in time as well.
    For `burden_months` the seller must prove that the fault was not there; `notice_months` from
    finding a fault to telling of it. `confirmed_by`: whose counsel has read it, "" is nobody.
    """

    class Basis(models.TextChoices):
        FAULT_WITHIN = "fault_within"
        CLAIM_WITHIN = "claim_within"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    country = models.TextField()  # "EU": every member that has no row of its own
    goods_type = models.TextField(default="new")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # first day it no longer holds
    months = models.IntegerField(null=True)
    basis = models.TextField(choices=Basis.choices, default=Basis.FAULT_WITHIN)
    burden_months = models.IntegerField(default=0)
    notice_months = models.IntegerField(null=True)
    source_text = models.TextField()
    confirmed_by = models.TextField(default="")

    class Meta:
        ordering: ClassVar = ["country", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country", "goods_type", "valid_from"],
                name="one_legal_rule_per_case_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.valid_from}"
