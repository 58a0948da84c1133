"""Sales as they happened: purchases with lines, and what was given back of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value

from clientela.events.models import CurrentTransaction, TransactionIdField
from clientela.platform import ids
from clientela.platform.fields import Words
from clientela.purchases.habits.models import HabitMonth  # noqa: F401 (its tables)
from clientela.purchases.unnamed.models import UnnamedSale  # noqa: F401 (its table)


class Purchase(models.Model):
    """A sale as it happened. `till` and `staff`: at which till, served by whom, as the source names
    them; `amends`: the purchase this one puts right: adds to, where less was recorded than was
    bought, or says anew.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    source = models.TextField()
    external_ref = models.TextField()
    purchased_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    tx = TransactionIdField(db_default=CurrentTransaction(), editable=False)
    total_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0, db_default=0)
    currency = models.TextField()
    quantity_milli = models.BigIntegerField(default=1000, db_default=1000)
    channel = models.TextField(default="", db_default="")
    place = models.TextField(default="", db_default="")
    till = models.TextField(default="", db_default="")
    staff = models.TextField(default="", db_default="")
    amends = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "source", "external_ref"],
                name="a_purchase_is_recorded_once",
            ),
            models.CheckConstraint(
                name="a_purchase_is_never_negative", condition=Q(total_minor__gte=0)
            ),
            models.CheckConstraint(
                name="no_more_given_back_than_paid",
                condition=Q(returned_minor__gte=0, returned_minor__lte=F("total_minor")),
            ),
            models.CheckConstraint(
                name="currency_is_three_letters", condition=Q(currency__regex="^[A-Z]{3}$")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-purchased_at", "-id"], name="purchases_newest"),
            models.Index(fields=["customer_id", "tx"], name="purchases_not_yet_folded"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("pur", self.id)


class Line(models.Model):
    """One position of a purchase; `line_no` counts from 1 in the order of the document."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    purchase_id = models.UUIDField()
    line_no = models.IntegerField()
    product_id = models.UUIDField(null=True)
    product_code = models.TextField(default="", db_default="")
    category_id = models.UUIDField(null=True)
    quantity_milli = models.BigIntegerField()
    quantity_returned_milli = models.BigIntegerField(default=0, db_default=0)
    total_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0, db_default=0)
    tax_minor = models.BigIntegerField(default=0, db_default=0)
    discount_minor = models.BigIntegerField(default=0, db_default=0)
    serial = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "purchase_id", "line_no"],
                name="a_line_number_is_used_once_per_purchase",
            ),
            models.CheckConstraint(
                name="line_amounts_add_up",
                condition=Q(
                    tax_minor__gte=0, discount_minor__gte=0, tax_minor__lte=F("total_minor")
                ),
            ),
            models.CheckConstraint(
                name="no_more_returned_than_bought",
                condition=Q(
                    quantity_returned_milli__gte=0,
                    quantity_returned_milli__lte=F("quantity_milli"),
                    returned_minor__gte=0,
                    returned_minor__lte=F("total_minor"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line_no} of {self.purchase_id}"


class Detail(models.Model):
    """What was said of a purchase besides its lines, where anything was: delivery, a part of its
    total; `marks`, by the number of a line what kind it is and its tags:
    {"2": {"kind": "gift_card", "tags": ["summer"]}}.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    purchase_id = models.UUIDField()
    delivery_minor = models.BigIntegerField(default=0, db_default=0)
    marks = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "purchase_id"], name="a_purchase_is_detailed_once"
            ),
            models.CheckConstraint(
                name="delivery_is_never_negative", condition=Q(delivery_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"details of {self.purchase_id}"


class Return(models.Model):
    """Goods or money given back. `purchase_id` is null while its purchase is not known; `original`,
    `product_code` and `quantity_milli` say then what it is looked for by. `kind` says whether goods
    came back, the sale was called off, or less was bought than was recorded. `tx`: in which it was
    booked on its purchase; missing in those older than habits.
    """

    class Kind(models.TextChoices):
        RETURN = "return"
        CANCELLATION = "cancellation"
        AMENDMENT = "amendment"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    purchase_id = models.UUIDField(null=True)
    source = models.TextField()
    external_ref = models.TextField()
    returned_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    tx = TransactionIdField(null=True, db_default=CurrentTransaction(), editable=False)
    amount_minor = models.BigIntegerField()
    currency = models.TextField()
    unmatched_reason = models.TextField(default="", db_default="")
    original = models.TextField(default="", db_default="")
    product_code = models.TextField(default="", db_default="")
    quantity_milli = models.BigIntegerField(default=1000, db_default=1000)
    kind = models.TextField(choices=Kind.choices, default=Kind.RETURN, db_default="return")
    reason = Words(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "source", "external_ref", "purchase_id"],
                name="a_return_is_recorded_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="a_return_gives_something_back", condition=Q(amount_minor__gte=0)
            ),
            models.CheckConstraint(
                name="an_unmatched_return_says_why",
                condition=Q(purchase_id__isnull=False) | ~Q(unmatched_reason=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-returned_at", "-id"], name="returns_newest"),
            models.Index(fields=["customer_id", "purchase_id"], name="returns_of_a_purchase"),
            models.Index(
                fields=["recorded_at"],
                name="returns_that_wait",
                condition=Q(purchase_id__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("ret", self.id)


class ReturnLine(models.Model):
    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    return_id = models.UUIDField()
    line_id = models.UUIDField()
    quantity_milli = models.BigIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "return_id", "line_id"],
                name="a_line_is_given_back_once_per_return",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity_milli} of {self.line_id}"


class Key(models.Model):
    """(source, reference) -> the purchase or return it names, over all customers."""

    pk = models.CompositePrimaryKey("kind", "source", "external_ref")
    kind = models.TextField()  # purchase | return
    source = models.TextField()
    external_ref = models.TextField()
    customer_id = models.UUIDField()
    record_id = models.UUIDField()
    body_hash = models.BinaryField(max_length=16)

    def __str__(self) -> str:
        return f"{self.source} {self.external_ref}"
