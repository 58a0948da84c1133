"""Text is cleaned, folded, split and sorted the same way wherever it is used."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.platform import text as texts

storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
marked = st.text(st.sampled_from("aāčcķlļnñņŗsšzžłøßæđİıŉΐᾱ̌ͅ ͅ-'’ \u00a0\u200bßÉÑﬁ가")) | storable


@given(marked)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert texts.clean(texts.clean(text)) == texts.clean(text)
    assert texts.clean_lines(texts.clean_lines(text)) == texts.clean_lines(text)


@given(marked)
def test_clean_text_is_nfc_and_holds_single_spaces_only(text: str) -> None:
    cleaned = texts.clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned.split() == [word for word in cleaned.split(" ") if word]
    assert cleaned == cleaned.strip()


def test_white_space_of_any_kind_runs_to_one() -> None:
    assert texts.clean("\t Anna \u00a0\u2003\r\n Ozola\u200b ") == "Anna Ozola"
    assert texts.clean("\ufeffRi\u0304ga") == "Rīga"
    assert texts.clean(" \u200b ") == ""


def test_lines_are_kept_and_cleaned_one_by_one() -> None:
    assert texts.clean_lines("\n\n one \r\ntwo  2\r\r\n three\n\n") == "one\ntwo 2\n\nthree"


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800", "\udfffb", "ā\0"])
def test_what_no_database_keeps_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"NUL|surrogate"):
        texts.clean(bad)
    with pytest.raises(ValueError, match=r"NUL|surrogate"):
        texts.clean_lines(bad)


@given(marked | st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert texts.folded(texts.folded(text)) == texts.folded(text)


@given(marked)
def test_folding_forgets_case_marks_and_normal_form(text: str) -> None:
    folded = texts.folded(text)
    assert texts.folded(unicodedata.normalize("NFD", text)) == folded
    assert texts.folded(unicodedata.normalize("NFC", text)) == folded
    assert texts.folded(folded.upper()) == texts.folded(texts.folded(folded.upper()))
    assert not any(unicodedata.combining(letter) for letter in folded)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ļoti ĶĒNIŅŠ", "loti kenins"),
        ("  Muñoz   Ibáñez ", "munoz ibanez"),
        ("Łódź", "lodz"),
        ("Ærøskøbing", "aeroskobing"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Đorđe", "dorde"),
        ("Þór Sigurðsson", "thor sigurdsson"),
        ("İstanbul ISPARTA ısı", "istanbul isparta isi"),
        ("O’Brien", "o'brien"),
        ("Anna\u2010Maria", "anna-maria"),
        ("Jan\u00ad Kowal\u200bski", "jan kowalski"),
        ("Йорк", "иорк"),
        ("हिन्दी", "हिनदी"),
    ],
)
def test_names_are_folded_as_people_expect(text: str, folded: str) -> None:
    assert texts.folded(text) == folded


def test_a_query_is_split_at_hyphens_and_joined_at_apostrophes() -> None:
    assert texts.words("O’Brien-Smith, Ļena (SIA «Rīts»)") == [
        "obrien", "smith", "lena", "sia", "rits",
    ]  # fmt: skip
    assert texts.words(" -- ' ") == []
    assert texts.words("AT&T 24/7") == ["at", "t", "24", "7"]


@pytest.mark.parametrize("query", ["obrien", "O'Brien", "o brien", "BRIEN", "Ļena", "smith o"])
def test_every_usual_writing_of_a_name_finds_it(query: str) -> None:
    found_by = texts.words_to_find("Ļena O’Brien-Smith")
    for word in texts.words(query):
        assert any(known.startswith(word) for known in found_by)


def test_a_name_with_a_hyphen_is_found_written_in_one() -> None:
    assert texts.words_to_find("Anna-Maria Ozola Ozola") == [
        "anna", "maria", "ozola", "annamaria",
    ]  # fmt: skip


@given(marked)
def test_a_name_is_found_by_every_word_of_itself(name: str) -> None:
    assert set(texts.words(name)) <= set(texts.words_to_find(name))
    assert all(word == texts.folded(word) and " " not in word for word in texts.words(name))


IN_ORDER = [
    "",
    "1 Cool",
    "24 Stundas",
    "Abe",
    "Ābe",
    "Abele",
    "Ābele",
    "Azo",
    "Cālis",
    "Czesław",
    "Čakste",
    "Dāvis",
    "de la Cruz",
    "Ezis",
    "Gulbis",
    "Gzel",
    "Ģirts",
    "Kalns",
    "Kzin",
    "Ķeniņš",
    "Liepa",
    "Lode",
    "Łódź",
    "Lzo",
    "Ļaudis",
    "Munoz",
    "Muñiz",
    "Muņa",
    "Nzo",
    "Ñandú",
    "Ņina",
    "Oak",
    "O'Brien",
    "Obst",
    "Ozols Anna",
    "Ozols Juris",
    "Ozolsons",
    "Rīga",
    "Ŗauna",
    "Szabo",
    "Šmits",
    "Zz",
    "Žanis",
    "Иванов",
    "Йорк",
    "Козлов",
]


def test_names_sort_as_readers_of_latvian_and_spanish_expect() -> None:
    keys = [texts.sort_key(name) for name in IN_ORDER]
    assert sorted(keys) == keys
    assert sorted(key.encode() for key in keys) == [key.encode() for key in keys]


def test_names_sort_alike_in_any_case_and_normal_form() -> None:
    for name in IN_ORDER:
        assert texts.sort_key(name.upper()) == texts.sort_key(name)
        assert texts.sort_key(unicodedata.normalize("NFD", name)) == texts.sort_key(name)


@given(st.text(st.sampled_from("aābcčlļnñņoz "), min_size=1), st.sampled_from("čģķļñņŗš"))
def test_a_letter_of_its_own_comes_after_all_words_with_the_plain_one(word: str, own: str) -> None:
    plain = texts.folded(own)
    assert texts.sort_key(plain + word) < texts.sort_key(own)
    assert texts.sort_key(own + word) < texts.sort_key(chr(ord(plain) + 1))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=500))
def test_a_sort_key_can_be_shown_stored_and_indexed(name: str) -> None:
    key = texts.sort_key(name)
    assert len(key) <= 2 * texts.SORT_KEY_PART_MAX + 1
    assert not set(key) & set(map(chr, range(32)))


def test_a_sort_key_of_a_plain_name_is_short() -> None:
    assert texts.sort_key("Anna Smith") == "anna!smith"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna Maria Ozola", "AO"),
        ("ņina", "Ņ"),
        ("SIA «Latvijas Gāze»", "SG"),
        ("  ", ""),
        ("- ?", ""),
        ("ßen", "S"),
        ("3M", "3"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name: str, shown: str) -> None:
    assert texts.initials(name) == shown


@given(marked)
def test_initials_are_two_signs_at_most(name: str) -> None:
    assert len(texts.initials(name)) <= 2
