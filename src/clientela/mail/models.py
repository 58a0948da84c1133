"""Letters that leave the company: each written down before the first try to send it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.platform import ids
from clientela.platform.fields import Words


class OutgoingMail(models.Model):
    """A letter to one address. `message_id` is fixed before the first try, so that a letter sent
    twice after a crash is known as one. `cause`: the public id of what it is for.

    `filed`: no mail server is set, it was written to a file; `failed`: refused for good;
    `undeliverable`: given up after two days; `stopped`: the customer does not want it any more.

    `purpose`: what it is written for; a letter without one answers or tells what must be told.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FILED = "filed"
        FAILED = "failed"
        UNDELIVERABLE = "undeliverable"
        STOPPED = "stopped"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField(null=True)
    recipient = models.TextField()
    sender = models.TextField()
    message_id = models.TextField()
    kind = models.TextField()
    cause = models.TextField(default="", db_default="")
    purpose = models.TextField(default="", db_default="")
    subject = Words()
    body = Words()
    language = models.TextField(default="", db_default="")
    in_reply_to = models.TextField(default="", db_default="")
    written_by = models.TextField()
    state = models.TextField(choices=State.choices, default=State.QUEUED)
    tries = models.IntegerField(default=0)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answer = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "message_id"], name="a_letter_is_written_down_once"
            ),
            models.CheckConstraint(
                name="a_letter_that_waits_has_a_next_try",
                condition=(Q(state="queued") & Q(next_try_at__isnull=False))
                | (~Q(state="queued") & Q(next_try_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_letter_ends_when_it_stops_waiting",
                condition=(Q(state="queued") & Q(ended_at__isnull=True))
                | (~Q(state="queued") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at", "id"], name="letters_that_wait", condition=Q(state="queued")
            ),
            models.Index(fields=["cause"], name="letters_by_their_cause"),
            models.Index(fields=["customer_id", "-id"], name="letters_to_a_customer"),
        ]

    def __str__(self) -> str:
        return f"letter {self.public_id}"

    @property
    def public_id(self) -> str:
        return ids.public("let", self.id)
