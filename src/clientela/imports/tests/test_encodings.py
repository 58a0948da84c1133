"""The encoding of a text is told by its letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.imports.rules.encodings import UNDECODABLE, Evidence
from clientela.platform.promises import promise

LATVIAN = "Jānis Bērziņš, Brīvības iela 15, Rīga; Zoja Šķēle, Ķekava; Ģirts Žagars, Ogre"
LITHUANIAN = "Jūratė Šimkutė, Gedimino prospektas, Vilnius; Žydrūnas Ąžuolas, Kėdainiai"
SPANISH = "José Núñez Ibáñez, Paseo de Alcalá; María Peña Gómez, Avenida de la Constitución"
FRENCH = "Zoë Lefèvre, 3 rue de l'Église; François Hénin, allée des Chênes, Besançon"
GERMAN = "Jürgen Weiß, Königstraße 7; Käthe Müller, Grünau; Björn Schäfer, Düsseldorf"
SWEDISH = "Åsa Sjöberg, Ängsvägen 3, Malmö; Björn Åkerström, Göteborg"


def encoding_of(content: bytes, *, block_bytes: int = 1 << 16) -> str:
    evidence = Evidence()
    for start in range(0, len(content), block_bytes):
        evidence.add(content[start : start + block_bytes])
    return evidence.encoding()


@promise("CUS-22")
@pytest.mark.parametrize("text", [LATVIAN, LITHUANIAN, "Jānis", "Kļaviņa", "Rēzekne, Šauļi"])
def test_baltic_letters_are_windows_1257(text: str) -> None:
    assert encoding_of(text.encode("cp1257")) == "windows-1257"


@promise("CUS-22")
@pytest.mark.parametrize(
    "text", [SPANISH, FRENCH, GERMAN, SWEDISH, "Zoë", "Núñez", "“Café”", "100 €", "Ærø", "Peña"]
)
def test_western_letters_are_windows_1252(text: str) -> None:
    assert encoding_of(text.encode("cp1252")) == "windows-1252"


def test_the_euro_sign_in_its_iso_place_is_iso_8859_15() -> None:
    text = "José Núñez 12,50 €; María Peña 7,00 €; Iñaki 3,20 €"
    assert encoding_of(text.encode("iso-8859-15")) == "iso-8859-15"


def test_bytes_that_windows_1252_does_not_know_are_iso_8859_1() -> None:
    assert encoding_of("café\x81\x8d\x90 niño".encode("iso-8859-1")) == "iso-8859-1"


def test_ascii_is_utf_8_and_one_late_letter_is_not_overlooked() -> None:
    ascii_only = b"name,city\n" * 50_000
    assert encoding_of(ascii_only) == "utf-8"
    assert encoding_of(ascii_only + "Jānis,Rīga".encode("cp1257")) == "windows-1257"
    assert encoding_of(ascii_only + "Jānis,Rīga".encode()) == "utf-8"


@given(text=st.text(min_size=1).filter(lambda text: "\0" not in text), block=st.integers(1, 5))
def test_utf_8_is_known_however_its_bytes_are_cut(text: str, block: int) -> None:
    content = ("ā" + text).encode("utf-8", "ignore")
    assert encoding_of(content, block_bytes=block) == "utf-8"


@given(content=st.binary(max_size=200), encoding=st.sampled_from(["utf-8-sig", "utf-16", "cp1257"]))
def test_any_bytes_can_be_decoded_and_what_is_no_text_is_marked(
    content: bytes, encoding: str
) -> None:
    text = content.decode(encoding, "clientela-undecodable")
    try:
        assert content.decode(encoding) == text
    except UnicodeDecodeError:
        assert UNDECODABLE in text
