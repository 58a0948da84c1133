"""Sealed texts open at their own place only; keys are lines of a file nobody else may read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform import sealing
from clientela.platform.home import Home
from clientela.platform.sealing import Key, Ring, SealBroken, SealingKeyMissing, SealingKeysUnusable

OLD, NEW = Key(b"o" * 32), Key(b"n" * 32)
RING = Ring((OLD, NEW), Path("sealing.keys"))
TEXTS = st.text(max_size=200).filter(lambda text: text.isprintable() or text == "")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv(sealing.VARIABLE, raising=False)
    return Home(tmp_path / "home").prepare()


def begun(home: Home) -> Ring:
    return sealing.ring(home, may_begin=lambda: True)


@given(TEXTS, TEXTS, TEXTS)
def test_a_sealed_text_opens_where_it_was_sealed_and_nowhere_else(
    plain: str, place: str, other: str
) -> None:
    sealed = RING.seal(plain, place=place)
    assert sealed != RING.seal(plain, place=place)
    assert RING.open(sealed, place=place) == plain
    if other != place:
        with pytest.raises(SealBroken):
            RING.open(sealed, place=other)


@given(TEXTS, st.integers(min_value=0))
def test_a_changed_text_does_not_open(plain: str, place: int) -> None:
    sealed = RING.seal(plain, place="here")
    at = 9 + place % (len(sealed) - 13)  # the last signs may hold bits that mean nothing
    changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
    with pytest.raises(SealBroken):
        RING.open(changed, place="here")


@given(TEXTS, TEXTS)
def test_equal_texts_have_equal_marks_and_others_have_not(one: str, two: str) -> None:
    assert (RING.marks(one) == RING.marks(two)) is (one == two)
    assert len({*RING.marks(one)}) == 2


def test_what_an_old_key_sealed_still_opens_until_the_key_is_gone() -> None:
    sealed = Ring((OLD,), RING.path).seal("nuts", place="here")
    assert sealed.startswith(f"{OLD.id}.")
    assert RING.open(sealed, place="here") == "nuts"
    with pytest.raises(SealingKeyMissing, match=OLD.id):
        Ring((NEW,), RING.path).open(sealed, place="here")


def test_the_first_key_is_made_once_for_nobody_else_to_read(home: Home) -> None:
    made = begun(home)
    assert made.path == home.keys / "sealing.keys"
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert begun(home) is sealing.ring(home)
    assert [key.line for key in made.keys] == made.path.read_text().splitlines(keepends=True)


def test_a_lost_file_is_never_made_anew_in_silence(home: Home) -> None:
    begun(home).path.unlink()
    with pytest.raises(SealingKeysUnusable, match="Put it back from where you keep it"):
        sealing.ring(home)


@pytest.mark.parametrize("text", ["", "one two three\n", f"00000000 {'A' * 43}=\n", "é\n"])
def test_a_damaged_file_says_so(home: Home, text: str) -> None:
    path = begun(home).path
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SealingKeysUnusable, match=str(path)):
        sealing.ring(home)


def test_a_file_that_others_may_read_is_refused(home: Home) -> None:
    begun(home).path.chmod(0o640)
    with pytest.raises(SealingKeysUnusable, match="chmod 600"):
        sealing.ring(home)


def test_a_new_key_is_seen_at_once_and_a_dropped_one_is_gone(home: Home) -> None:
    first = begun(home).current
    second = sealing.add_key(home)
    assert sealing.ring(home).current == second != first
    sealing.drop_key(home, first.id)
    assert sealing.ring(home).keys == (second,)


def test_the_environment_names_a_file_outside_the_data_folder(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sealing.VARIABLE, str(tmp_path / "elsewhere.keys"))
    assert begun(home).path == tmp_path / "elsewhere.keys"
    assert not (home.keys / "sealing.keys").exists()
