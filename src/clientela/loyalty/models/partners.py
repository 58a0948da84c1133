"""Who fulfils journeys: how they are asked, the codes they gave us, what is sent to them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.platform import ids
from clientela.platform.fields import Words

FIRST_ACCOUNT = -1_000


class Partner(models.Model):
    """A company that takes our points, or gives them. `number` is its account in the ledger.

    `earn_minor`: what it pays us for each `earn_points` customers earned there; `burn_minor`: what
    we pay it for each `burn_points` used there.
    """

    class Fulfilment(models.TextChoices):
        DESK = "desk"  # our staff ask the partner and write the answer down
        POOL = "pool"  # codes of the partner are here already
        WEBHOOK = "webhook"  # the partner is asked and answers by itself

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    key = models.SlugField(max_length=60, unique=True)
    name = models.TextField()
    number = models.BigIntegerField(unique=True)
    fulfilment = models.TextField(choices=Fulfilment.choices, default=Fulfilment.DESK)
    address = models.TextField(default="")
    generation = models.IntegerField(default=1)
    reply_hours = models.IntegerField(default=48)
    earn_points = models.BigIntegerField(null=True)
    earn_minor = models.BigIntegerField(null=True)
    burn_points = models.BigIntegerField(null=True)
    burn_minor = models.BigIntegerField(null=True)
    money_code = models.TextField(default="")
    language = models.TextField(default="", db_default="")  # of statements; empty: the company's
    retired_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["name", "key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_partner_that_is_called_has_an_address",
                condition=~Q(fulfilment="webhook") | ~Q(address=""),
            ),
            models.CheckConstraint(
                name="a_partner_answers_within_a_hold",
                condition=Q(reply_hours__gt=0, reply_hours__lte=720),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("prt", self.id)

    @property
    def account_id(self) -> int:
        return FIRST_ACCOUNT - self.number


class Voucher(models.Model):
    """A code a partner gave us beforehand; `order_id`: the travel order that took it."""

    id = models.BigAutoField(primary_key=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="vouchers")
    number = models.TextField()
    number_norm = models.TextField()
    good_until_on = models.DateField(null=True)
    order_id = models.UUIDField(null=True)
    brought_at = models.DateTimeField()
    brought_by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "number_norm"], name="a_partner_gives_a_code_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["partner", "id"], name="vouchers_that_are_free",
                condition=Q(order_id__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"voucher {self.id}"


class PartnerMessage(models.Model):
    """Something a partner is told about an order: placed, cancelled, or not wanted any more."""

    class Kind(models.TextChoices):
        PLACED = "placed"
        RELEASED = "released"
        CANCELLED = "cancelled"

    class State(models.TextChoices):
        WAITING = "waiting"
        ACCEPTED = "accepted"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, db_index=False)
    travel_order_id = models.UUIDField()
    kind = models.TextField(choices=Kind.choices)
    state = models.TextField(choices=State.choices, default=State.WAITING)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    status = models.IntegerField(null=True)
    fault = models.TextField(default="")
    written_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at", "id"], name="messages_to_partners",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["customer_id", "travel_order_id"], name="messages_of_an_order"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("pme", self.id)


class PartnerEarning(models.Model):
    """Points a customer earned at a partner, under the partner's own name for it."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, db_index=False)
    reference = models.TextField()
    body_hash = models.BinaryField(max_length=16)
    points = models.BigIntegerField()
    posting_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "partner", "reference"],
                name="a_partner_names_an_earning_once",
            ),
            models.CheckConstraint(name="an_earning_gives_points", condition=Q(points__gt=0)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "recorded_at"], name="earnings_at_a_partner"),
            models.Index(fields=["customer_id"], name="earnings_of_a_customer"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("pea", self.id)


class PartnerKey(models.Model):
    """Where an earning is found by the name its partner gave it, whoever it is booked for."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, db_index=False)
    reference = models.TextField()
    customer_id = models.UUIDField()
    earning_id = models.UUIDField()
    body_hash = models.BinaryField(max_length=16)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "reference"], name="a_reference_is_one_earning"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="partner_keys_of_a_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.reference}"


class PartnerEarningReversal(models.Model):
    """What was earned at a partner was taken back; `points`: what really came back to the partner,
    without what was forgiven.
    """

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    earning = models.ForeignKey(
        PartnerEarning, on_delete=models.PROTECT, related_name="reversals", db_index=False
    )
    points = models.BigIntegerField()
    forgiven = models.BigIntegerField(default=0)
    posting_id = models.BigIntegerField()
    cause = Words(default="")
    actor = models.TextField()
    reversed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "earning"], name="an_earning_is_reversed_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["earning"], name="the_reversal_of_an_earning")]

    def __str__(self) -> str:
        return f"reversal of {self.earning_id}"


class PartnerStatement(models.Model):
    """What was earned and used at a partner in one month, as both sides settled it; never changed.

    `earned_minor` the partner pays us, `burned_minor` we pay it; the rates are those of that day.
    `digest` is that of its lines.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="statements")
    month_on = models.DateField()
    earned = models.BigIntegerField()
    used = models.BigIntegerField()
    given_back = models.BigIntegerField()
    taken_back = models.BigIntegerField(default=0, db_default=0)
    lines_count = models.IntegerField(default=0, db_default=0)
    digest = models.BinaryField(max_length=32, default=b"", db_default=b"")
    earned_minor = models.BigIntegerField()
    burned_minor = models.BigIntegerField()
    money_code = models.TextField(default="")
    rates = models.JSONField(default=dict)
    made_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-month_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "month_on"], name="a_month_is_settled_once_with_a_partner"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("pst", self.id)


class PartnerLine(models.Model):
    """One line of a statement, by the partner's own name for it or the number of the voucher."""

    class What(models.TextChoices):
        EARNED = "earned"
        TAKEN_BACK = "taken_back"
        USED = "used"
        GIVEN_BACK = "given_back"

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(
        PartnerStatement, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    place = models.IntegerField()
    noted_at = models.DateTimeField()
    what = models.TextField(choices=What.choices)
    reference = models.TextField()
    points = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["statement", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["statement", "place"], name="a_place_of_a_statement_is_taken_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} of {self.statement_id}"
