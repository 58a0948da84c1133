"""Ids are in the order they were made, and their public form is one to one."""

import re
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform import ids

SOURCES = str(Path(ids.__file__).parents[2])
uuids = st.uuids() | st.integers(min_value=0, max_value=2**128 - 1).map(lambda n: UUID(int=n))


def test_ids_made_one_after_the_other_rise() -> None:
    made = [ids.uuid7() for _ in range(2_000)]
    made += ids.uuid7s(5_000)
    made += [ids.uuid7() for _ in range(2_000)]
    assert made == sorted(set(made))


def test_an_id_is_a_uuid_of_version_7() -> None:
    for uuid in [ids.uuid7(), *ids.uuid7s(3)]:
        assert (uuid.version, uuid.variant) == (7, "specified in RFC 4122")
        assert uuid == UUID(str(uuid))
        assert hash(uuid) == hash(UUID(str(uuid)))
        assert uuid.is_safe is UUID(int=0).is_safe


def test_an_id_begins_with_its_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    far = 2**47 + 5
    monkeypatch.setattr(ids, "_sequence", ids._Sequence())
    monkeypatch.setattr(ids.time, "time_ns", lambda: far * 1_000_000 + 999_999)  # type: ignore[attr-defined]
    assert ids.uuid7().int >> 80 == far
    assert [uuid.int >> 80 for uuid in ids.uuid7s(1_000)] == [far] * 1_000


def test_ids_rise_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ids.uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)  # type: ignore[attr-defined]
    assert first < ids.uuid7() < ids.uuid7s(1)[0] < ids.uuid7()


def test_a_batch_carries_over_when_its_counter_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    sequence = ids._Sequence()
    sequence._last = 2**122 - 2**70 | (1 << 62) - 10
    monkeypatch.setattr(ids, "_sequence", sequence)
    made = [ids._laid_out(sequence._last), *(uuid.int for uuid in ids.uuid7s(1_000))]
    assert made == sorted(set(made))
    assert {UUID(int=number).version for number in made} == {7}


def test_threads_never_get_the_same_id() -> None:
    made: list[UUID] = []

    def make() -> None:
        mine = [ids.uuid7() for _ in range(500)] + ids.uuid7s(500)
        assert mine == sorted(mine)
        made.extend(mine)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == len(set(made)) == 8_000


FORK = """
import os, sys
from clientela.platform import ids
ids._sequence._random.getrandbits = lambda bits: 1
ids.time.time_ns = lambda: 10**18
before = ids.uuid7()
child = os.fork()
if child == 0:
    assert ids._sequence._last == 0
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_does_not_go_on_where_its_parent_stands() -> None:
    subprocess.run([sys.executable, "-c", FORK], check=True, env={"PYTHONPATH": SOURCES})


def test_a_batch_has_a_limit() -> None:
    assert ids.uuid7s(0) == []
    for count in (-1, ids.UUIDS_MAX + 1):
        with pytest.raises(ValueError, match="between 0 and"):
            ids.uuid7s(count)


@given(uuids)
def test_a_public_id_is_read_back(uuid: UUID) -> None:
    shown = ids.public("cus", uuid)
    assert re.fullmatch("cus_[0-9a-f]{32}", shown)
    assert ids.parse("cus", shown) == ids.find("cus", shown) == uuid


@given(uuids, uuids)
def test_public_ids_sort_as_their_uuids_do(one: UUID, other: UUID) -> None:
    assert (ids.public("cus", one) < ids.public("cus", other)) == (one < other)


WELL = ids.public("cus", UUID(int=1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cus",
        "cus_",
        WELL[4:],
        WELL[:-1],
        WELL + "0",
        "cus_" + "A" * 32,
        WELL.upper(),
        WELL + "\n",
        " " + WELL,
        WELL.replace("cus", "pur"),
        WELL.replace("cus_", "cus_cus_"),
        WELL[:-1] + "g",
        str(UUID(int=1)),
        "cus_" + str(UUID(int=1)),
        "cus_0x" + WELL[6:],
        "cus_" + WELL[4:20] + "_" + WELL[21:],
        WELL[:-1] + "é",
        WELL[:-1] + "١",
    ],
)
def test_anything_else_is_no_public_id(text: str) -> None:
    with pytest.raises(ValueError, match=r"cus_"):
        ids.parse("cus", text)
    assert ids.find("cus", text) is None


@given(st.text(max_size=40))
def test_reading_any_text_gives_an_id_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert ids.public("cus", ids.parse("cus", text)) == text
    assert (found := ids.find("cus", text)) is None or ids.public("cus", found) == text


@given(st.integers(min_value=0, max_value=10**15), st.data())
def test_a_check_digit_gives_away_a_wrong_digit_and_a_swapped_pair(
    number: int, data: st.DataObject
) -> None:
    digits = str(ids.with_check_digit(number))
    assert number == 0 or ids.has_check_digit(int(digits))
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from("0123456789"))
    wrong = digits[:place] + other + digits[place + 1 :]
    swapped = digits[:place] + digits[place : place + 2][::-1] + digits[place + 2 :]
    for spoiled in (wrong, swapped):
        same_length = not spoiled.startswith("0")
        assert spoiled == digits or not same_length or not ids.has_check_digit(int(spoiled))


def test_a_number_without_a_digit_to_check_has_none() -> None:
    assert ids.with_check_digit(572) == 5724
    assert not any(ids.has_check_digit(number) for number in range(10))
