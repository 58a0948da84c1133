"""A customer calls: the attendant types the number and sees who it is. Keyboard only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

RECORD = re.compile(r"/customers/cus_[0-9a-f]{32}$")


WRITINGS = (
    "26124408", "+371 2612 4408", "00371 2612-4408", "(+371) 26.12.44.08", "tel. 2612 4408",
)  # fmt: skip


def look_up(page: Any, typed: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")


def test_a_number_as_people_write_it_brings_the_record(page: Any, console: Any, anna: str) -> None:
    console.sign_in(page, "agent")
    for typed in WRITINGS:
        look_up(page, typed)
        page.wait_for_url(console.at(anna))
        page.goto(console.at("/"))
    look_up(page, WRITINGS[0])
    page.wait_for_url(console.at(anna))
    assert page.get_by_role("heading", level=1).inner_text() == "Anna Kalniņa"
    holdings = page.locator("[data-ui=holdings]").inner_text()
    for words in ("Fridge RB-33", "Card", "€310.20", "Ends in 20 days"):
        assert words in holdings
    assert "€49.90" in page.locator("[data-ui=purchases]").inner_text()
    assert page.locator("[data-ui=points-available]").inner_text() == "580"
    assert "Bought for" in page.locator("[data-ui=timeline]").inner_text()


def test_the_record_is_seen_without_scrolling(page: Any, console: Any, anna: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    console.sign_in(page, "agent")
    page.goto(console.at(anna))
    for panel in ("who", "identities", "points", "holdings", "purchases", "timeline"):
        box = page.locator(f"[data-ui={panel}]").bounding_box()
        assert box["y"] + box["height"] <= 900, panel


@pytest.mark.long
def test_suggestions_are_walked_by_arrows(page: Any, console: Any, anna: str) -> None:
    console.sign_in(page, "agent")
    page.keyboard.press("/")
    page.keyboard.type("kaln")
    page.locator("[data-ui=suggestions] [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(console.at(anna))


@pytest.mark.long
def test_an_unknown_number_becomes_a_new_customer(page: Any, console: Any) -> None:
    console.sign_in(page, "agent")
    look_up(page, "2600 0001")
    page.locator("[data-ui=match-none]").wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == "+371\u00a02600\u00a00001"
    page.keyboard.press("Escape")
    page.locator("[data-ui=page]").focus()
    page.keyboard.press("c")
    page.wait_for_url("**/customers/new?phone=*")
    assert page.get_by_label("Phone").input_value() == "+37126000001"
    page.get_by_label("Name", exact=True).fill("Pēteris Liepiņš")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(RECORD)
    assert page.get_by_role("heading", level=1).inner_text() == "Pēteris Liepiņš"
    assert "Pēteris Liepiņš is written down." in page.locator("[data-ui=toasts]").inner_text()
    look_up(page, "26000001")
    page.wait_for_url(RECORD)


@pytest.mark.long
def test_one_of_several_with_a_number_is_chosen_by_its_digit(
    page: Any, console: Any, family: None
) -> None:
    console.sign_in(page, "agent")
    look_up(page, "67220011")
    page.locator("[data-ui=match-many]").wait_for()
    second = page.locator("[data-ui=candidate-2]").inner_text()
    page.locator("[data-ui=page]").focus()
    page.keyboard.press("2")
    page.wait_for_url(RECORD)
    assert page.get_by_role("heading", level=1).inner_text() == second


@pytest.mark.long
def test_a_number_nobody_can_be_called_at_is_said_plainly(page: Any, console: Any) -> None:
    console.sign_in(page, "agent")
    for typed in ("112", "+371 1"):
        look_up(page, typed)
        page.locator("[data-ui=bad-number]").wait_for()
        assert page.locator("[data-ui=new]").count() == 0
        page.goto(console.at("/"))


@pytest.mark.long
def test_why_opens_the_steps_and_gives_the_focus_back(page: Any, console: Any, anna: str) -> None:
    console.sign_in(page, "agent")
    page.goto(console.at(anna + "/points"))
    why = page.locator("[data-ui=why-open]").nth(2)
    why.focus()
    page.keyboard.press("Enter")
    drawer = page.locator("[data-ui=drawer-why]")
    drawer.wait_for()
    assert "1 point for every 1.00" in drawer.inner_text()
    page.keyboard.press("Escape")
    assert drawer.count() == 0
    assert page.url == console.at(anna + "/points")
    assert why.evaluate("link => link === document.activeElement")


@pytest.mark.long
def test_a_language_is_changed_on_the_page_one_is_on(page: Any, console: Any, anna: str) -> None:
    console.sign_in(page, "agent")
    page.goto(console.at(anna + "/purchases"))
    for language, amount in (("es", "49,90\u00a0€"), ("lv", "49,90\u00a0€"), ("en", "€49.90")):
        page.locator("[data-ui=me] summary").click()
        page.locator(f"[data-ui=languages] [lang={language}]").click()
        page.locator(f"html[lang={language}]").wait_for()
        assert page.url == console.at(anna + "/purchases")
        with translation.override(language):
            words = gettext("Purchases")
        assert words in page.locator("[data-ui=tabs]").inner_text()
        assert amount in page.locator("[data-ui=purchases]").inner_text()


@pytest.mark.long
def test_a_changed_value_is_seen_at_once_and_kept_in_the_history(
    page: Any, console: Any, anna: str
) -> None:
    console.sign_in(page, "agent")
    page.goto(console.at(anna))
    page.keyboard.press("e")
    page.wait_for_url(console.at(anna + "/edit"))
    page.get_by_label("City").fill("Valmiera")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(console.at(anna))
    assert "Valmiera" in page.locator("[data-ui=who]").inner_text()
    page.goto(console.at(anna + "/history"))
    row = page.locator("[data-ui=history] tbody tr").inner_text()
    assert re.search(r"City\s+Cēsis\s+Valmiera\s+Līga Ozola", row)
