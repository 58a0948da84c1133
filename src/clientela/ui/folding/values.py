"""How a written template reads its values: as Django's templates do, by shorter ways.

What Django finds by trying and failing is told apart by type here; all that is unusual is left to
Django itself.
"""

from __future__ import annotations

from collections.abc import Sized
from functools import cache
from html import escape
from typing import Any, Final

from django.template import Context
from django.template.base import Variable, VariableDoesNotExist, render_value_in_context
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from clientela.ui.addresses import address

MISSING: Final = object()
"""There is no such value: nothing as text, None in a condition."""
OF_DICTS = frozenset(dir(dict))


def found(context: Context, name: str) -> Any:
    """A value by its name, the nearest first."""
    value: Any = MISSING
    for values in reversed(context.dicts):
        if name in values:
            value = values[name]
            break
    else:
        value = context.__dict__.get(name, MISSING)
    return _looked_up({"it": value}, "it") if callable(value) else value


def part(value: Any, name: str) -> Any:
    """What a value has under a name: a key, an attribute or a place in a list."""
    kind = type(value)
    if kind is dict:
        got = value.get(name, MISSING)
        if got is MISSING:
            is_unusual = name in OF_DICTS or name.isdigit()
            return _looked_up(value, name) if is_unusual else MISSING
    elif value is MISSING or hasattr(kind, "__getitem__"):
        return MISSING if value is MISSING else _looked_up(value, name)
    else:
        got = getattr(value, name, MISSING)
        if got is MISSING:
            return _looked_up(value, name)
    return _looked_up(value, name) if callable(got) else got


def _looked_up(value: Any, name: str) -> Any:
    try:
        return _variable(name).resolve(value)
    except VariableDoesNotExist:
        return MISSING


@cache
def _variable(name: str) -> Variable:
    variable = Variable("it")
    variable.lookups = (name,)
    return variable


def or_nothing(value: Any) -> Any:
    """As a filter, a tag or a sentence gets it."""
    return "" if value is MISSING else value


def or_none(value: Any) -> Any:
    """As a condition or a loop gets it."""
    return None if value is MISSING else value


def rows(value: Any) -> Sized:
    """What a loop goes through."""
    if value is MISSING or value is None:
        return ()
    sized: Sized = value if type(value) is list or hasattr(value, "__len__") else list(value)
    return sized


def shown(value: Any, context: Context) -> str:
    """A value as text of the page."""
    kind = type(value)
    if kind is str:
        return escape(value)
    if kind is SafeString:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    return "" if value is MISSING else render_value_in_context(value, context)


def made(value: Any) -> str:
    """What a tag made, as text of the page."""
    return value if type(value) is SafeString else conditional_escape(value)


def safe(text: str) -> SafeString:
    """A text that a template made: its values are escaped already."""
    return SafeString(text)


def address_or_nothing(page: str, *args: Any) -> str:
    try:
        return address(page, *args)
    except NoReverseMatch:
        return ""
