"""Claims: what was asked for, what was decided and why, what was done about it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clientela.platform import ids
from clientela.platform.fields import Words
from clientela.warranty.models.promised import MoneyLimit


class Claim(models.Model):
    """A fault of one unit, and what became of it. `state` moves as `rules.claims` allows."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    number = models.BigIntegerField()
    holding_id = models.UUIDField()
    fault_on = models.DateField()
    found_on = models.DateField(null=True)
    reported_on = models.DateField()
    component_path = models.TextField(default="", db_default="")
    symptom = Words(default="", db_default="")
    currency = models.TextField()
    state = models.TextField()
    state_since = models.DateTimeField()
    opened_by = models.TextField()
    opened_at = models.DateTimeField()
    conversation_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "holding_id", "fault_on"], name="claims_of_a_holding"
            ),
            models.Index(
                fields=["state", "opened_at", "id"], name="claims_that_are_open",
                condition=~Q(state__in=("closed", "cancelled", "rejected")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.shown

    @property
    def public_id(self) -> str:
        return ids.public("clm", self.id)

    @property
    def shown(self) -> str:
        """The number people say."""
        return f"W-{self.number:06d}"


class ClaimLine(models.Model):
    """One cost of a claim, and what the last decision made of it; minor units of the claim."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    claim_id = models.UUIDField()
    line_no = models.IntegerField()
    cost_type = models.TextField()
    component_path = models.TextField(default="", db_default="")
    words = Words(default="", db_default="")
    claimed_minor = models.BigIntegerField()
    covered_minor = models.BigIntegerField(default=0, db_default=0)
    deductible_minor = models.BigIntegerField(default=0, db_default=0)
    capped_minor = models.BigIntegerField(default=0, db_default=0)
    payable_minor = models.BigIntegerField(default=0, db_default=0)
    payer = models.TextField(default="", db_default="")
    cover_id = models.UUIDField(null=True)
    policy_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "claim_id", "line_no"], name="a_claim_line_is_numbered_once"
            ),
            models.CheckConstraint(
                name="payable_never_above_claimed",
                condition=Q(payable_minor__gte=0, payable_minor__lte=F("claimed_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line_no} of {self.claim_id}"


class ClaimDecision(models.Model):
    """What was decided, by whom and why. A version stays as it was written."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    claim_id = models.UUIDField()
    version = models.IntegerField()
    outcome = models.TextField()  # approved | partly_approved | rejected
    reasons = ArrayField(models.TextField(), default=list)
    words = Words(default="", db_default="")
    trace = models.JSONField(default=dict)
    authorised_minor = models.BigIntegerField()
    decided_by = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "claim_id", "version"],
                name="a_claim_is_decided_once_per_version",
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.version} of {self.claim_id}"


class ClaimMove(models.Model):
    """A state a claim came into: when, and by whom."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    claim_id = models.UUIDField()
    state = models.TextField()
    moved_by = models.TextField()
    moved_at = models.DateTimeField()
    words = Words(default="", db_default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "claim_id", "id"], name="moves_of_a_claim")
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.state}"


class Remedy(models.Model):
    """What is done about an approved claim: a repair, another unit, the money back."""

    class Kind(models.TextChoices):
        REPAIR = "repair"
        REPLACEMENT = "replacement"
        REFUND = "refund"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    claim_id = models.UUIDField()
    kind = models.TextField(choices=Kind.choices)
    new_holding_id = models.UUIDField(null=True)
    begun_by = models.TextField()
    begun_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "remedies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "claim_id"], name="a_claim_has_one_remedy"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.claim_id}"


class Settlement(models.Model):
    """What the payer bore of a decision, and what the customer did."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    claim_id = models.UUIDField()
    decision_id = models.UUIDField()
    paid_minor = models.BigIntegerField()
    customer_minor = models.BigIntegerField()
    currency = models.TextField()
    reference = Words(default="", db_default="")
    settled_by = models.TextField()
    settled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "decision_id"], name="settled_once_per_decision"
            ),
        ]

    def __str__(self) -> str:
        return f"settlement of {self.claim_id}"


class LimitEntry(models.Model):
    """What a claim used of a policy's limit; `reverses_id` gives an entry back. Only added to.

    Every approval books one for the policy that pays, with `limit` null where it has no cap.
    """

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    policy_id = models.UUIDField()
    limit = models.ForeignKey(MoneyLimit, null=True, on_delete=models.PROTECT)
    claim_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    reverses_id = models.BigIntegerField(null=True)
    booked_by = models.TextField()
    booked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "reverses_id"], name="limit_entry_reversed_once",
                condition=Q(reverses_id__isnull=False),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "policy_id"], name="limit_entries_of_a_policy"),
            models.Index(fields=["customer_id", "claim_id"], name="limit_entries_of_a_claim"),
        ]

    def __str__(self) -> str:
        return f"limit entry {self.id}"
