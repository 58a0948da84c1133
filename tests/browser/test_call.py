"""A whole call, from ringing to its end, by the keyboard; then the same customer calls again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from clientela.calls.actions import lines
from clientela.calls.models import Call, Conversation
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.staff.models import Person

Report = Callable[..., None]
POP_MS_MAX = 1_000
WATCH = """() => {
  window.stayed = true;
  window.pops = [];
  const bar = document.getElementById("calls");
  new MutationObserver(() => {
    if (bar.querySelector("[data-ui=call-bar]")) window.pops.push(Date.now());
  }).observe(bar, { childList: true, subtree: true });
}"""


@pytest.fixture
def report(live: Any, record_property: Callable[[str, object], None]) -> Report:
    """What the telephone system sends by HTTP; Līga is its extension 201."""
    now = datetime.now(UTC)
    with transactions.open():
        opened = lines.open_line(name="Cēsis", region="LV", actor=SYSTEM, now=now)
        lines.name_extensions({"201": Person.objects.get(email__startswith="agent").id})
    client = Client()

    def send(event: str, number: str = "26124408", *, call: str = "c-1", **more: str) -> None:
        body = {
            "event": event, "callId": call, "direction": "in", "from": number, "to": "64100000",
            "user[]": ["201"], **more,
        }  # fmt: skip
        answer = client.post(f"/api/v1/cti/{opened.token}", body)
        assert answer.status_code == 200, answer.content

    return send


def rings_within_a_second(page: Any, report: Report) -> float:
    """Milliseconds from the event of the telephone system to the bar on the screen, as the page
    measures them; the page stays as it is.
    """
    page.locator("[data-ui=live-dot][data-state=live]").wait_for()
    page.evaluate(WATCH)
    began = page.evaluate("Date.now()")
    report("newCall")
    page.locator("[data-ui=call-bar][data-state=ringing]").wait_for()
    assert page.evaluate("window.stayed"), "the page was loaded anew"
    passed: float = page.evaluate("window.pops[0]") - began
    return passed


def test_a_call_pops_up_opens_its_page_and_is_ended(
    page: Any, live: Any, report: Report, anna: str, record_property: Any
) -> None:
    live.sign_in(page, "agent")
    passed = rings_within_a_second(page, report)
    record_property("pop_ms", passed)
    print(f"the call bar was there after {passed:.0f} ms")
    assert passed < POP_MS_MAX
    assert "Anna Kalniņa" in page.locator("[data-ui=call-bar]").inner_text()
    report("answer", answeringNumber="201")
    page.wait_for_url("**/agent/con_*")
    assert page.get_by_role("heading", level=1).inner_text() == "Anna Kalniņa"
    page.locator("[data-ui=note-text]").fill("Wants a visit on Friday")
    page.locator("[data-ui=saved] svg").wait_for()
    page.reload()
    assert page.locator("[data-ui=note-text]").input_value() == "Wants a visit on Friday"
    assert page.locator("[data-ui=call-bar][data-state=talking]").count() == 1
    report("hangup", cause="normalClearing")
    page.locator("[data-ui=call-bar][data-state=after-call]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(live.at("/agent"))
    assert Conversation.objects.get().outcome == "done"
    assert Call.objects.get().state == "ended"
