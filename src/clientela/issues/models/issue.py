"""An issue: what was asked, what was said, in which state it was and who answered for it.

Rows of a customer carry their id; people of the company are named by id, never by a foreign key.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from clientela.issues.models.desk import RUNNING, Category, Queue, State
from clientela.platform import ids
from clientela.platform.fields import Words


class Issue(models.Model):
    """One request of one customer about at most one holding.

    `about` tells whether "no product" was said, or nobody has said yet. `version` is new with every
    public message and every change of owner or state.
    """

    class About(models.TextChoices):
        HOLDING = "holding"
        NOTHING = "nothing"
        UNSAID = "unsaid"

    class Channel(models.TextChoices):
        PHONE = "phone"
        EMAIL = "email"
        FORM = "form"
        COUNTER = "counter"
        API = "api"
        LETTER = "letter"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    number = models.BigIntegerField(editable=False)
    subject = Words()
    search = SearchVectorField()  # the folded words of the subject
    about = models.TextField(choices=About.choices)
    holding_id = models.UUIDField(null=True)
    product_id = models.UUIDField(null=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT)
    owner_id = models.UUIDField(null=True)
    state = models.ForeignKey(State, on_delete=models.PROTECT)
    category = models.TextField(choices=Category.choices)
    priority = models.SmallIntegerField(default=3)
    channel = models.TextField(choices=Channel.choices)
    language = models.TextField(default="", db_default="")
    complaint_at = models.DateTimeField(null=True)
    complaint_by = models.TextField(default="", db_default="")
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    recorded_at = models.DateTimeField()
    first_answer_at = models.DateTimeField(null=True)
    last_customer_at = models.DateTimeField(null=True)
    last_public_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    is_demo = models.BooleanField(default=False, db_default=False)

    # What queries add for the lines of a list.
    customer_name: str | None
    product_name: str | None
    owner_name: str | None

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_issue_about_a_holding_names_it",
                condition=(Q(about="holding") & Q(holding_id__isnull=False))
                | (~Q(about="holding") & Q(holding_id__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_priority_is_one_to_four",
                condition=Q(priority__gte=1) & Q(priority__lte=4),
            ),
            models.CheckConstraint(name="an_issue_has_a_subject", condition=~Q(subject="")),
            models.CheckConstraint(
                name="a_complaint_says_when_and_by_whom",
                condition=(Q(complaint_at__isnull=True) & Q(complaint_by=""))
                | (Q(complaint_at__isnull=False) & ~Q(complaint_by="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-opened_at"], name="issues_of_a_customer"),
            models.Index(
                fields=["customer_id", "holding_id"], name="issues_about_a_holding",
                condition=Q(holding_id__isnull=False),
            ),
            models.Index(
                fields=["owner_id", "next_due_at", "id"], name="open_issues_of_an_owner",
                condition=Q(category__in=("open", "paused")),
            ),
            models.Index(
                fields=["queue", "next_due_at", "id"], name="open_issues_of_a_queue",
                condition=Q(category__in=("open", "paused")),
            ),
            models.Index(
                fields=["next_due_at", "id"], name="open_issues_by_due",
                condition=Q(category__in=("open", "paused")),
            ),
            models.Index(fields=["-id"], name="issues_latest_first"),
            GinIndex(fields=["search"], name="issues_by_word", fastupdate=True),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"issue {self.number}"

    @property
    def public_id(self) -> str:
        return ids.public("iss", self.id)

    @property
    def is_running(self) -> bool:
        return self.category in RUNNING


class IssueKey(models.Model):
    """The look-up table: number -> issue. `serial` counts up and may have gaps."""

    serial = models.BigAutoField(primary_key=True)
    number = models.BigIntegerField(unique=True)
    customer_id = models.UUIDField()
    issue_id = models.UUIDField()

    def __str__(self) -> str:
        return str(self.number)


class Message(models.Model):
    """One thing said; never edited. An internal one is for the company only."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        NOTE = "note"

    class Audience(models.TextChoices):
        PUBLIC = "public"
        INTERNAL = "internal"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    issue_id = models.UUIDField()
    seq = models.IntegerField()
    direction = models.TextField(choices=Direction.choices)
    audience = models.TextField(choices=Audience.choices)
    channel = models.TextField(choices=Issue.Channel.choices)
    author = models.TextField()
    body = Words()
    recipient = models.TextField(default="", db_default="")
    call_id = models.UUIDField(null=True)
    written_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "issue_id", "seq"], name="messages_stand_in_one_row"
            ),
            models.CheckConstraint(
                name="a_note_is_internal",
                condition=(Q(direction="note") & Q(audience="internal"))
                | (~Q(direction="note") & Q(audience="public")),
            ),
            models.CheckConstraint(name="a_message_says_something", condition=~Q(body="")),
        ]

    def __str__(self) -> str:
        return f"message {self.seq} of {self.issue_id}"

    @property
    def public_id(self) -> str:
        return ids.public("msg", self.id)


class Span(models.Model):
    """A stretch of an issue's life in one state; together they are all of it, without a gap."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    issue_id = models.UUIDField()
    category = models.TextField(choices=Category.choices)
    state = models.ForeignKey(State, on_delete=models.PROTECT)
    reason = Words(default="", db_default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "issue_id"], condition=Q(ends_at__isnull=True),
                name="one_open_span_per_issue",
            ),
            models.CheckConstraint(
                name="spans_do_not_end_before_they_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "issue_id", "starts_at"], name="spans_of_an_issue")
        ]

    def __str__(self) -> str:
        return f"{self.category} span of {self.issue_id}"


class Assignment(models.Model):
    """Who answered for an issue, from when to when: a person, or the queue alone."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    issue_id = models.UUIDField()
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT)
    owner_id = models.UUIDField(null=True)
    assigned_by = models.TextField()
    why = Words(default="", db_default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "issue_id"], condition=Q(ends_at__isnull=True),
                name="one_open_assignment_per_issue",
            ),
            models.CheckConstraint(
                name="assignments_do_not_end_before_they_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "issue_id", "starts_at"], name="assignments_of_an_issue"
            )
        ]

    def __str__(self) -> str:
        return f"assignment of {self.issue_id}"
