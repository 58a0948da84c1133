"""A telephone system reports a call: written down, matched, shown to those it rings for.

Reports come in any order and more than once. The call's row is locked by whichever comes first, so
each is taken once. The consoles are told after the commit, by ids alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.calls import queries as reads
from clientela.calls.actions import calls, conversations
from clientela.calls.actions.calls import Noted, Report
from clientela.calls.models import Call, Line
from clientela.calls.rules import Direction, News, Took
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import follow_call, match_caller
from clientela.flows.match_caller import Matched, Number
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.staff import queries as staff

log = logging.getLogger("clientela.calls")
SERVES = "calls.serve"
NAMES_MAX = 200


class LineOff(Problem):
    code = "line-off"
    status = 422
    title = "This telephone line is switched off"


@dataclass(frozen=True, slots=True)
class Told:
    """What a telephone system says. `rung` and `answered_by` are names it has for our people:
    extensions, e-mail addresses or ids.
    """

    reference: str
    news: News
    direction: Direction
    from_number: str
    to_number: str
    rung: Sequence[str] = ()
    answered_by: str = ""
    queue: str = ""
    cause: str = ""

    @property
    def theirs(self) -> str:
        return self.from_number if self.direction is Direction.IN else self.to_number

    @property
    def ours(self) -> str:
        return self.to_number if self.direction is Direction.IN else self.from_number


def actor_of(line: Line) -> Actor:
    """The telephone system of a line acts for itself."""
    return Actor(id=line.public_id, name=line.name)


@transactions.retried
def receive_call(line: Line, told: Told, *, now: datetime, request: str = "") -> Call:
    """The call as it stands after the report. LineOff when the line is switched off."""
    if line.closed_at is not None:
        raise LineOff(f"Switch the line {line.name} on first.", error="the line is switched off")
    actor = actor_of(line)
    with transactions.open():
        number = match_caller.understood(told.theirs, line=line)
        noted = calls.note(_report(told, number), line=line, now=now)
        if noted.took is None or noted.took is Took.IGNORED:
            log.info("a %s came %s", told.news, "again" if noted.took is None else "too late")
            return noted.call
        found = match_caller.matched(number)
        _ring(noted, told, found)
        _name(noted.call, found, actor=actor, now=now)
        if told.news is News.ANSWERED:
            _answer(noted.call, told, found, now=now)
        events.emit(_happened(noted, told, found), actor=actor, now=now, request=request)
        follow_call.follow(noted.call, told.news, actor=actor, now=now, request=request)
    return noted.call


def _report(told: Told, number: Number) -> Report:
    named = {"user": list(told.rung)[:NAMES_MAX], "answeringNumber": told.answered_by}
    return Report(
        reference=told.reference, news=told.news, direction=told.direction, number=number.e164,
        number_shown=told.theirs, our_number_shown=told.ours, extension=number.extension,
        queue=told.queue or told.ours, cause=told.cause,
        data={name: value for name, value in named.items() if value},
    )  # fmt: skip


def _ring(noted: Noted, told: Told, found: Matched) -> None:
    """Whose consoles show it: those named, else the people of the line, else all who serve."""
    call = noted.call
    if not call.rung and not call.is_over:
        call.rung = _rung(call, told)
    calls.ring(call, people=call.rung, match=found.kind)


def _rung(call: Call, told: Told) -> list[UUID]:
    named = staff.people_known_as(told.rung, extensions=reads.people_called(told.rung))
    if named or told.direction is Direction.OUT or told.news is not News.RINGS:
        return named
    return list(call.line.people) or staff.people_with(SERVES)


def _name(call: Call, found: Matched, *, actor: Actor, now: datetime) -> None:
    """The only customer with the number is whose call it is, also where a conversation waits."""
    if found.one is None:
        return
    calls.name_customer(call, customer_id=found.one, actor=actor, now=now)
    if call.conversation_id is not None:
        conversation = conversations.locked(call.conversation_id)
        if conversation.customer_id is None and conversation.ended_at is None:
            conversations.name(conversation, customer_id=found.one, now=now)


def _answer(call: Call, told: Told, found: Matched, *, now: datetime) -> None:
    """Who talks, and their conversation; nobody known answers where no name is understood."""
    person_id = _answering(call, told)
    if person_id is None or not calls.give_to(call, person_id=person_id, now=now):
        return
    conversations.begin(person_id=person_id, customer_id=found.one, call=call, now=now)


def _answering(call: Call, told: Told) -> UUID | None:
    names = [name for name in (told.answered_by, *told.rung) if name]
    known = reads.people_called(names)
    answered = staff.people_known_as([told.answered_by], extensions=known)
    others = staff.people_known_as(told.rung, extensions=known) or call.rung
    if answered:
        return answered[0]
    return others[0] if len(others) == 1 else None


def _happened(noted: Noted, told: Told, found: Matched) -> Iterable[Happening]:
    call = noted.call
    if noted.is_new:
        yield _happening("call.started", call, call.started_at, found, match=found.kind)
    if noted.took is not Took.TAKEN:
        return
    if told.news is News.ANSWERED and call.answered_at is not None:
        yield _happening("call.answered", call, call.answered_at, found)
        if call.conversation_id is not None:
            yield follow_call.conversation_started(
                call.conversation_id, customer_id=found.one, call=call, now=call.answered_at
            )
    if told.news is News.OVER and call.ended_at is not None:
        name = "call.missed" if call.state == Call.State.MISSED else "call.ended"
        yield _happening(name, call, call.ended_at, found, seconds=call.seconds, cause=call.cause)


def _happening(
    name: str, call: Call, moment: datetime, found: Matched, **more: str | int
) -> Happening:
    data = {"direction": call.direction, "line": call.line.public_id, **more}
    return Happening(name, moment, found.one, call.public_id, data)
