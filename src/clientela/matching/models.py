"""Who may be whom: pairs that look alike, what people decided of them, merges and their reversals.

A pair names two customers, the lower id first. A merge is a link on the customer's own row; what is
here says who made it, what it changed, and all that is needed to take it back exactly.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from clientela.matching import sealed
from clientela.platform import ids
from clientela.platform.fields import AttributesField, Words


class Search(models.Model):
    """One search for duplicates over all customers."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    fault = models.TextField(default="", db_default="")
    records = models.IntegerField(default=0, db_default=0)
    pairs = models.IntegerField(default=0, db_default=0)
    threshold = models.FloatField()
    too_large = models.IntegerField(
        default=0, db_default=0
    )  # clusters that are shown, not proposed

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-asked_at"], name="searches_newest_first")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("dse", self.id)

    @property
    def state(self) -> str:
        if self.fault:
            return "failed"
        if self.ended_at is not None:
            return "finished"
        return "running" if self.begun_at is not None else "waiting"


class Pair(models.Model):
    """Two records that may be one customer, and why. `grade`: what the pair may be used for at
    most: `accept` may be merged together with others, `review` only one by one by a person.
    """

    class Grade(models.TextChoices):
        ACCEPT = "accept"
        REVIEW = "review"

    class Origin(models.TextChoices):
        SEARCH = "search"
        IMPORT = "import"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    other_id = models.UUIDField()
    probability = models.FloatField()
    weakest = models.TextField(default="", db_default="")
    parts = models.JSONField(default=list)
    grade = models.TextField(choices=Grade.choices, default=Grade.REVIEW)
    origin = models.TextField(choices=Origin.choices, default=Origin.SEARCH)
    cluster_id = models.UUIDField(null=True)
    found_at = models.DateTimeField()
    is_open = models.BooleanField(default=True, db_default=True)
    later_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_pair_is_ordered", condition=Q(customer_id__lt=F("other_id"))
            ),
            models.UniqueConstraint(
                fields=["customer_id", "other_id"], name="a_pair_is_listed_once"
            ),
            models.CheckConstraint(
                name="a_probability_is_between_0_and_1",
                condition=Q(probability__gte=0, probability__lte=1),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-probability", "id"], name="open_pairs_most_alike_first",
                         condition=Q(is_open=True)),
            models.Index(fields=["other_id"], name="pairs_of_the_higher_one"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("dup", self.id)


class NotDuplicate(models.Model):
    """Somebody decided that two records are two customers. It counts for their survivors too."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    other_id = models.UUIDField()
    decided_by = models.TextField()
    decided_at = models.DateTimeField()
    reason = Words(default="", db_default="")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_decision_names_its_pair_in_order",
                condition=Q(customer_id__lt=F("other_id")),
            ),
            models.UniqueConstraint(
                fields=["customer_id", "other_id"], condition=Q(lifted_at__isnull=True),
                name="two_records_are_told_apart_once",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["other_id"], name="decisions_of_the_higher_one"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} is not {self.other_id}"


class Merge(models.Model):
    """Records became one. `customer_id` survived; `before` and `after` are its changed values."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    made_by = models.TextField()
    made_at = models.DateTimeField()
    reason = Words(default="", db_default="")
    choices = models.JSONField(default=dict)
    before = AttributesField(default=dict)
    after = AttributesField(default=dict)
    carried = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-id"], name="merges_of_a_survivor"),
            models.Index(fields=["-made_at", "-id"], name="merges_newest_first"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any
    ) -> Self:
        found = super().from_db(db, field_names, values, **more)
        for name in found.__dict__.keys() & set(sealed.COLUMNS):
            setattr(found, name, sealed.opened(name, getattr(found, name), row=found.id))
        return found

    @property
    def public_id(self) -> str:
        return ids.public("mrg", self.id)


class MergedRecord(models.Model):
    """One record that got another survivor by a merge, and how it stood before."""

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(
        Merge, on_delete=models.PROTECT, related_name="records", db_constraint=False
    )
    customer_id = models.UUIDField()
    survivor_before = models.UUIDField(null=True)  # null: it stood for itself
    status_before = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "merge"], name="a_record_is_merged_once_by_a_merge"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} by {self.merge_id}"


class Reversal(models.Model):
    """A merge was taken back; `chosen` says which value of each field changed since stayed."""

    merge = models.OneToOneField(
        Merge, on_delete=models.PROTECT, related_name="reversal", primary_key=True,
        db_constraint=False,
    )  # fmt: skip
    customer_id = models.UUIDField()
    reversed_by = models.TextField()
    reversed_at = models.DateTimeField()
    reason = Words(default="", db_default="")
    chosen = models.JSONField(default=dict)
    carried = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer_id"], name="reversals_of_a_survivor")]

    def __str__(self) -> str:
        return f"reversal of {self.merge_id}"


class Acceptance(models.Model):
    """All pairs above a threshold were accepted, after a person looked at a sample of them."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    threshold = models.FloatField()
    sample = models.JSONField(default=list)  # the pairs looked at
    wrong = models.JSONField(default=list)  # those that turned out to be two customers
    pairs = models.IntegerField(default=0)
    merged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    accepted_by = models.TextField()
    accepted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return ids.public("acc", self.id)
