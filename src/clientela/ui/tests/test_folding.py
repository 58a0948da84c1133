"""A folded template says what Django's own engine says, in every language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Engine
from django.template.backends.django import get_installed_libraries
from django.utils import translation
from django.utils.safestring import SafeString

from clientela.ui import samples
from clientela.ui.panels import Panel

NOW = datetime(2026, 11, 13, 10, 43, tzinfo=UTC)
FOLDED = "clientela.ui.folding.loader.Loader"

TEMPLATES = dict(
    line.split(" = ", 1)
    for line in (Path(__file__).parent / "folding.txt").read_text(encoding="utf-8").splitlines()[2:]
)


def values() -> dict[str, Any]:
    return {
        "name": "Anna", "html": "<b>&'\"", "safe": SafeString("<i>"), "number": 1204, "none": None,
        "amount": Decimal("12.50"), "day": date(2026, 11, 2), "moment": NOW, "now": NOW,
        "yes": True, "names": ["Jānis", "Ilze"], "rows": [{"a": 1}, {"a": "<2>"}],
        "pairs": [("x", 1), ("y", None)], "called": lambda: "called", "depth": 1, "which": "part",
        "person": {"name": "Līga", "address": {"city": "Cēsis"}, "none": None},
        "panel": Panel("points", ["one"]), "money": {"minor": 1999, "currency": "EUR"},
        "labels": {"en": "Shop", "lv": "Veikals"}, "happened": [{"occurred_at": NOW}] * 2,
        "id": "01930001000070008000000000000001", "query": "<z>",
    }  # fmt: skip


@cache
def engine(*, folded: bool) -> Engine:
    """Of the house's templates and those above."""
    loaders: list[Any] = [
        ("django.template.loaders.locmem.Loader", TEMPLATES),
        "django.template.loaders.app_directories.Loader",
    ]  # fmt: skip
    return Engine(
        libraries=get_installed_libraries(),
        loaders=[(FOLDED, loaders)] if folded else loaders,
        debug=False,
    )


def both(name: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """What the template says twice: the second time the function is there already."""
    plain = engine(folded=False).get_template(name).render(Context(dict(context)))
    template = engine(folded=True).get_template(name)
    template.render(Context(dict(context)))
    return template.render(Context(dict(context))), plain


@pytest.mark.parametrize("language", ["en", "lv"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_folded_template_says_the_same(name: str, language: str) -> None:
    with translation.override(language):
        folded, plain = both(name, values())
    assert folded == plain


@pytest.mark.parametrize("language", ["en", "es", "lv"])
def test_every_component_says_the_same_folded(language: str) -> None:
    context = samples.context(NOW) | {"now": NOW, "theme": "dark"}
    with translation.override(language):
        folded, plain = both("ui/components.html", context)
    assert masked(folded) == masked(plain)


def test_what_no_request_changes_is_one_text() -> None:
    with translation.override("lv"):
        template = engine(folded=True).get_template("translated")
    written = template.nodelist[0]
    assert written.nodelist[0].s == "Taustiņi"  # type: ignore[attr-defined]


def masked(text: str) -> str:
    """Without what is new each time."""
    return re.sub(r'value="[0-9a-f-]{36}"', "", text)


def test_no_template_changes_the_language_within() -> None:
    package = Path(__file__).parents[2]
    texts = [path.read_text(encoding="utf-8") for path in package.glob("*/templates/**/*.html")]
    assert not any("{% language" in text for text in texts)
