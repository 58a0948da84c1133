"""Lines, their tokens, and what the telephone system calls our people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.calls import tokens
from clientela.calls.models import Extension, Line, LineToken
from clientela.platform import countries, text
from clientela.platform.errors import InvalidInput, NotThere
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

TOKENS_MAX = 2
EXTENSIONS_MAX = 500
NAME_LENGTH_MAX = 100


class NoSuchLine(NotThere):
    code = "no-such-telephone-line"
    title = "There is no such telephone line"


class LineNameTaken(InvalidInput):
    code = "line-name-taken"
    title = "Another line has this name"


@dataclass(frozen=True, slots=True)
class Opened:
    """`token` is shown once and never again."""

    line: Line
    token: str


@needs_transaction
def open_line(
    *, name: str, number: str = "", region: str = "", language: str = "",
    people: Iterable[UUID] = (), actor: Actor, now: datetime, is_demo: bool = False,
) -> Opened:  # fmt: skip
    """A new line with its first token. `number` in E.164."""
    if not (cleaned := text.clean(name)[:NAME_LENGTH_MAX]):
        raise InvalidInput("Give the line a name.", field="name")
    if region and region not in countries.COUNTRIES:
        raise InvalidInput("Use a country code of two letters, such as LV.", field="region")
    with refusing(calls_line_name_key=LineNameTaken):
        if Line.objects.filter(name=cleaned).exists():
            raise LineNameTaken("Give the line a name of its own.", field="name")
        line = Line.objects.create(
            name=cleaned, number=number, region=region, language=language,
            people=list(dict.fromkeys(people)), opened_at=now, is_demo=is_demo,
        )  # fmt: skip
    return Opened(line, _new_token(line, actor=actor, now=now))


@needs_transaction
def rotate(*, line_id: UUID, actor: Actor, now: datetime) -> Opened:
    """Another token; the one before it works on until the next rotation, older ones end."""
    line = _locked(line_id)
    working = LineToken.objects.filter(line=line, ended_at=None).order_by("-made_at", "digest")
    kept = list(working.values_list("digest", flat=True)[: TOKENS_MAX - 1])
    LineToken.objects.filter(line=line, ended_at=None).exclude(digest__in=kept).update(ended_at=now)
    return Opened(line, _new_token(line, actor=actor, now=now))


@needs_transaction
def end_old_token(*, line_id: UUID, now: datetime) -> Line:
    """The rotation is over: only the newest token works."""
    line = _locked(line_id)
    newest = LineToken.objects.filter(line=line).order_by("-made_at", "digest").first()
    others = LineToken.objects.filter(line=line, ended_at=None)
    if newest is not None:
        others = others.exclude(digest=newest.digest)
    others.update(ended_at=now)
    return line


@needs_transaction
def switch(*, line_id: UUID, on: bool, now: datetime) -> Line:
    """A line that is off refuses what its telephone system reports."""
    line = _locked(line_id)
    Line.objects.filter(id=line.id, closed_at__isnull=not on).update(closed_at=None if on else now)
    line.refresh_from_db()
    return line


@needs_transaction
def staff_line(*, line_id: UUID, people: Iterable[UUID]) -> Line:
    """Exactly these people are rung by the line where the telephone system names nobody."""
    line = _locked(line_id)
    Line.objects.filter(id=line.id).update(people=list(dict.fromkeys(people)))
    line.refresh_from_db()
    return line


@needs_transaction
def name_extensions(named: Mapping[str, UUID], *, is_demo: bool = False) -> None:
    """What the telephone system calls each person; a name means one person, the last one said."""
    if len(named) > EXTENSIONS_MAX:
        raise InvalidInput(f"At most {EXTENSIONS_MAX} extensions at once.", field="extension")
    for name, person_id in named.items():
        if not (cleaned := text.clean(name)[:NAME_LENGTH_MAX]):
            raise InvalidInput("Give the extension.", field="extension")
        Extension.objects.update_or_create(
            name=cleaned.casefold(), defaults={"person_id": person_id},
            create_defaults={"person_id": person_id, "is_demo": is_demo},
        )  # fmt: skip


@needs_transaction
def forget_extension(name: str) -> None:
    Extension.objects.filter(name=name.casefold()).delete()


def _new_token(line: Line, *, actor: Actor, now: datetime) -> str:
    token = tokens.new()
    LineToken.objects.create(
        digest=tokens.digest(token), line=line, shown=tokens.shown(token), made_by=actor.id,
        made_at=now,
    )  # fmt: skip
    return token


def _locked(line_id: UUID) -> Line:
    line = Line.objects.select_for_update().filter(id=line_id).first()
    if line is None:
        raise NoSuchLine
    return line
