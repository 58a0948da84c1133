"""A file of customers through the import, beside COPY and merge of ready rows."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count

from bench import data, measure
from bench.data import Database
from bench.measure import Figure, Reading
from bench.place import Place
from clientela.customers import queries, rules
from clientela.flows import import_file
from clientela.platform import ids, text
from clientela.platform.http.actors import SYSTEM

ROWS_MAX = 100_000
HEADER = "customer,name,phone,email,language,country,birth_date\n"
FIRST = ("Anna", "Jānis", "Pēteris", "Ilze", "Mārtiņš", "Lucía", "José", "Zane", "Edgars", "Inese")
START = (
    "Kal",
    "Bēr",
    "Oz",
    "Lie",
    "Krū",
    "Ibá",
    "Gar",
    "Vī",
    "Ābe",
    "Zva",
    "Mez",
    "Rud",
    "Sil",
    "Tau",
)
MIDDLE = (
    "",
    "ni",
    "zi",
    "cen",
    "mi",
    "to",
    "lo",
    "dru",
    "va",
    "ber",
    "gai",
    "pu",
    "ste",
    "ñe",
    "rré",
)
END = (
    "ņa",
    "ņš",
    "ols",
    "pa",
    "ez",
    "cía",
    "la",
    "le",
    "tis",
    "ne",
    "kovs",
    "manis",
    "sone",
    "vska",
)
_fresh = count(1)


def measured(place: Place) -> Iterator[Figure]:
    with data.connected(place.dsn) as db:
        yield measure.in_turns(
            "import-customers",
            product=lambda: _reading(place, _importing(place, rows_of(_count(place)))),
            ceiling=lambda: _reading(place, _writing(place, db, rows_of(_count(place)))),
            unit="customers/s", size=place.size, pairs=place.pairs,
            detail={"better": "higher", "rows": _count(place)},
        )  # fmt: skip


Row = tuple[str, str, str, str, str]


def rows_of(many: int) -> list[Row]:
    """Customers nobody knows yet: id, name, phone, e-mail, day of birth."""
    stamp = f"{os.getpid()}-{next(_fresh)}"
    return [
        (
            f"{stamp}-{number}", f"{random.choice(FIRST)} {_family_name()}",
            f"+3712{random.randint(1_000_000, 9_999_999)}", f"c{stamp}.{number}@example.com",
            f"19{random.randint(30, 99)}-0{random.randint(1, 9)}-1{random.randint(0, 9)}",
        )
        for number in range(many)
    ]  # fmt: skip


def _family_name() -> str:
    """One of some thousands, so that hardly a word is met again in one piece of a file."""
    return random.choice(START) + random.choice(MIDDLE) + random.choice(MIDDLE) + random.choice(END)


def _count(place: Place) -> int:
    return min(ROWS_MAX, place.size)


def _reading(place: Place, work: Callable[[], object]) -> Reading:
    seconds, cpu = measure.timed(work, processes=(os.getpid(), place.postmaster()))
    return Reading(_count(place) / seconds, {"cpu_us_each": cpu / _count(place) * 1e6})


def _importing(place: Place, rows: list[Row]) -> Callable[[], object]:
    """Receive and run, as the command does; the file lies ready."""
    path = place.home.path / "bench.csv"
    lines = (f"{id},{name},{phone},{email},lv,LV,{day}\n" for id, name, phone, email, day in rows)
    path.write_text(HEADER + "".join(lines), encoding="utf-8")

    def work() -> None:
        now = datetime.now(UTC)
        batch = import_file.receive(
            path, kind="customers", mapping_text="", source="bench", actor=SYSTEM, now=now
        )
        result = import_file.run(batch.id, actor=SYSTEM, now=now).result
        assert result["new"] == result["read"], result

    return work


def _writing(place: Place, db: Database, rows: list[Row]) -> Callable[[], object]:
    """The same rows in the same number of transactions, ready as COPY reads them."""
    kind = queries.profile_types()["person"].pk
    size = place.batch_rows
    pieces = [_ready(rows[start : start + size], kind) for start in range(0, len(rows), size)]
    texts = [data.statement(f"import_customers_{step}") for step in ("stage", "merge")]

    def work() -> None:
        for piece in pieces:
            with db.transaction():
                data.run(db, texts[0])
                with db.cursor().copy("COPY staged FROM STDIN") as copy:
                    copy.write(piece)
                data.run(db, "ANALYZE staged")
                data.run(db, texts[1])

    return work


def _ready(rows: list[Row], kind: int) -> bytes:
    made = zip(ids.uuid7s(len(rows)), ids.uuid7s(len(rows)), ids.uuid7s(len(rows)), rows,
               strict=True)  # fmt: skip
    lines = []
    for id, phone_id, email_id, (name_id, name, phone, email, day) in made:
        attributes = rules.as_json({"birth_date": day})
        words = " ".join(sorted(set(text.words_to_find(name))))
        lines.append("\t".join((
            id.hex, phone_id.hex, email_id.hex, str(kind), name_id, name, text.folded(name),
            text.sort_key(name), attributes, json.dumps({"birth_date": day}), words, phone, email,
        )) + "\n")  # fmt: skip
    return "".join(lines).encode()
