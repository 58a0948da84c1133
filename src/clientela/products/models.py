"""What the company sells, and what each customer holds of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Least

from clientela.platform import ids
from clientela.platform.fields import AttributesField


class Kind(models.Model):
    """A kind of product: fridge, car, broadband plan, mortgage, credit card.

    `held`: buying one opens a holding. `icon` names a symbol of the console's sprite. `fields`:
    what is told of its products, as definitions `{key, type, labels, rules, choices}` in order.
    """

    key = models.SlugField(primary_key=True, max_length=40)
    labels = models.JSONField(default=dict)
    icon = models.TextField(default="package")
    held = models.BooleanField(default=False)
    fields = models.JSONField(default=list, db_default=Value([], models.JSONField()))

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key


class Category(models.Model):
    """A place in the tree of goods and services; spending habits are told by it."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    key = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    labels = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.key


class Product(models.Model):
    """Something the company sells. `is_held` overrides what its kind says of buying one;
    `successor`: what is sold in its place once it is retired.
    """

    class Form(models.TextChoices):
        GOOD = "good"
        SERVICE = "service"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    code = models.TextField()
    code_norm = models.TextField(unique=True)
    name = models.TextField()
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT)
    price_minor = models.BigIntegerField(null=True)
    currency = models.TextField(default="")
    is_demo = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)
    form = models.TextField(choices=Form.choices, default=Form.GOOD, db_default="good")
    attributes = AttributesField(default=dict, db_default=Value({}, models.JSONField()))
    terms = models.TextField(default="", db_default="")
    is_held = models.BooleanField(null=True)
    successor = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_product_does_not_succeed_itself",
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
            ),
            models.CheckConstraint(
                name="a_price_has_a_currency",
                condition=Q(price_minor__isnull=True) | Q(currency__regex="^[A-Z]{3}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return ids.public("prd", self.id)


class Holding(models.Model):
    """That a product is held, for a period, in a status. `customer_id` is the main holder."""

    class Status(models.TextChoices):
        APPLIED = "applied"
        APPROVED = "approved"
        ACTIVE = "active"
        DORMANT = "dormant"
        OVERPAID = "overpaid"
        MATURED = "matured"
        CLOSED = "closed"
        WRITTEN_OFF = "written_off"

    HELD: ClassVar = (Status.ACTIVE, Status.DORMANT, Status.OVERPAID)

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    number = models.TextField(default="", db_default="")
    serial = models.TextField(default="", db_default="")
    status = models.TextField(choices=Status.choices)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    matures_on = models.DateField(null=True)
    fixed_until_on = models.DateField(null=True)
    balance_minor = models.BigIntegerField(null=True)
    balance_on = models.DateField(null=True)
    limit_minor = models.BigIntegerField(null=True)
    rate = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    currency = models.TextField(default="", db_default="")
    term_months = models.IntegerField(null=True)
    renewal_of = models.UUIDField(null=True)
    purchase_id = models.UUIDField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_holding_ends_after_it_starts",
                condition=Q(closed_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(closed_on__gte=F("opened_on")),
            ),
            models.CheckConstraint(
                name="a_closed_holding_has_a_date",
                condition=~Q(status="closed") | Q(closed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="a_balance_has_a_currency",
                condition=(Q(balance_minor__isnull=True) & Q(limit_minor__isnull=True))
                | Q(currency__regex="^[A-Z]{3}$"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "status"], name="holdings_of_a_customer"),
            models.Index(
                Least("fixed_until_on", "matures_on"),
                name="holdings_that_end",
                condition=Q(closed_on__isnull=True)
                & (Q(fixed_until_on__isnull=False) | Q(matures_on__isnull=False)),
            ),
            models.Index(
                fields=["customer_id", "purchase_id"],
                name="holdings_of_a_purchase",
                condition=Q(purchase_id__isnull=False),
            ),
            models.Index(
                fields=["renewal_of"],
                name="holdings_that_renew_others",
                condition=Q(renewal_of__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"holding {self.public_id}"

    @property
    def public_id(self) -> str:
        return ids.public("hol", self.id)


class Holder(models.Model):
    """A customer's part in a holding. Several may hold one; each sees it, it counts once."""

    class Role(models.TextChoices):
        OWNER = "owner"
        JOINT = "joint"
        GUARANTOR = "guarantor"
        BENEFICIARY = "beneficiary"
        USER = "user"

    HOLDS: ClassVar = (Role.OWNER, Role.JOINT)

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    holding_id = models.UUIDField()
    main_customer_id = models.UUIDField()
    role = models.TextField(choices=Role.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "holding_id", "role"],
                name="a_role_is_held_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["holding_id"], name="holders_of_a_holding"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.holding_id}"


class HoldingKey(models.Model):
    """The look-up table: a source's name for a holding, an account number, a serial -> holding."""

    pk = models.CompositePrimaryKey("kind", "source", "value_norm")
    kind = models.TextField()  # reference | number | serial | alias (of one customer's part)
    source = models.TextField()
    value_norm = models.TextField()
    customer_id = models.UUIDField()
    holding_id = models.UUIDField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["value_norm"], name="holdings_by_number"),
            models.Index(fields=["holding_id"], name="names_of_a_holding"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value_norm}"


class StatusMap(models.Model):
    """What a source's own code for a state means here; `kind` null: for every kind of product.

    The same code may mean different things for a loan and for a deposit.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    source = models.TextField()
    kind = models.ForeignKey(Kind, null=True, on_delete=models.CASCADE)
    code = models.TextField()
    code_norm = models.TextField()
    status = models.TextField(choices=Holding.Status.choices)
    set_by = models.TextField()
    set_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["source", "kind", "code_norm"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "kind", "code_norm"],
                name="a_code_means_one_status_per_source_and_kind",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.code}"

    @property
    def public_id(self) -> str:
        return ids.public("stm", self.id)
