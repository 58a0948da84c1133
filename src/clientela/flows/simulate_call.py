"""A made-up telephone rings: the reports a telephone system would send, through the same flow."""

from __future__ import annotations

from datetime import datetime

from clientela.calls import queries
from clientela.calls.actions.lines import NoSuchLine
from clientela.calls.models import Call, Line
from clientela.calls.rules import Direction, News
from clientela.flows.receive_call import Told, receive_call
from clientela.platform import ids


def ring(
    number: str, *, line: Line | None = None, now: datetime, rung: tuple[str, ...] = ()
) -> Call:
    """Somebody calls from this number (`anonymous`: hidden) and waits."""
    found = line or queries.first_open_line()
    if found is None:
        raise NoSuchLine("Add a line first: clientela calls line add NAME.")
    reference = f"simulated-{ids.uuid7().hex}"
    told = Told(reference, News.RINGS, Direction.IN, number, found.number or found.name, rung)
    return receive_call(found, told, now=now)


def answer(call: Call, *, person: str, now: datetime) -> Call:
    """Somebody of ours takes it, named by e-mail address, extension or id."""
    return receive_call(call.line, _told(call, News.ANSWERED, answered_by=person), now=now)


def hang_up(call: Call, *, now: datetime, cause: str = "normalClearing") -> Call:
    return receive_call(call.line, _told(call, News.OVER, cause=cause), now=now)


def _told(call: Call, news: News, *, answered_by: str = "", cause: str = "") -> Told:
    theirs, ours = call.number_shown, call.our_number_shown
    return Told(
        call.reference, news, Direction.IN, theirs, ours, answered_by=answered_by, cause=cause
    )
