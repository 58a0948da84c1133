"""The demo company's telephone: a line and its last month of calls in every state, one going on.
Played through the flows of real calls, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from clientela.calls import queries
from clientela.calls.actions import lines
from clientela.calls.models import Call, Line
from clientela.calls.rules import Direction, News
from clientela.flows import converse
from clientela.flows.demo.mark import DEMO
from clientela.flows.receive_call import Told, receive_call
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.staff import queries as staff

LINE, NUMBER = "Ziemeļu Nams", "+37164100000"
EXTENSIONS = {"200": "administrator@demo.example", "201": "agent@demo.example"}
AGENT = "201"
ANNA, CARLOS, EMMA, MEZROZES = "+37126124408", "+34612345670", "+37125667788", "+37128334455"
OZOLS, UNKNOWN, HIDDEN = "+37129223344", "+37126999999", "anonymous"
IN, OUT = Direction.IN, Direction.OUT


@dataclass(frozen=True, slots=True)
class Heard:
    """One call of the story: when before now, how long it rang and was talked, and what of it."""

    ago: timedelta
    number: str
    rang: int = 12
    talked: int = 0
    note: str = ""
    outcome: str = "done"
    direction: Direction = IN
    cause: str = "normalClearing"


def _days(days: int, hours: float = 0) -> timedelta:
    return timedelta(days=days, hours=hours)


STORY = (
    Heard(_days(29, 3), ANNA, 9, 214, "Jautāja par ledusskapja garantiju."),
    Heard(_days(26, 5), CARLOS, 21, 402, "Preguntó por la cuota de la hipoteca."),
    Heard(_days(22, 2), EMMA, 14, 131, "Asked for her contract in English."),
    Heard(_days(19, 4), MEZROZES, 7, 640, "Grib piedāvājumu trim jauniem darbiniekiem.", "to_do"),
    Heard(_days(17, 1), OZOLS, 25, 96, "", "done"),
    Heard(_days(12, 6), ANNA, 30, 0, cause="cancel"),
    Heard(_days(12, 5), ANNA, 8, 355, "Atzvanīju: tehniķis sarunāts.", direction=OUT),
    Heard(_days(9, 3), HIDDEN, 40, 0, cause="noAnswer"),
    Heard(_days(8, 2), UNKNOWN, 11, 75, "", "done"),
    Heard(_days(6, 4), CARLOS, 18, 287, "Quiere pasar por la oficina el viernes."),
    Heard(_days(4, 2), EMMA, 5, 0, cause="forwarded"),
    Heard(_days(2, 3), ANNA, 10, 190, "Janvārī pārvācas uz Valmieru."),
    Heard(_days(1, 2), UNKNOWN, 33, 0, cause="noAnswer"),
    Heard(_days(0, 0.9), EMMA, 28, 0, cause="cancel"),
    Heard(_days(0, 0.5), OZOLS, 35, 0, cause="noAnswer"),
)


def ring(*, now: datetime) -> None:
    """The line and its calls; those that are there already stay as they are."""
    line = _line(now=now)
    person = staff.person_by_email(EXTENSIONS[AGENT])
    if person is None:
        return
    for place, one in enumerate(STORY):
        _play(line, one, f"demo-{place}", agent=person.as_actor(), now=now)
    _going_on(line, now=now)


def _line(*, now: datetime) -> Line:
    known = queries.line_named(LINE)
    if known is not None:
        return known
    people = {name: staff.person_by_email(mail) for name, mail in EXTENSIONS.items()}
    with transactions.open():
        opened = lines.open_line(
            name=LINE, number=NUMBER, region="LV", actor=DEMO, now=now - _days(30), is_demo=True
        )
        named = {name: one.id for name, one in people.items() if one is not None}
        lines.name_extensions(named, is_demo=True)
    return opened.line


def _play(line: Line, one: Heard, reference: str, *, agent: Actor, now: datetime) -> None:
    began = now - one.ago
    answered = began + timedelta(seconds=one.rang)
    over = answered + timedelta(seconds=one.talked)
    call = receive_call(line, _told(one, reference, News.RINGS), now=began)
    if one.talked:
        call = receive_call(line, _told(one, reference, News.ANSWERED), now=answered)
    call = receive_call(line, _told(one, reference, News.OVER), now=over)
    if call.conversation_id is None:
        return
    if one.note:
        converse.note(call.conversation_id, text=one.note, actor=agent, now=over)
    converse.end(
        call.conversation_id, outcome=one.outcome, actor=agent, now=over + timedelta(seconds=20)
    )


def _going_on(line: Line, *, now: datetime) -> Call:
    """Anna is on the line while the demo is looked at."""
    one = Heard(timedelta(), ANNA)
    receive_call(line, _told(one, "demo-now", News.RINGS), now=now - timedelta(seconds=60))
    return receive_call(
        line, _told(one, "demo-now", News.ANSWERED), now=now - timedelta(seconds=42)
    )


def _told(one: Heard, reference: str, news: News) -> Told:
    theirs, ours = one.number, NUMBER
    from_number, to_number = (theirs, ours) if one.direction is IN else (ours, theirs)
    return Told(
        reference, news, one.direction, from_number, to_number, rung=(AGENT,),
        answered_by=AGENT if news is News.ANSWERED else "",
        cause=one.cause if news is News.OVER else "",
    )  # fmt: skip


def to_try() -> Iterator[tuple[str, str]]:
    """Numbers for the made-up telephone: what each shows, and the number."""
    yield from (
        ("one", ANNA), ("one", CARLOS), ("one", EMMA), ("one", MEZROZES), ("many", OZOLS),
        ("maybe", "+37166124408"), ("none", UNKNOWN), ("hidden", HIDDEN),
    )  # fmt: skip
