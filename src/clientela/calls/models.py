"""Our telephone lines, the calls that came over them, and conversations: one contact of a customer
with a person of the company, by telephone or otherwise.

A call belongs to a line; whose call it is stands in `CustomerCall`, because it is found out later,
and may be found out anew. Numbers stay as they came beside their normal form.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clientela.platform import ids
from clientela.platform.fields import Words


class Line(models.Model):
    """One of our numbers, as a telephone system reports its calls. Switched off it has `closed_at`.

    `people`: who is rung where the telephone system names nobody; empty: everybody who serves.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.TextField(unique=True)
    number = models.TextField(default="")  # E.164
    region = models.TextField(default="")  # how a caller's number without a prefix is read
    language = models.TextField(default="")
    people = ArrayField(models.UUIDField(), default=list)
    is_demo = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(name="a_line_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return ids.public("lin", self.id)


class LineToken(models.Model):
    """The secret in the address a telephone system calls; only its digest is kept.

    While a line rotates its token, the last two work.
    """

    digest = models.BinaryField(primary_key=True, max_length=32)
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="tokens")
    shown = models.TextField()  # the first characters, to recognise it by
    made_by = models.TextField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.shown}…"


class Extension(models.Model):
    """What the telephone system calls a person of ours: 201, liga."""

    name = models.TextField(primary_key=True)
    person_id = models.UUIDField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(name="an_extension_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class Call(models.Model):
    """One call as the telephone system counts them: `reference` is its own id for it."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    class State(models.TextChoices):
        RINGING = "ringing"
        ANSWERED = "answered"
        ENDED = "ended"
        MISSED = "missed"

    class Match(models.TextChoices):
        """What the number of the other side says of who it is."""

        ONE = "one"
        MANY = "many"
        MAYBE = "maybe"  # only the last digits agree
        NONE = "none"
        SHARED = "shared"
        INTERNAL = "internal"
        HIDDEN = "hidden"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="calls")
    reference = models.TextField()
    direction = models.TextField(choices=Direction.choices)
    number = models.TextField(default="")  # the other side in E.164; "" = hidden or unreadable
    number_shown = models.TextField(default="")  # as it came
    our_number_shown = models.TextField(default="")
    extension = models.TextField(default="")
    queue = models.TextField(default="")
    match = models.TextField(choices=Match.choices, default=Match.NONE)
    state = models.TextField(choices=State.choices)
    cause = models.TextField(default="")
    rung = ArrayField(models.UUIDField(), default=list)  # whose consoles show it
    person_id = models.UUIDField(null=True)  # who answered, or placed it
    conversation_id = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # missed: called back, or put aside
    settled_by = models.TextField(default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "reference"], name="call_known_once"),
            models.CheckConstraint(
                name="a_call_that_is_over_has_an_end",
                condition=Q(state__in=["ended", "missed"], ended_at__isnull=False)
                | Q(state__in=["ringing", "answered"], ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_call_ends_after_it_starts",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="a_missed_call_was_never_answered",
                condition=~Q(state="missed") | Q(answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="only_a_missed_call_is_settled",
                condition=Q(settled_at__isnull=True) | Q(state="missed"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-started_at", "-id"], name="calls_newest_first"),
            models.Index(
                fields=["started_at"],
                name="calls_going_on",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(fields=["-changed_at"], name="calls_changed_last"),
            models.Index(fields=["person_id", "-started_at"], name="calls_of_a_person"),
            models.Index(
                fields=["number"],
                name="missed_calls_by_number",
                condition=Q(state="missed", settled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("cal", self.id)

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    @property
    def seconds(self) -> int:
        """Of talking, for a call that is over."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return int((self.ended_at - self.answered_at).total_seconds())


class CallEvent(models.Model):
    """What the telephone system said, once: repeats add nothing. `outcome`: what became of it."""

    id = models.BigAutoField(primary_key=True)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    name = models.TextField()  # newCall, answer, hangup
    outcome = models.TextField()  # taken, late, ignored
    data = models.JSONField(default=dict)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "name"], name="call_event_known_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.call_id}"


class CustomerCall(models.Model):
    """Whose call it is; the latest row counts. Another customer is another row."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="customers")
    named_by = models.TextField()
    named_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "call"], name="a_customer_is_named_once_for_a_call"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} of {self.customer_id}"


class Conversation(models.Model):
    """One contact with somebody: of a call, or of a visit. Nobody is named yet while it has no
    customer; once named it is theirs, and another customer is another conversation.
    """

    class Channel(models.TextChoices):
        PHONE = "phone"
        SHOP = "shop"

    class Outcome(models.TextChoices):
        DONE = "done"
        TO_DO = "to_do"
        OTHER_CUSTOMER = "other_customer"  # went on about somebody else
        LOST = "lost"  # nobody ended it

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField(null=True)
    call = models.ForeignKey(
        Call, on_delete=models.CASCADE, null=True, related_name="conversations"
    )
    person_id = models.UUIDField()
    channel = models.TextField(choices=Channel.choices, default=Channel.PHONE)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(choices=Outcome.choices, default="")
    note = Words(default="")
    note_saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_conversation_is_about_somebody",
                condition=Q(customer_id__isnull=False) | Q(call__isnull=False),
            ),
            models.CheckConstraint(
                name="a_conversation_ends_after_it_starts",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="a_conversation_ends_with_an_outcome",
                condition=Q(ended_at__isnull=True, outcome="")
                | (Q(ended_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-started_at"], name="conversations_of_a_customer"),
            models.Index(
                fields=["person_id", "started_at"],
                name="conversations_going_on",
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("con", self.id)
