"""Addresses of pages: as Django makes them, with the look-up of the pattern done once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import get_resolver, reverse
from django.urls.base import get_script_prefix, get_urlconf

PLAIN = re.compile(r"[A-Za-z0-9_./-]+", re.ASCII)
"""What stands in an address as it is."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """`text` with a place for each of `names`; what stands there must fit `shape`."""

    text: str
    shape: re.Pattern[str]
    names: Sequence[str]
    writers: Mapping[str, Callable[[Any], str]]


def address(page: str, *args: Any) -> str:
    """What `reverse` answers, and refuses."""
    pattern = _pattern(page, len(args), get_urlconf())
    if pattern is not None and get_script_prefix() == "/":
        written = {
            name: pattern.writers.get(name, str)(value)
            for name, value in zip(pattern.names, args, strict=True)
        }
        text = pattern.text % written
        if pattern.shape.fullmatch(text) and PLAIN.fullmatch(text):
            return "/" + text
    return reverse(page, args=args)


@cache
def _pattern(page: str, count: int, urlconf: str | None) -> _Pattern | None:
    """The only pattern of a page with so many places; None where there are several, or none."""
    resolver, before = get_resolver(urlconf), ""
    *spaces, name = page.split(":")
    for space in spaces:
        if space not in resolver.namespace_dict:
            return None
        start, resolver = resolver.namespace_dict[space]
        before += start
    found = [
        _Pattern(before + text, re.compile(re.escape(before) + shape), names,
                 {key: converter.to_url for key, converter in converters.items()})
        for texts, shape, _, converters in resolver.reverse_dict.getlist(name)
        for text, names in texts
        if len(names) == count
    ]  # fmt: skip
    return found[0] if len(found) == 1 and "%" not in before else None
