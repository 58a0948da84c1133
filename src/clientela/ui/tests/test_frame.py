"""Keys, navigation, icons, panels and the promises the templates keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clientela.platform.http.actors import Actor
from clientela.ui import icons, keys, navigation
from clientela.ui.context import May
from clientela.ui.panels import Panel, panel

UI = Path(__file__).parent.parent
TEMPLATES = (UI / "templates", UI.parent / "console" / "templates")
CSS_LINES_MAX = 300
JS_LINES_MAX = 800


def templates() -> Iterator[tuple[str, str]]:
    for folder in TEMPLATES:
        for file in sorted(folder.rglob("*.html")):
            yield str(file.relative_to(folder)), file.read_text(encoding="utf-8")


def test_no_key_stands_twice_in_the_table() -> None:
    """A key may stand for things of several pages: the first that is there is pressed. The agent
    page's own keys go before them all.
    """
    own = [key.keys for key in keys.TABLE if key.place == keys.Place.AGENT]
    rows = [(row[0], row[2]) for row in keys.for_script()]
    assert len(rows) == len(set(rows))
    assert len(own) == len(set(own))


def test_no_key_is_the_beginning_of_another_place() -> None:
    alone = {row[0] for row in keys.for_script() if " " not in row[0]} - {"Esc"}  # twice is more
    assert not alone & {row[0].split()[0] for row in keys.for_script() if " " in row[0]}


def test_every_key_presses_something_that_some_page_has() -> None:
    pages = "".join(text for _, text in templates())
    for key in keys.TABLE:
        if key.does in (keys.Does.PRESS, keys.Does.FOCUS) and not key.target.startswith("nav-"):
            assert f'data-ui="{key.target}' in pages, key.keys


def test_an_entry_without_its_right_is_not_rendered(settings: object) -> None:
    agent = Actor(id="per_1", name="Ilze", rights=frozenset({"customers.view"}))
    shown = {entry.name for entry in navigation.ENTRIES if all(map(agent.may, entry.rights))}
    assert shown == {"home", "customers", "settings"}  # everybody has some of their own


@pytest.mark.parametrize(
    ("path", "start", "is_under"),
    [
        ("/customers/cus_1/points", "/customers", True),
        ("/customersx", "/customers", False),
        ("/", "/", True),
        ("/imports", "/", False),
    ],
)
def test_a_page_lies_under_its_entry(path: str, start: str, is_under: bool) -> None:
    assert navigation.lies_under(path, start) is is_under


def test_templates_ask_for_rights_by_name() -> None:
    may = May(Actor(id="per_1", name="Ilze", rights=frozenset({"customers.undo_import"})))
    assert may["customers_undo_import"]
    assert not may["customers_view"]


def test_every_icon_of_the_templates_is_in_the_sprite() -> None:
    used = {name for _, text in templates() for name in re.findall(r'{% icon "([\w-]+)"', text)}
    used |= {name for _, text in templates() for name in re.findall(r'icon="([\w-]+)"', text)}
    used |= {*icons.HAPPENINGS.values(), *icons.IDENTITIES.values(), icons.FALLBACK}
    used |= {entry.icon for entry in navigation.ENTRIES}
    assert used <= icons.in_sprite()


def test_an_unknown_icon_becomes_one_that_is_there() -> None:
    assert icons.known("no-such-drawing") == icons.FALLBACK


def test_the_content_policy_finds_nothing_inline() -> None:
    for name, text in templates():
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on", text), name
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), name


def test_style_sheet_and_scripts_stay_small() -> None:
    static = UI / "static" / "ui"
    assert lines(static / "ui.css") <= CSS_LINES_MAX
    assert sum(lines(file) for file in static.glob("*.js")) <= JS_LINES_MAX


def lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        (Panel("points", right="loyalty.view"), "no-right"),
        (panel("points", {"error": {"detail": "no answer"}}), "panel-error"),
        (Panel("points", waiting=True), "skeleton"),
        (panel("points", []), "empty"),
        (panel("purchases", {"latest": [], "year": []}), "empty"),
        (panel("purchases", {"latest": [1], "year": []}), "filled"),
    ],
)
def test_a_panel_has_its_own_state(shown: Panel, state: str) -> None:
    assert shown.state == state
