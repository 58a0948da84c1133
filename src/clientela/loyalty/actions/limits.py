"""What bounds earning: caps with their counters, and pauses of single customers.

`within` stands between computing and booking; what it cut is in the award's steps and refusals.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clientela.loyalty.actions import promotions
from clientela.loyalty.actions.accounts import lock_accounts
from clientela.loyalty.actions.promotions import Attributes
from clientela.loyalty.models import Cap as CapRow
from clientela.loyalty.models import Currency, EarningPause, Rule
from clientela.loyalty.queries import limits as queries
from clientela.loyalty.queries.ledger import Scheme
from clientela.loyalty.rules import limits as rules
from clientela.loyalty.rules import waiting
from clientela.loyalty.rules.awards import Award
from clientela.loyalty.rules.limits import Cap, Period
from clientela.platform import ids, periods, sql, text
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

MOST_MAX = 10**12
CAUSE_LENGTH_MAX = 500
Key = tuple[UUID, int, date]  # customer, cap, first day of the period


class AlreadyPaused(Problem):
    code = "already-paused"
    status = 409
    title = "Earning is paused for this customer already"


class PauseHasEnded(Problem):
    code = "pause-has-ended"
    status = 409
    title = "This pause has ended already"


class CapHasEnded(Problem):
    code = "cap-has-ended"
    status = 409
    title = "This cap has ended already"


@needs_transaction
def within(
    awards: Sequence[Award], *, scheme: Scheme, now: datetime, attributes: Attributes
) -> list[Award]:
    """The awards as far as caps, budgets of promotions and pauses let them; in their order, also
    those left with nothing. `attributes`: where something was earned, by place and channel.

    Accounts are locked here, then counters and budgets in order of their id. What happened first
    uses first.
    """
    paused = queries.paused({award.customer_id for award in awards})
    open_ = [
        rules.nothing_of(award, reason="paused")
        if (pause := paused.get(award.customer_id)) and pause.drops else award
        for award in awards
    ]  # fmt: skip
    open_ = bounded(open_, scheme=scheme, now=now, attributes=attributes)
    return [
        waiting.withheld(award, pause.id, zone=scheme.zone, otherwise=scheme.waits)
        if (pause := paused.get(award.customer_id)) and award.points else award
        for award in open_
    ]  # fmt: skip


@needs_transaction
def bounded(
    awards: Sequence[Award], *, scheme: Scheme, now: datetime, attributes: Attributes
) -> list[Award]:
    """The awards as far as caps and budgets let them, whoever is paused."""
    caps = queries.caps(scheme.currency_id, now=now)
    if caps and any(award.points for award in awards):
        awards = _capped(awards, caps, scheme=scheme, now=now)
    return promotions.within_budgets(awards, scheme=scheme, attributes=attributes)


def _capped(
    awards: Sequence[Award], caps: Sequence[Cap], *, scheme: Scheme, now: datetime
) -> list[Award]:
    balances = _locked_balances({award.customer_id for award in awards}, scheme=scheme, now=now)
    counters = _Counters(awards, caps, scheme, now=now)
    done = list(awards)
    for place in sorted(range(len(awards)), key=lambda at: (awards[at].occurred_at, at)):
        award = awards[place]

        def used(cap: Cap, award: Award = award) -> int:
            if cap.period is Period.BALANCE:
                return balances[award.customer_id]
            return counters.used(award, cap) if cap.counts else 0

        done[place], uses = rules.capped(award, caps, used)
        counters.use(award, uses)
        balances[award.customer_id] += done[place].points
    counters.write()
    return done


class _Counters:
    """Counters of a batch, opened and locked; what is used of them is written once."""

    def __init__(
        self, awards: Sequence[Award], caps: Sequence[Cap], scheme: Scheme, *, now: datetime
    ) -> None:
        self._days = {
            award.occurred_at: periods.day_of(award.occurred_at, scheme.zone) for award in awards
        }
        most = {cap.id: cap.most for cap in caps}
        keys = list(dict.fromkeys(
            self._key(award, cap) for award in awards for cap in caps
            if cap.counts and rules.share_of(award, cap) > 0
        ))  # fmt: skip
        self._ids: dict[Key, int] = {}
        self._used: defaultdict[Key, int] = defaultdict(int)
        self._more: Counter[int] = Counter()
        if keys:
            self._lock(keys, most, now=now)

    def _key(self, award: Award, cap: Cap) -> Key:
        return award.customer_id, cap.id, cap.starts_on(self._days[award.occurred_at])

    def _lock(self, keys: Sequence[Key], most: dict[int, int], *, now: datetime) -> None:
        columns = sql.columns(keys, ("customer_id", "cap_id", "starts_on"))
        sql.statement("loyalty", "open_limits").run(
            size=len(keys), most=[most[cap] for _, cap, _ in keys], now=now, **columns
        )
        rows = sql.statement("loyalty", "lock_limits").rows(size=len(keys), **columns)
        for customer, cap, starts_on, id, used, of_aliases in rows:
            self._ids[customer, cap, starts_on] = id
            self._used[customer, cap, starts_on] = used + of_aliases

    def used(self, award: Award, cap: Cap) -> int:
        return self._used[self._key(award, cap)]

    def use(self, award: Award, uses: Iterable[tuple[Cap, int]]) -> None:
        for cap, more in uses:
            if cap.counts:
                key = self._key(award, cap)
                self._used[key] += more
                self._more[self._ids[key]] += more

    def write(self) -> None:
        if self._more:
            sql.statement("loyalty", "move_limits").run(
                size=len(self._more), id=list(self._more), more=list(self._more.values())
            )


def _locked_balances(customers: set[UUID], *, scheme: Scheme, now: datetime) -> Counter[UUID]:
    """What customers have, waiting or not, on accounts that stay locked."""
    lock_accounts(customers, scheme=scheme, now=now)
    rows = sql.execute(
        "SELECT customer_id, sum(posted)::bigint FROM loyalty_account"
        " WHERE customer_id = ANY (%s::uuid[]) AND currency_id = %s GROUP BY customer_id",
        [ids.as_array(sorted(customers)), scheme.currency_id],
    )
    return Counter(dict(rows.fetchall()))


@needs_transaction
def free(*, customer_ids: Sequence[UUID], postings: Sequence[int]) -> None:
    """The room of what these postings took back returns to its counters and budgets (rule 35)."""
    promotions.free_budgets(customer_ids=customer_ids, postings=postings)
    if postings:
        sql.statement("loyalty", "recount_limits").run(
            customers=list(customer_ids), postings=list(postings)
        )


@needs_transaction
def set_cap(
    *, currency: Currency, rule: Rule | None, period: str, most: int, unit: str = "points",
    mode: str = "trim", actor: Actor, now: datetime,
) -> CapRow:  # fmt: skip
    """A cap from now on; the same one again is the one there is."""
    values: dict[str, Any] = {
        "currency": currency, "rule": rule, "period": _one_of(CapRow.Period, period, "period"),
        "unit": _one_of(CapRow.Unit, unit, "unit"), "most": _most(most),
        "mode": _one_of(CapRow.Mode, mode, "mode"),
    }  # fmt: skip
    if unit == CapRow.Unit.TIMES and period in ("purchase", "balance"):
        raise InvalidInput("Times are counted in a day, week, month, year or ever.", field="unit")
    known = CapRow.objects.filter(**values, ended_at=None).first()
    return known or CapRow.objects.create(**values, made_at=now, made_by=actor.id)


@needs_transaction
def end_cap(cap_id: int, *, actor: Actor, now: datetime) -> CapRow:
    """What was earned under it stays counted; nothing is cut by it any more."""
    found = queries.cap(cap_id)
    if not CapRow.objects.filter(id=cap_id, ended_at=None).update(ended_at=now, ended_by=actor.id):
        raise CapHasEnded
    found.refresh_from_db()
    return found


@needs_transaction
def pause(
    customer_id: UUID, *, mode: str, cause: str, actor: Actor, now: datetime
) -> EarningPause:  # fmt: skip
    """Earning stops; what comes meanwhile is withheld until the end, or dropped."""
    words = text.clean(cause)[:CAUSE_LENGTH_MAX]
    if not words:
        raise InvalidInput("Say why earning is paused.", field="cause")
    with refusing(one_open_pause=AlreadyPaused):
        return EarningPause.objects.create(
            customer_id=customer_id, mode=_one_of(EarningPause.Mode, mode, "mode"), cause=words,
            starts_at=now, made_by=actor.id,
        )  # fmt: skip


@needs_transaction
def end_pause(found: EarningPause, *, actor: Actor, now: datetime) -> EarningPause:
    rows = EarningPause.objects.filter(
        id=found.id, customer_id=found.customer_id, ended_at=None
    )  # fmt: skip
    if not rows.update(ended_at=now, ended_by=actor.id):
        raise PauseHasEnded
    found.refresh_from_db()
    return found


def _one_of(choices: Any, value: str, field: str) -> str:
    if value not in choices.values:
        raise InvalidInput(f"Use one of {', '.join(choices.values)}.", field=field)
    return value


def _most(most: int) -> int:
    if isinstance(most, bool) or not 0 < most <= MOST_MAX:
        raise InvalidInput("A cap allows at least 1.", field="most")
    return most
