"""What was promised, and how issues ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.issues.models.desk import Cause
from clientela.platform import ids
from clientela.platform.fields import Words


class Promise(models.Model):
    """Who told the customer that what happens by when, and what became of it.

    `made_by` never changes; `owed_by` (a person, or a queue) is who answers for it now. Broken is
    arithmetic: `due_at` passed and it was not kept by then. A moved one points to its successor.
    """

    class Kind(models.TextChoices):
        MANUAL = "manual"
        CALLBACK = "callback"
        FIRST_RESPONSE = "first_response"
        NEXT_RESPONSE = "next_response"
        UPDATE = "update"
        RESOLUTION = "resolution"
        MILESTONE = "milestone"
        LETTER = "letter"

    BY_TARGET: ClassVar = (Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE, Kind.RESOLUTION)

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    issue_id = models.UUIDField(null=True)
    kind = models.TextField(choices=Kind.choices)
    words = Words(default="", db_default="")
    made_by = models.TextField()
    owed_by = models.TextField()
    made_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    open_seconds = models.IntegerField(null=True)
    calendar_id = models.UUIDField(null=True)
    calendar_version = models.IntegerField(null=True)
    paused_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)
    kept_by = models.TextField(default="", db_default="")
    kept_message_id = models.UUIDField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.TextField(default="", db_default="")
    reason = Words(default="", db_default="")
    moved_to_id = models.UUIDField(null=True)
    moved_from_id = models.UUIDField(null=True)
    call_id = models.UUIDField(null=True)
    broken_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="promise_ends_one_way",
                condition=Q(kept_at__isnull=True) | Q(released_at__isnull=True),
            ),
            models.CheckConstraint(name="promise_has_maker", condition=~Q(made_by="")),
            models.CheckConstraint(name="promise_is_owed_by_somebody", condition=~Q(owed_by="")),
            models.CheckConstraint(
                name="released_promise_has_reason",
                condition=Q(released_at__isnull=True) | (~Q(reason="") & ~Q(released_by="")),
            ),
            models.CheckConstraint(
                name="moved_promise_is_released",
                condition=Q(moved_to_id__isnull=True) | Q(released_at__isnull=False),
            ),
            models.CheckConstraint(
                name="promise_of_open_time_has_calendar",
                condition=Q(open_seconds__isnull=True) | Q(calendar_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["customer_id", "issue_id", "kind"],
                condition=Q(kept_at__isnull=True, released_at__isnull=True)
                & Q(kind__in=("first_response", "next_response", "resolution")),
                name="one_running_promise_per_target",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"], name="running_promises_by_due",
                condition=Q(kept_at__isnull=True, released_at__isnull=True),
            ),
            models.Index(
                fields=["owed_by", "due_at"], name="running_promises_of_somebody",
                condition=Q(kept_at__isnull=True, released_at__isnull=True),
            ),
            models.Index(fields=["customer_id", "issue_id"], name="promises_of_an_issue"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def public_id(self) -> str:
        return ids.public("prm", self.id)

    @property
    def is_running(self) -> bool:
        return self.kept_at is None and self.released_at is None


class Resolution(models.Model):
    """How an issue ended, signed. Undone when the issue is opened again."""

    class Outcome(models.TextChoices):
        SOLVED = "solved"
        WORKAROUND = "workaround"
        ANSWERED = "answered"
        NO_FAULT = "no_fault"
        REFUSED = "refused"
        DUPLICATE = "duplicate"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    issue_id = models.UUIDField()
    outcome = models.TextField(choices=Outcome.choices)
    cause = models.ForeignKey(Cause, on_delete=models.PROTECT)
    words = Words()
    resolved_by = models.TextField()
    resolved_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(default="", db_default="")
    undone_reason = Words(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "issue_id"], condition=Q(undone_at__isnull=True),
                name="one_standing_resolution_per_issue",
            ),
            models.CheckConstraint(
                name="a_resolution_says_what_was_done", condition=~Q(words="")
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "issue_id"], name="resolutions_of_an_issue")
        ]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.issue_id}"


class Review(models.Model):
    """That a person read a customer's history, what they found and what comes next."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    reviewed_by = models.TextField()
    reviewed_at = models.DateTimeField()
    since_on = models.DateField(null=True)
    finding = Words()
    next_step = Words(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_review_finds_something", condition=~Q(finding="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-reviewed_at"], name="reviews_of_a_customer")
        ]

    def __str__(self) -> str:
        return f"review of {self.customer_id}"
