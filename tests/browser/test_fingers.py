"""Every page under fingers and on wide screens: what is pressed is large, nothing runs off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from clientela.customers.models import Customer
from clientela.flows.demo import load, stage
from clientela.platform.promises import promise
from tests.browser import test_look
from tests.browser.conftest import Console

FINGER, WIDEST = 44, 2560
WIDTHS = (320, 390, 768, 1024, WIDEST)
SMALL = """(finger) => {
  const within = (one) =>
    one.closest(one.matches('[data-row]') ? 'tr, li' : 'label, summary, a, button') ?? one;
  const inText = (one) => one.matches('a') && getComputedStyle(one).display === 'inline';
  const small = (one) => {
    const box = within(one).getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.height < finger - .5;
  };
  return [...document.querySelectorAll('a[href], button, summary, select, input, textarea')]
    .filter((one) => one.type !== 'hidden' && !one.disabled && one.checkVisibility()
                     && !inText(one) && small(one))
    .map((one) => `${within(one).getBoundingClientRect().height} ${one.outerHTML.slice(0, 160)}`);
}"""


@pytest.mark.long
@promise("CON-18")
def test_what_is_pressed_is_as_large_as_a_finger_and_no_page_runs_off(
    chromium: Any, empty: Any
) -> None:
    now = datetime.now(UTC)
    load.load(20, now=now)
    demo = Console(empty.url, "demo.example", stage.PASSWORD)
    context = chromium.new_context(
        locale="en-GB", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    demo.sign_in(page, "administrator")
    anna = Customer.objects.get(display_name="Anna Kalniņa")
    pages = dict(test_look.PAGES)
    pages |= {name: test_look.linked(page, demo, path) for name, path in test_look.RECORD.items()}
    for tail in (*test_look.OF_CUSTOMER, *test_look.RECORD_OF_ANNA):
        path = f"/customers/{anna.public_id}{tail}"
        pages[f"of-anna{tail}"] = test_look.linked(page, demo, path)
    found = [*misfits(page, demo, pages)]
    context.close()
    assert not found, "\n".join(found)


def misfits(page: Any, console: Any, pages: dict[str, str]) -> Iterator[str]:
    for name, path in pages.items():
        page.goto(console.at(path))
        yield from (f"{name}: {one}" for one in page.evaluate(SMALL, FINGER))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                yield f"{name}: wider than {width}"
        page.set_viewport_size({"width": 390, "height": 844})
