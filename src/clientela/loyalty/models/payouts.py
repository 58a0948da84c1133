"""Points paid out as money: asked for, decided, put into a file for the bank, paid, come back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q, Value

from clientela.loyalty.models.redemptions import Redemption
from clientela.loyalty.models.rewards import Reward
from clientela.platform import ids
from clientela.platform.fields import Words


class PayoutIdentity(models.Model):
    """The bank account a customer is paid to; another one is a row of its own, the newest holds."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    iban = models.TextField()
    payee = Words(default="")
    given_at = models.DateTimeField()
    given_by = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-given_at", "-id"], name="payouts_of_a_customer"),
        ]

    def __str__(self) -> str:
        return f"payout identity {self.id}"


class CashOut(models.Model):
    """A request to have points paid out as money. `waits_until`: nobody approves it before."""

    class Way(models.TextChoices):
        BILL = "bill"
        BANK = "bank"
        WALLET = "wallet"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT)
    way = models.TextField(choices=Way.choices)
    minor = models.BigIntegerField()
    money_code = models.TextField()
    iban = models.TextField(default="")
    payee = Words(default="")
    requested_by = models.TextField()
    requested_at = models.DateTimeField()
    waits_until = models.DateTimeField(null=True)
    is_automatic = models.BooleanField(default=False, db_default=False)
    is_open = models.BooleanField(default=True)  # waits for a decision or for its payment

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="a_cash_out_pays_something", condition=Q(minor__gt=0)),
            models.CheckConstraint(
                name="a_transfer_names_its_account", condition=~Q(way="bank") | ~Q(iban="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="open_cash_outs", condition=Q(is_open=True)),
            models.Index(fields=["customer_id", "-requested_at"], name="cash_outs_of_a_customer"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("csh", self.id)


class CashOutDecision(models.Model):
    """A second person said yes or no; or the house, below the limit. `checks`: as they stood."""

    class Verdict(models.TextChoices):
        APPROVED = "approved"
        REFUSED = "refused"

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    cash_out = models.ForeignKey(
        CashOut, on_delete=models.PROTECT, related_name="decisions", db_index=False
    )
    verdict = models.TextField(choices=Verdict.choices)
    note = Words(default="")
    checks = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    decided_by = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "cash_out"], name="a_cash_out_is_decided_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cash_out"], name="the_decision")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.cash_out_id}"


class CashOutPayment(models.Model):
    """The money went out, under this reference of the bank or of the bill."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    cash_out = models.ForeignKey(
        CashOut, on_delete=models.PROTECT, related_name="payments", db_index=False
    )
    reference = Words()
    paid_by = models.TextField()
    paid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "cash_out"], name="a_cash_out_is_paid_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cash_out"], name="the_payment")]

    def __str__(self) -> str:
        return f"payment of {self.cash_out_id}"


class CashOutReturn(models.Model):
    """The money did not arrive: the bank refused the line (`rejected`), or it came back later."""

    class Kind(models.TextChoices):
        REJECTED = "rejected"
        RETURNED = "returned"

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    cash_out = models.ForeignKey(
        CashOut, on_delete=models.PROTECT, related_name="returns", db_index=False
    )
    kind = models.TextField(choices=Kind.choices)
    reason = Words(default="")  # the bank's code or words
    noted_by = models.TextField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "cash_out"], name="a_payment_comes_back_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cash_out"], name="the_return")]

    def __str__(self) -> str:
        return f"{self.kind} {self.cash_out_id}"


class Payer(models.Model):
    """The company's own account that cash is paid from, one for each money; never edited."""

    id = models.BigAutoField(primary_key=True)
    money_code = models.TextField()
    name = models.TextField()
    iban = models.TextField()
    bic = models.TextField(default="")
    given_by = models.TextField()
    given_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["money_code", "-id"], name="newest_payer")]

    def __str__(self) -> str:
        return f"payer {self.id}"


class PaymentFile(models.Model):
    """What was handed to the bank, exactly as it was. Its lines are never in another file."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    message = models.TextField(unique=True)  # what the bank knows the file by
    money_code = models.TextField()
    minor = models.BigIntegerField()
    lines_count = models.IntegerField()
    content = models.TextField()
    digest = models.BinaryField(max_length=32)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT)
    pays_on = models.DateField()
    made_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("pay", self.id)


class PaymentLine(models.Model):
    """One transfer of a file; `end_to_end` comes back from the bank with whatever it says of it."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    file = models.ForeignKey(
        PaymentFile, on_delete=models.PROTECT, related_name="lines", db_index=True
    )
    cash_out = models.ForeignKey(
        CashOut, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    end_to_end = models.TextField()
    minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "cash_out"], name="a_cash_out_is_in_one_file"
            ),
            models.UniqueConstraint(
                fields=["customer_id", "end_to_end"], name="a_transfer_has_its_own_name"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["cash_out"], name="the_line"),
            models.Index(fields=["end_to_end"], name="lines_by_their_name"),
        ]

    def __str__(self) -> str:
        return self.end_to_end


class StandingOrder(models.Model):
    """A customer wants this paid out by itself, whenever they have the points the reward names."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, db_index=False)
    way = models.TextField(choices=CashOut.Way.choices)
    ordered_by = models.TextField()
    ordered_at = models.DateTimeField()
    ended_by = models.TextField(default="", db_default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "reward"], condition=Q(ended_at__isnull=True),
                name="one_standing_order_for_a_reward",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="standing_orders_that_run", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["customer_id", "-id"], name="standing_orders_of_a_customer"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("sto", self.id)


class AutomaticAct(models.Model):
    """Something the house did for a customer by itself; `stopped`: one too many, staff look."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, db_index=False)
    acted_on = models.DateField()
    acted_at = models.DateTimeField()
    stopped = models.TextField(default="")  # why not, where it was not done

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "reward", "acted_on"], name="by_itself_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"automatic act {self.id}"
