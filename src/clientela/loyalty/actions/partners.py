"""Partners: made and changed, the codes they gave us, and what they are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Max

from clientela.loyalty.models import Partner, PartnerMessage, TravelOrder, Voucher
from clientela.platform import money, sql, text
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http import outgoing
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

KEY_LENGTH_MAX = 60
NAME_LENGTH_MAX = 120
CODE_LENGTH_MAX = 60
CODES_AT_ONCE = 10_000
RATE_MAX = 10**9
LANGUAGES = ("en", "es", "lv")
HOURS_MAX = 30 * 24
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 720))
FAULT_LENGTH_MAX = 200


class NoSuchPartner(NotThere):
    code = "no-such-partner"
    title = "There is no such partner"


class VouchersGivenOut(Problem):
    code = "vouchers-given-out"
    status = 409
    title = "The partner's codes are all given out"


@dataclass(frozen=True, slots=True)
class PartnerValues:
    """A partner as a door understood it. `earn`, `burn`: (points, minor units) of settlement."""

    key: str
    name: str
    fulfilment: str = Partner.Fulfilment.DESK
    address: str = ""
    reply_hours: int = 48
    earn: tuple[int, int] | None = None
    burn: tuple[int, int] | None = None
    money_code: str = ""
    language: str = ""


@needs_transaction
def save(
    values: PartnerValues, *, actor: Actor, now: datetime, is_demo: bool = False
) -> tuple[Partner, str]:
    """A partner by its key: `new`, `changed` or `unchanged`. Its account is its own for ever."""
    _check(values)
    sql.execute("SELECT pg_advisory_xact_lock(hashtext('loyalty partners'))")
    known = Partner.objects.filter(key=values.key).first()
    partner = known or Partner(
        key=values.key, number=(Partner.objects.aggregate(most=Max("number"))["most"] or 0) + 1,
        made_at=now, made_by=actor.id, is_demo=is_demo,
    )  # fmt: skip
    columns = _columns(values)
    if known and all(getattr(known, name) == value for name, value in columns.items()):
        return known, "unchanged"
    for name, value in columns.items():
        setattr(partner, name, value)
    partner.save()
    return partner, "changed" if known else "new"


@needs_transaction
def retire(partner: Partner, *, now: datetime | None) -> None:
    """Nothing new is ordered from it; None: again."""
    Partner.objects.filter(id=partner.id).update(retired_at=now)


@needs_transaction
def rotate_secret(partner: Partner) -> Partner:
    """The next secret is another; the old one is worth nothing from now on."""
    Partner.objects.filter(id=partner.id).update(generation=F("generation") + 1)
    return Partner.objects.get(id=partner.id)


def named(words: str, *, actor: Actor, now: datetime, is_demo: bool = False) -> Partner:
    """The partner that a reward names by key or by name; one nobody knows is asked by our desk."""
    known = Partner.objects.filter(key=words).first() or Partner.objects.filter(name=words).first()
    if known is not None:
        return known
    key = "-".join(text.words(words))[:KEY_LENGTH_MAX] or "partner"
    values = PartnerValues(key, words[:NAME_LENGTH_MAX])
    return save(values, actor=actor, now=now, is_demo=is_demo)[0]


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of each code: new, or known already; by its place."""

    new: int
    known: int


@needs_transaction
def bring(
    partner: Partner, codes: Sequence[str], *, good_until_on: date | None, actor: Actor,
    now: datetime,
) -> Brought:  # fmt: skip
    """Take codes in; those that are here already stay as they are."""
    if len(codes) > CODES_AT_ONCE:
        raise InvalidInput(f"At most {CODES_AT_ONCE:,} codes at once.", field="codes")
    wanted: dict[str, str] = {}
    for place, one in enumerate(codes):
        shown = text.clean(one)
        norm = shown.replace(" ", "").upper()
        if not norm or len(shown) > CODE_LENGTH_MAX:
            raise InvalidInput(
                f"A code has 1 to {CODE_LENGTH_MAX} signs.", field=f"codes.{place}"
            )  # fmt: skip
        wanted.setdefault(norm, shown)
    there = set(
        Voucher.objects.filter(partner=partner, number_norm__in=list(wanted)).values_list(
            "number_norm", flat=True
        )
    )
    Voucher.objects.bulk_create(
        [Voucher(partner=partner, number=shown, number_norm=norm, good_until_on=good_until_on,
                 brought_at=now, brought_by=actor.id)
         for norm, shown in wanted.items() if norm not in there],
        ignore_conflicts=True,
    )  # fmt: skip
    new = len(wanted) - len(there)
    return Brought(new, len(codes) - new)


