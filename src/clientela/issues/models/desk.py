"""What the company sets up: queues, states and causes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.platform import ids


class Category(models.TextChoices):
    """What a state means to the clocks."""

    OPEN = "open"
    PAUSED = "paused"
    RESOLVED = "resolved"
    CLOSED = "closed"


RUNNING = (Category.OPEN, Category.PAUSED)


class Queue(models.Model):
    """Where issues wait for somebody. `lead`: who answers for what nobody owns.

    A response target is open time of the queue's calendar; without one nothing is promised.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    key = models.SlugField(max_length=60, unique=True)
    labels = models.JSONField(default=dict)
    calendar = models.ForeignKey("staff.Calendar", on_delete=models.PROTECT)
    lead_id = models.UUIDField(null=True)
    first_response_minutes = models.IntegerField(null=True)
    next_response_minutes = models.IntegerField(null=True)
    resolution_minutes = models.IntegerField(null=True)
    callback_minutes = models.IntegerField(default=240)
    is_default = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True),
                name="one_queue_takes_what_names_none",
            ),
            models.CheckConstraint(
                name="targets_are_not_negative",
                condition=Q(callback_minutes__gte=0)
                & (Q(first_response_minutes=None) | Q(first_response_minutes__gte=0))
                & (Q(next_response_minutes=None) | Q(next_response_minutes__gte=0))
                & (Q(resolution_minutes=None) | Q(resolution_minutes__gte=0)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.key

    @property
    def public_id(self) -> str:
        return ids.public("que", self.id)


class State(models.Model):
    """A state of the company's own, in one category; a paused one says whom it waits for."""

    class Reason(models.TextChoices):
        CUSTOMER = "customer"
        SUPPLIER = "supplier"
        PLANNED = "planned"

    key = models.SlugField(primary_key=True, max_length=40)
    category = models.TextField(choices=Category.choices)
    reason = models.TextField(choices=Reason.choices, default="", db_default="")
    labels = models.JSONField(default=dict)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_paused_state_says_whom_it_waits_for",
                condition=(Q(category="paused") & ~Q(reason=""))
                | (~Q(category="paused") & Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Cause(models.Model):
    """Why issues arise, as the company tells it."""

    key = models.SlugField(primary_key=True, max_length=40)
    labels = models.JSONField(default=dict)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "key"]

    def __str__(self) -> str:
        return self.key
