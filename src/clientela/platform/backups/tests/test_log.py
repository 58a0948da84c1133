"""Pieces of the copied log, and how far they lead from a backup."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from clientela.platform.backups import log
from clientela.platform.backups.sets import Backup, Restored

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def pieces(wal: Path, timeline: int, *numbers: int) -> None:
    wal.mkdir(exist_ok=True)
    for number in numbers:
        (wal / f"{log.name_of(timeline, number)}.gz").write_bytes(gzip.compress(b"x"))


def history(wal: Path, timeline: int, *left: tuple[int, int]) -> None:
    lines = [f"{parent}\t0/{number * log.PIECE_BYTES + 40:X}\twhy\n" for parent, number in left]
    (wal / f"{timeline:08X}.history.gz").write_bytes(gzip.compress("".join(lines).encode()))


def backup(timeline: int, last: int) -> Backup:
    return Backup(Path("b"), NOON, timeline, last, last, "", {})


def names(reach: log.Reach | None) -> list[str]:
    assert reach is not None
    return [path.name.removesuffix(".gz")[7:8] + path.name[22:24] for path in reach.pieces]


@given(st.integers(0, 2**40), st.integers(1, 2**31))
def test_a_place_of_the_log_lies_in_the_piece_that_is_named_for_it(
    number: int, timeline: int
) -> None:
    value = number * log.PIECE_BYTES + 12345
    assert log.number_of(f"{value >> 32:X}/{value & 0xFFFFFFFF:X}") == number
    found = log.PIECE.fullmatch(f"{log.name_of(timeline, number % 2**39)}.gz")
    assert found


def test_the_log_leads_as_far_as_its_pieces_follow_each_other(tmp_path: Path) -> None:
    pieces(tmp_path, 1, 2, 3, 4, 5)
    found = log.reach(tmp_path, backup(1, 3), timeline=1)
    assert names(found) == ["103", "104", "105"]
    assert found is not None
    assert found.gap == ""


def test_a_missing_piece_is_named(tmp_path: Path) -> None:
    pieces(tmp_path, 1, 2, 3, 5)
    found = log.reach(tmp_path, backup(1, 2), timeline=1)
    assert found is not None
    assert names(found) == ["102", "103"]
    assert "000000010000000000000004" in found.gap


def test_after_going_back_the_log_goes_on_on_the_new_timeline(tmp_path: Path) -> None:
    pieces(tmp_path, 1, 2, 3, 4, 5)
    pieces(tmp_path, 2, 4, 5)
    history(tmp_path, 2, (1, 4))
    assert names(log.reach(tmp_path, backup(1, 2), timeline=2)) == ["102", "103", "204", "205"]
    assert names(log.reach(tmp_path, backup(1, 2), timeline=1)) == ["102", "103", "104", "105"]


def test_a_backup_of_a_time_that_was_given_up_leads_nowhere_else(tmp_path: Path) -> None:
    pieces(tmp_path, 1, 2, 3, 4, 5)
    pieces(tmp_path, 2, 4)
    history(tmp_path, 2, (1, 4))
    assert log.reach(tmp_path, backup(1, 5), timeline=2) is None
    assert log.reach(tmp_path, backup(2, 4), timeline=1) is None


def test_each_moment_lies_on_the_timeline_that_was_lived_then() -> None:
    restores = [Restored(NOON, 2, ""), Restored(NOON + timedelta(hours=2), 3, "")]
    moments = [NOON + timedelta(hours=hours) for hours in (-1, 0, 1, 2, 3)]
    assert [log.timeline_at(restores, it, first=1) for it in moments] == [1, 2, 2, 3, 3]


def test_pieces_no_backup_needs_are_removed_and_histories_stay(tmp_path: Path) -> None:
    pieces(tmp_path, 1, 2, 3, 4)
    history(tmp_path, 2, (1, 3))
    assert log.prune(tmp_path, before=4) == 2
    assert sorted(path.name[:8] for path in tmp_path.iterdir()) == ["00000001", "00000002"]


def test_a_changed_piece_is_noticed(tmp_path: Path) -> None:
    pieces(tmp_path, 1, 2)
    [piece] = tmp_path.iterdir()
    whole = gzip.compress(bytes(log.PIECE_BYTES), compresslevel=1)
    piece.write_bytes(whole)
    found = log.reach(tmp_path, backup(1, 2), timeline=1)
    assert found is not None
    assert found.damages() == []
    piece.write_bytes(whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:])
    assert "has changed" in found.damages()[0]
