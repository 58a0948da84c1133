"""What is worked out word by word is what is said of the whole name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clientela.customers.definitions import marked
from clientela.customers.rules.names import Names
from clientela.platform import text

letters = st.sampled_from("aZāŠñŁß'’-·.´&0٣Ⅷİﬁ \u0301\u00ad\u1e9e\uff2a\u2003")
NAMES = Names()


@given(written=st.text(letters, max_size=14) | st.text(max_size=10))
def test_a_name_is_kept_as_its_words_are(written: str) -> None:
    folded, key, words = NAMES.of(written)
    assert folded == text.folded(written)
    assert key == text.sort_key(written)
    assert words == marked.words(written, {}, ())


def test_the_longest_names_have_the_key_of_the_whole() -> None:
    name = " ".join(["Ābele-Kalniņa", "X" * 90] * 4)
    assert NAMES.of(name)[1] == text.sort_key(name)


def test_words_of_other_fields_stand_among_those_of_the_name() -> None:
    assert NAMES.of("Anna Ozola", ["zvejnieks", "anna"])[2] == "anna ozola zvejnieks"
