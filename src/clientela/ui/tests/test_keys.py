"""Keys of the console: what leads to a page leads to one page."""

from __future__ import annotations

from collections import Counter

from clientela.ui.keys import TABLE, Place


def test_no_key_that_works_everywhere_means_two_things() -> None:
    pressed = Counter(one.keys for one in TABLE if one.place is Place.EVERYWHERE)
    assert [keys for keys, many in pressed.items() if many > 1] == []
