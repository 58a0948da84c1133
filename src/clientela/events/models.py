"""The log: one row per happening, written once, in the past tense, in the same transaction.

It holds ids, codes, amounts and field keys, never a person's data, so forgetting a customer never
rewrites history. Timeline, audit and outbox are readers of this one table.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Func


class CurrentTransaction(Func):
    """`pg_current_xact_id()`: ids are taken before the commit, so readers go by transaction."""

    template = "pg_current_xact_id()"
    output_field = models.TextField()


class TransactionIdField(models.TextField):  # type: ignore[type-arg]
    """PostgreSQL's `xid8`, as text in Python."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class Event(models.Model):
    id = models.BigAutoField(primary_key=True)
    tx = TransactionIdField(db_default=CurrentTransaction(), editable=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    name = models.TextField()
    customer_id = models.UUIDField(null=True)
    subject = models.TextField(default="", db_default="")
    actor = models.TextField()
    request = models.TextField(default="", db_default="")
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "-occurred_at", "-id"], name="events_of_a_customer"
            ),
            models.Index(fields=["tx", "id"], name="events_in_commit_order"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class Position(models.Model):
    """How far a reader of the log has come: everything up to (tx, id) is done."""

    reader = models.TextField(primary_key=True)
    tx = TransactionIdField()
    event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return self.reader
