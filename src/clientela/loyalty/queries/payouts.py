"""Reads of what is paid out as money: requests, what was paid lately, files for the bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Sum, prefetch_related_objects

from clientela.customers.sight import seen
from clientela.loyalty.actions.cash import NoSuchCashOut
from clientela.loyalty.actions.payment_files import NoSuchPaymentFile
from clientela.loyalty.models import (
    AutomaticAct,
    CashOut,
    CashOutPayment,
    CashOutReturn,
    Payer,
    PaymentFile,
    PaymentLine,
    PayoutIdentity,
)
from clientela.loyalty.queries.rewards import OF_A_CASH_OUT, state_of_cash_out
from clientela.loyalty.rules.cash import ACKNOWLEDGED_WITHIN

STATES = ("waiting", "approved", "exported", "unacknowledged", "paid", "returned", "rejected",
          "refused")  # fmt: skip
NOTHING_OF_IT = (
    Prefetch("payments", CashOutPayment.objects.none()),
    Prefetch("lines", PaymentLine.objects.none()),
    Prefetch("returns", CashOutReturn.objects.none()),
)


def cash_out(cash_out_id: UUID) -> CashOut:
    asked = CashOut.objects.select_related("redemption__reward").filter(id=cash_out_id)
    found = seen(asked.prefetch_related("decisions")).first()
    if found is None:
        raise NoSuchCashOut
    waits = found.is_open and not found.decisions.all()  # then nothing has come of it either
    prefetch_related_objects([found], *(NOTHING_OF_IT if waits else OF_A_CASH_OUT))
    return found


def cash_outs(
    state: str = "", *, now: datetime, before: UUID | None = None, limit: int = 50
) -> list[CashOut]:
    """Requests in a state, or all of them, the newest first."""
    found = seen(_in_state(_cash_outs(), state, now=now))
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[:limit])


def counted(*, now: datetime) -> dict[str, int]:
    """How many requests wait: for a decision, for a file, in a file, for the billing system."""
    named = ("waiting", "approved", "exported", "unacknowledged")
    requests = CashOut.objects.filter(is_open=True)
    return seen(requests).aggregate(
        **{
            state: Count("id", filter=Q(id__in=_in_state(requests, state, now=now).values("id")))
            for state in named
        }
    )


def _cash_outs() -> QuerySet[CashOut]:
    found = CashOut.objects.select_related("redemption__reward")
    return found.prefetch_related(*OF_A_CASH_OUT)


def _in_state(found: QuerySet[CashOut], state: str, *, now: datetime) -> QuerySet[CashOut]:
    approved = found.filter(is_open=True, decisions__verdict="approved")
    conditions = {
        "waiting": Q(is_open=True, decisions=None), "refused": Q(decisions__verdict="refused"),
        "paid": Q(payments__isnull=False, returns=None), "returned": Q(returns__kind="returned"),
        "rejected": Q(returns__kind="rejected"),
    }  # fmt: skip
    if state == "approved":
        return approved.filter(lines=None)
    if state == "exported":
        return approved.filter(lines__isnull=False)
    if state == "unacknowledged":
        late = now - ACKNOWLEDGED_WITHIN
        return approved.filter(way=CashOut.Way.BILL, decisions__decided_at__lte=late)
    return found.filter(conditions[state]) if state else found


def is_unacknowledged(asked: CashOut, *, now: datetime) -> bool:
    """Approved for the bill, and for three days nobody has said that it is on it."""
    if asked.way != CashOut.Way.BILL or state_of_cash_out(asked) != "approved":
        return False
    return now - asked.decisions.all()[0].decided_at >= ACKNOWLEDGED_WITHIN


def asked_in(
    family: Sequence[UUID], spans: Sequence[tuple[datetime, datetime]], *, currency: str,
    but: UUID | None = None,
) -> list[int]:  # fmt: skip
    """What a customer was paid or asked for in each time, without what was refused or came back."""
    found = CashOut.objects.filter(
        customer_id__in=list(family), money_code=currency, returns=None,
        requested_at__gte=min(starts_at for starts_at, _ in spans),
    ).exclude(decisions__verdict="refused")  # fmt: skip
    if but is not None:
        found = found.exclude(id=but)
    sums = found.aggregate(**{
        f"span_{place}": Sum("minor", filter=Q(requested_at__gte=starts, requested_at__lt=ends))
        for place, (starts, ends) in enumerate(spans)
    })  # fmt: skip
    return [sums[f"span_{place}"] or 0 for place in range(len(spans))]


def account_changed_at(family: Sequence[UUID]) -> datetime | None:
    """When the account was last replaced by another; None: it is the first one, or none."""
    given = PayoutIdentity.objects.filter(customer_id__in=list(family)).order_by("given_at", "id")
    times = list(given.values_list("given_at", flat=True))
    return times[-1] if len(times) > 1 else None


def identities_of(family: Sequence[UUID]) -> list[PayoutIdentity]:
    found = PayoutIdentity.objects.filter(customer_id__in=list(family))
    return list(found.order_by("-given_at", "-id"))


@dataclass(frozen=True, slots=True)
class Filed:
    """A file and how many of its lines were paid, and how many did not arrive."""

    file: PaymentFile
    paid: int
    returned: int

    @property
    def is_open(self) -> bool:
        return self.paid + self.returned < self.file.lines_count


def files(*, before: UUID | None = None, limit: int = 50) -> list[Filed]:
    """Files for the bank, the newest first, without what is in them."""
    found = PaymentFile.objects.defer("content").select_related("payer")
    if before is not None:
        found = found.filter(id__lt=before)
    return _filed(list(found.order_by("-id")[:limit]))


def file(file_id: UUID) -> Filed:
    found = PaymentFile.objects.select_related("payer").filter(id=file_id).first()
    if found is None:
        raise NoSuchPaymentFile
    return _filed([found])[0]


def _filed(found: Sequence[PaymentFile]) -> list[Filed]:
    counts = {
        row["file"]: row
        for row in PaymentLine.objects.filter(file__in=list(found)).values("file").annotate(
            paid=Count("id", filter=Q(cash_out__payments__isnull=False, cash_out__returns=None)),
            returned=Count("id", filter=Q(cash_out__returns__isnull=False)),
        )
    }  # fmt: skip
    none = {"paid": 0, "returned": 0}
    return [
        Filed(one, counts.get(one.id, none)["paid"], counts.get(one.id, none)["returned"])
        for one in found
    ]


def lines(file: PaymentFile, *, after: int = 0, limit: int = 200) -> list[PaymentLine]:
    found = PaymentLine.objects.filter(file=file, id__gt=after).select_related("cash_out")
    found = found.prefetch_related("cash_out__payments", "cash_out__returns")
    return list(found.order_by("id")[:limit])


def state_of_line(line: PaymentLine) -> str:
    """exported, paid, rejected or returned."""
    if came_back := line.cash_out.returns.all():
        return came_back[0].kind
    return "paid" if line.cash_out.payments.all() else "exported"


def payers() -> list[Payer]:
    """The account that pays, for each money."""
    return list(Payer.objects.order_by("money_code", "-id").distinct("money_code"))


def stopped(*, now: datetime, limit: int = 50) -> list[AutomaticAct]:
    """What was to be paid by itself of late and was not."""
    late = now - timedelta(days=7)
    found = AutomaticAct.objects.exclude(stopped="").filter(acted_at__gte=late)
    return list(found.select_related("reward").order_by("-acted_at", "-id")[:limit])
