"""The log: one row per happening, written once, in the past tense, in the same transaction.

It holds ids, codes, amounts and field keys, never a person's data, so forgetting a customer never
rewrites history. Timeline, audit and outbox are readers of this one table.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q

from clientela.platform import ids


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


class Subscription(models.Model):
    """Another system that is told of happenings: a webhook.

    Its secret is not kept: it follows from the installation's key, the id and the generation. After
    a rotation the one before is good until `overlaps_until`.
    """

    class Off(models.TextChoices):
        BY_HAND = "by_hand"
        FAILING = "failing"  # for days
        GONE = "gone"  # it said so itself: 410
        OWNER = "owner"  # whoever made it may not any more

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    address = models.TextField()
    names = ArrayField(models.TextField(), default=list)  # none = all events
    generation = models.IntegerField(default=1)
    overlaps_until = models.DateTimeField(null=True)
    made_by = models.TextField()
    made_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)  # in a row
    rests_until = models.DateTimeField(null=True)  # after several of them
    off_at = models.DateTimeField(null=True)
    off_why = models.TextField(choices=Off.choices, default="", db_default="")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.address

    @property
    def public_id(self) -> str:
        return ids.public("whk", self.id)

    def wants(self, name: str) -> bool:
        return not self.names or name in self.names


class Delivery(models.Model):
    """One event on its way to one subscription; its id is what a receiver tells repeats by.

    `id` rises in the order of the log, so it is the order in which a customer's events are sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"  # given up

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="deliveries"
    )
    event_id = models.BigIntegerField()
    customer_id = models.UUIDField(null=True)
    state = models.TextField(choices=State.choices, default=State.WAITING)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField()
    status = models.IntegerField(null=True)  # of the last answer
    fault = models.TextField(default="", db_default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="an_event_goes_to_a_subscription_once",
                fields=["subscription", "customer_id", "event_id"],
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subscription", "id"], name="deliveries_that_wait",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["subscription", "customer_id", "id"], name="deliveries_in_their_turn",
                condition=Q(state="waiting"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.event_id} {self.state}"

    @property
    def public_id(self) -> str:
        return ids.public("dlv", self.id)
