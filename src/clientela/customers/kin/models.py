"""Who belongs together: relations between two customers, and households of several."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clientela.platform import ids
from clientela.platform.fields import Words


class RelationKind(models.Model):
    """`labels` read from the first to the second (is guardian of), `labels_back` the other way.

    `is_mutual`: both readings are the same, and it does not matter who comes first.
    """

    key = models.SlugField(primary_key=True, max_length=40)
    labels = models.JSONField(default=dict)
    labels_back = models.JSONField(default=dict)
    is_mutual = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position", "key"]

    def __str__(self) -> str:
        return self.key


class Relation(models.Model):
    """What one customer is to another, for a period.

    `may_act`: the first may act for the second; `other_may_act`: the second for the first.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    other_customer_id = models.UUIDField()
    kind = models.ForeignKey(RelationKind, on_delete=models.PROTECT)
    may_act = models.BooleanField(default=False)
    other_may_act = models.BooleanField(default=False)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    source = models.TextField(default="", db_default="")
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_relation_is_between_two_customers",
                condition=~Q(customer_id=F("other_customer_id")),
            ),
            models.CheckConstraint(
                name="a_relation_ends_after_it_starts",
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
            ),
            models.UniqueConstraint(
                fields=["customer_id", "other_customer_id", "kind"],
                condition=Q(ends_on__isnull=True),
                name="a_relation_is_told_once_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["other_customer_id"], name="relations_from_the_other_side"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("rel", self.id)


class Household(models.Model):
    """People who live and decide together; what they hold and spend is told as one."""

    id = models.UUIDField(primary_key=True, editable=False)
    name = Words()
    made_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_household_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return ids.public("hou", self.id)


class Membership(models.Model):
    """That a customer belongs to a household, in a role, for a period.

    Somebody may belong to several at a time; what they hold counts for the one that is `is_main`.
    """

    class Role(models.TextChoices):
        HEAD = "head"
        PARTNER = "partner"
        CHILD = "child"
        PARENT = "parent"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    household_id = models.UUIDField()
    role = models.TextField(choices=Role.choices)
    is_main = models.BooleanField(default=False)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id"],
                condition=Q(is_main=True, ends_on__isnull=True),
                name="one_main_household_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["customer_id", "household_id"],
                condition=Q(ends_on__isnull=True),
                name="a_household_has_a_member_once",
            ),
            models.CheckConstraint(
                name="a_membership_ends_after_it_starts",
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household_id"], name="members_of_a_household"),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.household_id}"
