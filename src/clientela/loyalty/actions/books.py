"""Closing a month of the books: what was owed then, once and for all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

from clientela.loyalty.models.books import ClosedMonth, Estimate, Liability
from clientela.loyalty.models.programme import Currency
from clientela.loyalty.queries import books as queries
from clientela.loyalty.rules import books as rules
from clientela.loyalty.rules.books import Cohort
from clientela.platform import sql
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

REASON_LENGTH_MAX = 500


class MonthIsOpen(Problem):
    code = "month-is-open"
    status = 409
    title = "This month is not over, or the one before it is not closed"


class MonthIsClosed(Problem):
    code = "month-is-closed"
    status = 409
    title = "This month is closed"


class LedgerDoesNotTie(Problem):
    code = "ledger-does-not-tie"
    status = 409
    title = "Cohorts and ledger do not come to the same"


@needs_transaction
def close(
    currency: Currency, *, month_on: date, ends_at: datetime, zone: str, price: Fraction,
    money_code: str, actor: Actor, now: datetime,
) -> ClosedMonth:  # fmt: skip
    """Write down every cohort as it stood at `ends_at`, the end of the month. What was booked late
    into a closed month counts in this one.

    MonthIsClosed a second time, MonthIsOpen out of turn, LedgerDoesNotTie where lots and entries do
    not come to the same points.
    """
    sql.execute("SELECT pg_advisory_xact_lock(hashtext('books'), %s)", [currency.id])
    before = queries.latest(currency.id)
    _refuse_out_of_turn(before, month_on, ends_at=ends_at, now=now)
    cohorts = queries.cohorts_at(currency.id, ends_at=ends_at, zone=zone)
    ledger, debt = queries.ledger_at(currency.id, ends_at=ends_at)
    left = sum(one.left for one in cohorts.values())
    if left - debt != ledger:
        raise LedgerDoesNotTie(
            f"The ledger holds {ledger} points, the cohorts {left} less {debt} owed.",
            ledger=ledger, cohorts=left, owed=debt,
        )  # fmt: skip
    estimate = queries.estimate_of(currency.id)
    closed = ClosedMonth.objects.create(
        currency=currency, month_on=month_on, ledger_points=ledger, debt_points=debt,
        price_num=price.numerator, price_den=price.denominator, money_code=money_code,
        estimate=estimate, closed_by=actor.id, closed_at=now,
    )  # fmt: skip
    Liability.objects.bulk_create(_rows(closed, cohorts, estimate, before=before, price=price))
    return closed


@needs_transaction
def estimate(
    currency: Currency, *, share_ppm: int | None, reason: str, actor: Actor, now: datetime
) -> Estimate:
    """What is expected from now on; None: each cohort's own curve. Closed months stay as they are:
    the difference is in the next one.
    """
    if share_ppm is not None and not 0 <= share_ppm <= rules.PPM:
        raise InvalidInput("A share lies between 0 and 100 %.", field="share")
    if not reason.strip() or len(reason) > REASON_LENGTH_MAX:
        raise InvalidInput("Say why, in at most 500 characters.", field="reason")
    last = queries.estimate_of(currency.id)
    return Estimate.objects.create(
        currency=currency, number=last.number + 1 if last else 1, share_ppm=share_ppm,
        reason=reason.strip(), made_by=actor.id, made_at=now,
    )  # fmt: skip


def _refuse_out_of_turn(
    before: ClosedMonth | None, month_on: date, *, ends_at: datetime, now: datetime
) -> None:
    if before is not None and month_on <= before.month_on:
        raise MonthIsClosed(f"{before.month_on:%Y-%m} is closed.", field="month")
    if ends_at > now:
        raise MonthIsOpen("This month is not over.", field="month")
    following = queries.after(before.month_on) if before else month_on
    if month_on != following:
        raise MonthIsOpen(f"Close {following:%Y-%m} first.", field="month")


def _rows(
    closed: ClosedMonth, cohorts: Mapping[date, Cohort], estimate: Estimate | None, *,
    before: ClosedMonth | None, price: Fraction,
) -> list[Liability]:  # fmt: skip
    fixed = None if estimate is None else estimate.share_ppm
    own = queries.own_shares(closed.currency_id, cohorts, month_on=closed.month_on)
    frozen = queries.deferral_shares(before)
    rows = []
    for cohort_on, one in cohorts.items():
        share = own[cohort_on] if fixed is None else fixed
        deferral = frozen.get(cohort_on, share)
        found = rules.valued(one, price=price, deferral_ppm=deferral, share_ppm=share)
        rows.append(Liability(
            closed=closed, cohort_on=cohort_on, issued=one.issued, redeemed=one.redeemed,
            expired=one.expired, reversed=one.reversed, paid_minor=one.paid_minor,
            deferral_ppm=deferral, share_ppm=share, expected=found.expected,
            deferred_minor=found.deferred_minor, recognised_minor=found.recognised_minor,
        ))  # fmt: skip
    return rows
