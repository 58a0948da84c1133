"""How the API describes itself: a name in the description is one shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pydantic import BaseModel

from clientela.api import addresses


def shapes(of: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    for one in of.__subclasses__():
        yield one
        yield from shapes(one)


def test_no_two_shapes_of_the_api_share_a_name() -> None:
    assert addresses.__file__  # all doors are loaded
    found = {one for one in shapes() if one.__module__.startswith("clientela.api.")}
    named = Counter(one.__name__ for one in found)
    assert [name for name, many in named.items() if many > 1] == []
