"""A month with a partner is put on paper once: its lines, their sums, what they are worth."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from clientela.loyalty.models import Partner, PartnerStatement
from clientela.loyalty.rules import settlement as rules
from clientela.loyalty.rules.settlement import Rate
from clientela.platform import ids, sql
from clientela.platform.errors import NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction


class NoSuchStatement(NotThere):
    code = "no-such-partner-statement"
    title = "There is no such statement"


class MonthNotOver(Problem):
    code = "month-not-over"
    status = 409
    title = "This month is not over yet"


class StatementDoesNotTie(Problem):
    code = "statement-does-not-tie"
    status = 409
    title = "The lines of this month are not what moved in the ledger"


@needs_transaction
def make(
    partner: Partner, month_on: date, *, span: tuple[datetime, datetime], actor: Actor,
    now: datetime,
) -> tuple[PartnerStatement, bool]:  # fmt: skip
    """The statement of a month, and whether it was made just now. StatementDoesNotTie."""
    Partner.objects.select_for_update(no_key=True).get(id=partner.id)
    known = PartnerStatement.objects.filter(partner=partner, month_on=month_on).first()
    if known is not None:
        return known, False
    id = ids.uuid7()
    between: dict[str, Any] = {"starts_at": span[0], "ends_at": span[1]}
    sql.statement("loyalty", "partner_lines").run(statement=id, partner=partner.id, **between)
    row = sql.statement("loyalty", "partner_sums").row(statement=id)
    assert row is not None
    *sums, count, digest = row
    rates = {"earn": _rate(partner.earn_points, partner.earn_minor),
             "burn": _rate(partner.burn_points, partner.burn_minor)}  # fmt: skip
    names = ("earned", "taken_back", "used", "given_back")
    settled = rules.settle(zip(names, sums, strict=True), earn=rates["earn"], burn=rates["burn"])
    moved = sql.statement("loyalty", "partner_moved").value(account=partner.account_id, **between)
    if moved != settled.moved:
        raise StatementDoesNotTie(
            f"The ledger says {moved}, the lines say {settled.moved}.", ledger=moved,
            lines=settled.moved,
        )  # fmt: skip
    return PartnerStatement.objects.create(
        id=id, partner=partner, month_on=month_on, earned=settled.earned,
        taken_back=settled.taken_back, used=settled.used, given_back=settled.given_back,
        lines_count=count, digest=digest, earned_minor=settled.earned_minor,
        burned_minor=settled.burned_minor, money_code=partner.money_code, rates=_told(rates),
        made_by=actor.id, made_at=now,
    ), True  # fmt: skip


def _rate(points: int | None, minor: int | None) -> Rate | None:
    return None if points is None or minor is None else Rate(points, minor)


def _told(rates: dict[str, Rate | None]) -> dict[str, Any]:
    return {name: list(rate) for name, rate in rates.items() if rate is not None}
