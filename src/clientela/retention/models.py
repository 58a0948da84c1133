"""What to say to a customer, what was offered, and what came of it.

Offers and gates are published versions that never change; a decision keeps its trace; a proposal
has at most one outcome.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clientela.platform import ids
from clientela.platform.fields import Words


class Flag(models.Model):
    """Something whoever talks to the customer must know before saying anything."""

    class Kind(models.TextChoices):
        VULNERABLE = "vulnerable"
        ARREARS = "arrears"
        FRAUD = "fraud"
        BEREAVEMENT = "bereavement"
        DO_NOT_SELL = "do_not_sell"
        LEGAL_HOLD = "legal_hold"

    SENSITIVE: ClassVar = (Kind.VULNERABLE, Kind.FRAUD, Kind.BEREAVEMENT)

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    kind = models.TextField(choices=Kind.choices)
    reason = Words(default="", db_default="")
    instruction = Words(default="", db_default="")
    source = models.TextField(default="", db_default="")
    set_by = models.TextField()
    set_at = models.DateTimeField()
    review_on = models.DateField(null=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "kind"],
                condition=Q(cleared_at__isnull=True),
                name="one_open_flag_per_kind",
            ),
            models.CheckConstraint(
                name="a_flag_has_a_review_date",
                condition=~Q(kind__in=["vulnerable", "fraud", "bereavement"])
                | Q(review_on__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["review_on"],
                name="flags_to_review",
                condition=Q(cleared_at__isnull=True, review_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"

    @property
    def public_id(self) -> str:
        return ids.public("flg", self.id)


class Need(models.Model):
    """What a customer wants or will want: said, seen by an attendant, or inferred."""

    class Source(models.TextChoices):
        STATED = "stated"
        SEEN = "seen"
        INFERRED = "inferred"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    kind = models.SlugField(max_length=40)
    words = Words(default="", db_default="")
    source = models.TextField(choices=Source.choices)
    confidence = models.SmallIntegerField(null=True)  # per cent, of what is inferred
    product_kind = models.TextField(default="", db_default="")
    competitor = Words(default="", db_default="")
    rate = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    ends_on = models.DateField(null=True)  # of what is held elsewhere
    expires_on = models.DateField(null=True)
    noted_at = models.DateTimeField()
    noted_by = models.TextField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(default="", db_default="")
    result = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_confidence_is_a_share",
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=100),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id"],
                name="needs_of_a_customer",
                condition=Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"

    @property
    def public_id(self) -> str:
        return ids.public("nds", self.id)


class Offer(models.Model):
    """What can be proposed; its text is in its versions. Offers of one group compete."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    key = models.SlugField(max_length=60, unique=True)
    offer_group = models.SlugField(max_length=60)
    withdrawn_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering: ClassVar = ["offer_group", "key"]

    def __str__(self) -> str:
        return self.key


class OfferVersion(models.Model):
    """A published text of an offer; never changed afterwards."""

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    body = models.JSONField()
    digest = models.BinaryField(max_length=32)
    published_by = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["offer", "number"], name="an_offer_version_is_numbered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} version {self.number}"


class Gate(models.Model):
    """A rule that holds offers back; its text is in its versions."""

    id = models.BigAutoField(primary_key=True)
    key = models.SlugField(max_length=60, unique=True)
    withdrawn_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key


class GateVersion(models.Model):
    """A published text of a gate; never changed afterwards."""

    id = models.BigAutoField(primary_key=True)
    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    body = models.JSONField()
    digest = models.BinaryField(max_length=32)
    published_by = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gate", "number"], name="a_gate_version_is_numbered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate_id} version {self.number}"


class Decision(models.Model):
    """Which offers were chosen for a customer, and the trace that says why and why not."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    decided_at = models.DateTimeField()
    channel = models.TextField()
    conversation_id = models.UUIDField(null=True)
    actor = models.TextField()
    trace = models.JSONField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-decided_at"], name="decisions_of_a_customer"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("dec", self.id)


class Proposal(models.Model):
    """One offer as it was put before the customer. `wording`: as rendered, by language."""

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    decision_id = models.UUIDField()
    offer_id = models.UUIDField()
    version_id = models.BigIntegerField()
    place = models.SmallIntegerField()
    propensity = models.FloatField(default=1.0)
    sells = models.BooleanField(default=True)
    wording = models.JSONField()
    shown_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "decision_id", "place"], name="a_place_is_taken_once"
            ),
            models.CheckConstraint(
                name="a_propensity_is_a_probability",
                condition=Q(propensity__gt=0, propensity__lte=1),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "offer_id", "-shown_at"], name="proposals_of_an_offer"
            ),
            models.Index(fields=["customer_id", "-shown_at"], name="proposals_of_a_customer"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("prp", self.id)


class Outcome(models.Model):
    """What came of a proposal."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted"
        LATER = "later"
        NOT_INTERESTED = "not_interested"
        NOT_PRESENTED = "not_presented"
        INELIGIBLE = "ineligible"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    proposal_id = models.UUIDField()
    offer_id = models.UUIDField()
    kind = models.TextField(choices=Kind.choices)
    reason = Words(default="", db_default="")
    until_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "proposal_id"], name="a_proposal_has_one_outcome"
            ),
            models.CheckConstraint(
                name="later_has_a_date", condition=~Q(kind="later") | Q(until_on__isnull=False)
            ),
            models.CheckConstraint(
                name="not_interested_has_a_reason",
                condition=~Q(kind="not_interested") | ~Q(reason=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-recorded_at"], name="outcomes_of_a_customer"),
            models.Index(fields=["offer_id", "kind"], name="outcomes_of_an_offer"),
            models.Index(fields=["until_on"], name="later_ones", condition=Q(kind="later")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.proposal_id}"


class Lead(models.Model):
    """An acceptance, followed until what was accepted is held, or will not be."""

    class Result(models.TextChoices):
        WON = "won"
        LOST = "lost"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    proposal_id = models.UUIDField()
    offer_id = models.UUIDField()
    product_codes = ArrayField(models.TextField(), default=list)  # any of them; none: by hand
    owner = models.TextField(default="", db_default="")
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(default="", db_default="")
    result = models.TextField(choices=Result.choices, default="", db_default="")
    reason = Words(default="", db_default="")
    holding_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "proposal_id"], name="an_acceptance_opens_one_lead"
            ),
            models.CheckConstraint(
                name="a_closed_lead_has_a_result",
                condition=Q(closed_at__isnull=True, result="")
                | (Q(closed_at__isnull=False) & ~Q(result="")),
            ),
            models.CheckConstraint(
                name="a_lead_closes_after_it_opens",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id"],
                name="open_leads_of_a_customer",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["due_on", "id"], name="open_leads", condition=Q(closed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("lea", self.id)
