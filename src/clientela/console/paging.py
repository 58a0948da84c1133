"""Pages by key: the address holds where a page begins and the beginnings of those before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TRAIL_MAX = 20
KEY_LENGTH_MAX = 60


@dataclass(frozen=True, slots=True)
class Pages:
    """`before`: the key of the last row of the page above, nothing on the first page."""

    request: HouseRequest
    before: str
    trail: tuple[str, ...]

    @classmethod
    def of(cls, request: HouseRequest) -> Pages:
        before = request.GET.get("before", "")
        if len(before) > KEY_LENGTH_MAX:
            raise NotThere
        trail = tuple(key for key in request.GET.get("trail", "").split(".") if key)
        return cls(request, before, trail[-TRAIL_MAX:])

    def links(self, following: str | None) -> dict[str, str]:
        """Addresses of the pages on both sides, where there are any."""
        found = {}
        if self.before:
            found["newer"] = self._address(self.trail[-1] if self.trail else "", self.trail[:-1])
        if following:
            trail = (*self.trail, self.before) if self.before else self.trail
            found["older"] = self._address(following, trail)
        return found

    def number(self) -> int | None:
        """The key, where it is a plain number."""
        if not self.before:
            return None
        return read_number(self.before)

    def moment(self) -> tuple[datetime, int] | None:
        """The key, where it is an instant and a number."""
        if not self.before:
            return None
        micros, number = _halves(self.before)
        return instant(read_number(micros)), read_number(number)

    def moment_of_record(self) -> tuple[datetime, UUID] | None:
        """The key, where it is an instant and a record's id."""
        if not self.before:
            return None
        micros, record = _halves(self.before)
        try:
            return instant(read_number(micros)), UUID(hex=record)
        except ValueError:
            raise NotThere from None

    def record(self) -> UUID | None:
        """The key, where it is a record's id."""
        if not self.before:
            return None
        try:
            return UUID(hex=self.before)
        except ValueError:
            raise NotThere from None

    def _address(self, before: str, trail: tuple[str, ...]) -> str:
        query = self.request.GET.copy()
        for name, value in (("before", before), ("trail", ".".join(trail[-TRAIL_MAX:]))):
            query.pop(name, None)
            if value:
                query[name] = value
        written = query.urlencode()
        return f"{self.request.path}?{written}" if written else self.request.path


def key_of(moment: datetime, record: UUID | int) -> str:
    """The key of a row by when it was and what it is."""
    micros = (moment - EPOCH) // timedelta(microseconds=1)
    return f"{micros}-{record.hex if isinstance(record, UUID) else record}"


def instant(micros: int) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        raise NotThere from None


def read_number(text: str) -> int:
    if not text.removeprefix("-").isdecimal() or len(text) > 18:
        raise NotThere
    return int(text)


def _halves(key: str) -> tuple[str, str]:
    first, mark, second = key.rpartition("-")
    if not mark:
        raise NotThere
    return first, second
