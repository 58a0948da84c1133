"""The first page of an empty installation, and the first person after it."""

from __future__ import annotations

from typing import Any

import pytest

from clientela.staff import company as companies


@pytest.mark.long
def test_the_first_person_sets_the_company_up_and_invites_the_second(
    page: Any, empty: Any, chromium: Any
) -> None:
    page.goto(empty.at("/"))
    page.wait_for_url(empty.at("/welcome"))
    page.get_by_label("Name of the company").fill("Mežrozes")
    page.get_by_label("Country").select_option(label="Latvia (LV)")
    page.get_by_label("Time zone").select_option("Europe/Riga")
    page.get_by_label("Name", exact=True).fill("Ilze Bērziņa")
    page.get_by_label("E-mail").fill("ilze@mezrozes.example")
    page.get_by_label("Password").fill("short")
    page.locator("[data-ui=welcome] [data-ui=submit]").click()
    page.locator("[data-ui=faults]").wait_for()
    assert page.get_by_label("Name of the company").input_value() == "Mežrozes"
    assert page.get_by_label("Country").input_value() == "LV"
    page.get_by_label("Password").fill("a bird on the roof")
    page.locator("[data-ui=welcome] [data-ui=submit]").click()
    page.wait_for_url(empty.at("/"))
    companies.forget()
    assert companies.read().country == "LV"

    page.goto(empty.at("/settings/people"))
    page.get_by_label("E-mail").fill("liga@mezrozes.example")
    page.get_by_label("Name", exact=True).fill("Līga")
    page.get_by_label("Role", exact=True).select_option("agent")
    page.locator("[data-ui=invite] [data-ui=submit]").click()
    link = page.locator("[data-ui=invitation] input").input_value()
    second = chromium.new_context().new_page()
    second.goto(empty.at("/join/" + link.rpartition("/")[2]))
    second.get_by_label("Name").fill("Līga Ozola")
    second.get_by_label("Password").fill("another bird on the roof")
    second.keyboard.press("Enter")
    second.wait_for_url(empty.at("/"))
    assert second.locator("[data-ui=nav-customers]").count() == 1
    assert second.locator("[data-ui=nav-imports]").count() == 0
    second.locator("[data-ui=nav-settings]").click()
    assert second.locator("a[href='/settings/people']").count() == 0
    second.context.close()
