"""Codes that were generated or imported for a pool, and their uses. Anybody may hold them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clientela.loyalty.models.rewards import CouponPool
from clientela.platform import ids


class PoolCode(models.Model):
    """A code without case, spaces and hyphens. One of a shared pool may be used often, the others
    once.
    """

    number_norm = models.TextField(primary_key=True)
    pool = models.ForeignKey(CouponPool, on_delete=models.PROTECT, db_index=False)
    uses = models.IntegerField(default=0, db_default=0)
    uses_max = models.IntegerField(null=True, default=1, db_default=1)
    killed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_code_is_used_within_its_limit",
                condition=Q(uses__gte=0) & (Q(uses_max__isnull=True) | Q(uses__lte=F("uses_max"))),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["pool", "number_norm"], name="codes_of_a_pool")]

    def __str__(self) -> str:
        return f"code of {self.pool_id}"


class CodeUse(models.Model):
    """A code of a pool was taken, by a customer where one was named. `minor`: what it took off."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField(null=True)
    pool = models.ForeignKey(CouponPool, on_delete=models.PROTECT, db_index=False)
    number_norm = models.TextField()
    source = models.TextField(default="")
    reference = models.TextField(default="")
    place = models.TextField(default="")
    minor = models.BigIntegerField(null=True)
    actor = models.TextField()
    used_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["number_norm", "-used_at"], name="uses_of_a_code"),
            models.Index(
                fields=["customer_id", "pool"], name="codes_used_by_a_customer",
                condition=Q(customer_id__isnull=False),
            ),
            models.Index(
                fields=["source", "reference"], name="codes_used_in_a_purchase",
                condition=~Q(reference=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("cdu", self.id)


class CodeUseEnd(models.Model):
    """A use was undone: its purchase was called off in time."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField(null=True)
    use = models.ForeignKey(CodeUse, on_delete=models.PROTECT, related_name="ends", db_index=False)
    actor = models.TextField()
    undone_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["use", "customer_id"], nulls_distinct=False,
                name="a_use_of_a_code_ends_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"end of {self.use_id}"