@needs_transaction
def take_voucher(partner: Partner, *, order_id: UUID, travels_on: date) -> str:
    """The oldest code that is good on that day; VouchersGivenOut."""
    free = Voucher.objects.select_for_update(skip_locked=True).filter(
        partner=partner, order_id=None
    )
    good = free.filter(good_until_on__gte=travels_on) | free.filter(good_until_on=None)
    found = good.order_by("id").first()
    if found is None:
        raise VouchersGivenOut(f"{partner.name} has to send more.", field="reward")
    Voucher.objects.filter(id=found.id).update(order_id=order_id)
    return found.number


@needs_transaction
def write(
    order: TravelOrder, kind: PartnerMessage.Kind, *, partner: Partner, now: datetime
) -> PartnerMessage:
    """Something to be told to a partner, as soon as this transaction stands."""
    return PartnerMessage.objects.create(
        customer_id=order.customer_id, partner=partner, travel_order_id=order.id, kind=kind,
        written_at=now, next_try_at=now,
    )  # fmt: skip


@needs_transaction
def take_up(message_id: UUID, *, now: datetime) -> PartnerMessage | None:
    """Count a try and set the time of the next; None: it does not wait, or not yet."""
    message = (
        PartnerMessage.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("partner")
        .filter(id=message_id, state=PartnerMessage.State.WAITING, next_try_at__lte=now)
        .first()
    )
    if message is None:
        return None
    message.tries += 1
    message.next_try_at = now + WAITS[min(message.tries, len(WAITS)) - 1]
    PartnerMessage.objects.filter(id=message.id).update(
        tries=message.tries, next_try_at=message.next_try_at
    )
    return message


@needs_transaction
def note(
    message: PartnerMessage, *, status: int | None, fault: str, now: datetime, over: bool = False
) -> PartnerMessage.State:
    """What came of a try; after the last one, or when it is over, nobody tries any more."""
    state = PartnerMessage.State
    ended = state.FAILED if over else state.WAITING
    if status is not None and 200 <= status < 300:
        ended = state.ACCEPTED
    elif message.tries > len(WAITS):
        ended = state.FAILED
    waits = ended == state.WAITING
    PartnerMessage.objects.filter(id=message.id).update(
        state=ended, status=status, fault=fault[:FAULT_LENGTH_MAX],
        next_try_at=message.next_try_at if waits else None, ended_at=None if waits else now,
    )  # fmt: skip
    return ended


def _columns(values: PartnerValues) -> dict[str, object]:
    earn, burn = values.earn or (None, None), values.burn or (None, None)
    return {
        "name": text.clean(values.name), "fulfilment": values.fulfilment,
        "address": values.address if values.fulfilment == Partner.Fulfilment.WEBHOOK else "",
        "reply_hours": values.reply_hours, "earn_points": earn[0], "earn_minor": earn[1],
        "burn_points": burn[0], "burn_minor": burn[1], "money_code": values.money_code,
        "language": values.language,
    }  # fmt: skip


def _check(values: PartnerValues) -> None:
    if not values.key or len(values.key) > KEY_LENGTH_MAX:
        raise InvalidInput("A partner needs a key of letters, digits and hyphens.", field="key")
    if not 0 < len(text.clean(values.name)) <= NAME_LENGTH_MAX:
        raise InvalidInput("Name the partner.", field="name")
    if values.fulfilment not in Partner.Fulfilment.values:
        raise InvalidInput("Choose desk, pool or webhook.", field="fulfilment")
    if values.fulfilment == Partner.Fulfilment.WEBHOOK:
        outgoing.checked(values.address)
    if not 0 < values.reply_hours <= HOURS_MAX:
        raise InvalidInput(f"Use a whole number from 1 to {HOURS_MAX}.", field="reply_hours")
    for name in ("earn", "burn"):
        for figure in getattr(values, name) or ():
            if not 0 < figure <= RATE_MAX:
                raise InvalidInput(f"Use whole numbers from 1 to {RATE_MAX}.", field=name)
    _check_settlement(values)


def _check_settlement(values: PartnerValues) -> None:
    if values.language and values.language not in LANGUAGES:
        raise InvalidInput("Use en, es or lv.", field="language")
    if (values.earn or values.burn) and values.money_code not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="money_code")
