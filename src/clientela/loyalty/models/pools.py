"""Households that use their points together: every lot stays with whoever earned it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clientela.loyalty.models.programme import Currency
from clientela.platform import ids


class Pool(models.Model):
    """The members of one household may use each other's points of one currency."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    household_id = models.UUIDField()
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="pools")
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household_id", "currency"], condition=Q(closed_at__isnull=True),
                name="one_open_pool_of_a_household",
            ),
            models.CheckConstraint(
                name="a_pool_closes_after_it_opens",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("poo", self.id)


class PoolMember(models.Model):
    """Somebody shares their points from `joined_at` on, and may or may not use those of the others:
    `month_max` of them in a local month, null for no limit.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="members")
    may_spend = models.BooleanField(default=True)
    month_max = models.BigIntegerField(null=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "pool"], condition=Q(left_at__isnull=True),
                name="a_pool_has_a_member_once",
            ),
            models.CheckConstraint(
                name="a_pool_limit_is_not_negative",
                condition=Q(month_max__isnull=True) | Q(month_max__gte=0),
            ),
            models.CheckConstraint(
                name="a_member_leaves_after_joining",
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("joined_at")),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["customer_id"], name="pools_of_a_customer")]

    def __str__(self) -> str:
        return ids.public("pom", self.id)
