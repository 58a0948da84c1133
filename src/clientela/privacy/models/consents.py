"""What a customer agreed to, and what nobody may be written to any more."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clientela.platform import ids
from clientela.platform.fields import Words


class Purpose(models.Model):
    """What data is used for. Only a legitimate interest that was weighed needs no yes.

    `is_marketing` and `is_profiling` say which objections speak about it.
    """

    class Basis(models.TextChoices):
        CONSENT = "consent"
        LEGITIMATE_INTEREST = "legitimate_interest"
        CONTRACT = "contract"
        LEGAL_DUTY = "legal_duty"

    key = models.SlugField(primary_key=True, max_length=40)
    labels = models.JSONField(default=dict)
    basis = models.TextField(choices=Basis.choices, default=Basis.CONSENT)
    channels = ArrayField(models.TextField(), default=list)
    is_marketing = models.BooleanField(default=True)
    is_profiling = models.BooleanField(default=False)
    given_unless_refused = models.BooleanField(default=False)
    assessment = models.TextField(default="")
    position = models.IntegerField(default=0)
    is_demo = models.BooleanField(default=False, db_default=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="only_a_weighed_interest_needs_no_yes",
                condition=Q(given_unless_refused=False)
                | (Q(basis="legitimate_interest") & ~Q(assessment="")),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Wording(models.Model):
    """The words a customer was shown; a version is never rewritten."""

    id = models.BigAutoField(primary_key=True)
    purpose = models.ForeignKey(Purpose, on_delete=models.CASCADE, related_name="wordings")
    version = models.IntegerField()
    texts = models.JSONField()
    published_by = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["purpose", "version"], name="a_wording_has_one_version_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_id} {self.version}"


class Consent(models.Model):
    """One decision of a customer. The state is the latest decision; a row is never edited.

    `channel` empty: every channel. `address` empty: the person; else a keyed hash of one phone or
    e-mail. `speaks_for`: the records that were one customer when it was decided, the survivor and
    its aliases, so that a merge carries nothing and an un-merge takes nothing away.
    """

    class Verdict(models.TextChoices):
        GIVEN = "given"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    speaks_for = ArrayField(models.UUIDField(), default=list)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT)
    channel = models.TextField(default="", db_default="")
    address = models.BinaryField(max_length=32, default=b"")
    verdict = models.TextField(choices=Verdict.choices)
    basis = models.TextField(choices=Purpose.Basis.choices)
    source = models.TextField()
    wording = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT)
    evidence = Words(default="", db_default="")
    decided_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.TextField()
    request = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_consent_says_where_from", condition=~Q(source="")),
            models.CheckConstraint(
                name="nobody_decides_after_it_was_recorded",
                condition=Q(decided_at__lte=models.F("recorded_at")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "purpose", "-decided_at"], name="consents_of_a_customer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_id} {self.verdict}"

    @property
    def public_id(self) -> str:
        return ids.public("cns", self.id)


class Retraction(models.Model):
    """A consent that nobody gave or withdrew: what wrote it down was undone. The row of the consent
    stays, and is read no more. `cause`: what was undone, such as an import.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    consent_id = models.UUIDField()
    cause = models.TextField()
    retracted_at = models.DateTimeField()
    actor = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "consent_id"], name="a_consent_is_retracted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"retraction of {self.consent_id}"


class Preference(models.Model):
    """How often, until when not, in which language: the latest row counts."""

    class Frequency(models.TextChoices):
        ALWAYS = "always"
        WEEKLY = "weekly"
        MONTHLY = "monthly"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    frequency = models.TextField(choices=Frequency.choices, default=Frequency.ALWAYS)
    paused_until = models.DateField(null=True)
    source = models.TextField()
    decided_at = models.DateTimeField()
    actor = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-decided_at"], name="preferences_of_a_customer"),
        ]

    def __str__(self) -> str:
        return f"preference of {self.customer_id}"


class Suppression(models.Model):
    """An address nobody writes to, kept as a keyed hash: it tells only whoever brings the address.

    `kind` is that of the identity, or `external` for the id of another system.
    """

    class Reason(models.TextChoices):
        ERASED = "erased"
        OPTED_OUT = "opted_out"
        COMPLAINED = "complained"

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.TextField()
    value_hmac = models.BinaryField(max_length=32)
    reason = models.TextField(choices=Reason.choices)
    since = models.DateTimeField()
    set_by = models.TextField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.TextField(default="", db_default="")
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "value_hmac", "reason"],
                condition=Q(lifted_at__isnull=True),
                name="an_address_is_suppressed_once_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reason}"
