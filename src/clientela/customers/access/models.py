"""Who may do what with a field, and who looked at whom."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clientela.platform.fields import Words


class FieldRight(models.Model):
    """What people of a role may do with a field, or with all fields of a kind of data."""

    id = models.BigAutoField(primary_key=True)
    role = models.ForeignKey("staff.Role", on_delete=models.CASCADE, related_name="field_rights")
    data_class = models.TextField(default="", db_default="")
    field = models.ForeignKey(
        "customers.Field", null=True, on_delete=models.CASCADE, related_name="rights"
    )
    sees = models.BooleanField()
    edits = models.BooleanField()
    reveals = models.BooleanField(default=False, db_default=False)
    decided_by = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_right_is_of_a_field_or_of_a_kind",
                condition=Q(field=None, data_class__gt="") | Q(field__isnull=False, data_class=""),
            ),
            models.CheckConstraint(
                name="what_is_edited_is_seen", condition=Q(sees=True) | Q(edits=False)
            ),
            models.CheckConstraint(
                name="what_is_revealed_is_seen", condition=Q(sees=True) | Q(reveals=False)
            ),
            models.UniqueConstraint(
                fields=["role", "data_class", "field"], nulls_distinct=False,
                name="a_role_is_told_once_what_it_may",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.role_id} and {self.data_class or self.field_id}"


class Access(models.Model):
    """Who opened whose profile; written in the call that answers, never edited."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    actor = models.TextField()
    fields = ArrayField(models.TextField(), default=list)
    channel = models.TextField()
    reason = Words(default="", db_default="")  # why sensitive fields were revealed
    request = models.TextField(default="", db_default="")
    seen_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-id"], name="accesses_of_a_customer"),
            models.Index(fields=["actor", "-id"], name="accesses_by_an_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} saw {self.customer_id}"
