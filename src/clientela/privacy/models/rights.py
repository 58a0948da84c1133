"""What customers ask for, what limits the use of their data, and what was erased."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.platform import ids
from clientela.platform.fields import Words


class Restriction(models.Model):
    """A named limit on the use of somebody's data, by whom, since when, why, until when.

    `hold`: nothing may be erased. `marketing`, `profiling`: the customer objected. `frozen`: kept,
    and used for nothing (Article 18). `kept_by_law`: would be erased, but a duty keeps it.
    """

    class Kind(models.TextChoices):
        HOLD = "hold"
        MARKETING = "marketing"
        PROFILING = "profiling"
        FROZEN = "frozen"
        KEPT_BY_LAW = "kept_by_law"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    kind = models.TextField(choices=Kind.choices)
    reason = Words()
    source = models.TextField(default="", db_default="")
    request_id = models.UUIDField(null=True)
    set_by = models.TextField()
    set_at = models.DateTimeField()
    until_on = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.TextField(default="", db_default="")
    lifted_reason = Words(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "kind"],
                condition=Q(lifted_at__isnull=True) & ~Q(kind="hold"),
                name="a_restriction_is_set_once_while_it_stands",
            ),
            models.CheckConstraint(name="a_restriction_has_a_reason", condition=~Q(reason="")),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "kind"],
                name="restrictions_that_stand",
                condition=Q(lifted_at__isnull=True),
            ),
            models.Index(fields=["customer_id", "-set_at"], name="restrictions_of_a_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"

    @property
    def public_id(self) -> str:
        return ids.public("rst", self.id)


class Request(models.Model):
    """What a customer asks for by right, and by when it must be answered.

    `proof`: how it was made sure that they are who they say. `about`: the public id of the decision
    that a person is to look at again.
    """

    class Kind(models.TextChoices):
        ACCESS = "access"
        ERASURE = "erasure"
        RESTRICTION = "restriction"
        OBJECTION = "objection"
        RECTIFICATION = "rectification"
        REVIEW = "review"

    class Outcome(models.TextChoices):
        DONE = "done"
        PARTLY = "partly"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    kind = models.TextField(choices=Kind.choices)
    channel = models.TextField(default="", db_default="")
    words = Words(default="", db_default="")
    proof = Words(default="", db_default="")
    about = models.TextField(default="", db_default="")
    received_at = models.DateTimeField()
    due_on = models.DateField()
    opened_by = models.TextField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(default="", db_default="")
    outcome = models.TextField(choices=Outcome.choices, default="", db_default="")
    answer = Words(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_answered_request_has_an_outcome",
                condition=(Q(answered_at__isnull=True) & Q(outcome=""))
                | (Q(answered_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="a_refused_request_says_why", condition=~Q(outcome="refused") | ~Q(answer="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_on", "id"],
                name="requests_that_wait",
                condition=Q(answered_at__isnull=True),
            ),
            models.Index(fields=["-answered_at", "-id"], name="requests_answered_last"),
            models.Index(fields=["customer_id", "-received_at"], name="requests_of_a_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"

    @property
    def public_id(self) -> str:
        return ids.public("prq", self.id)


class Erasure(models.Model):
    """The proof that somebody was erased: when, by whom, what was reached. Nothing of the person.

    `classes`: what was erased, empty for everything. `reached`: table or place -> how many rows.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    classes = models.JSONField(default=list)
    request_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField()
    done_by = models.TextField()
    reached = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-done_at"], name="erasures_of_a_customer"),
            models.Index(fields=["-done_at", "-id"], name="erasures_latest_first"),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.customer_id}"

    @property
    def public_id(self) -> str:
        return ids.public("ers", self.id)
