"""A whole call, from ringing to its end, by the keyboard; then the same customer calls again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from django.utils import translation

from clientela.calls.actions import lines
from clientela.calls.models import Call, Conversation
from clientela.customers.queries import Reference
from clientela.flows import timeline
from clientela.flows.define_warranty import define_plan
from clientela.flows.hold_products import save_product
from clientela.flows.make_reward import save_reward
from clientela.flows.publish_offers import publish_offer
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.loyalty.models import Coupon
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.purchases.actions import NewLine
from clientela.retention.models import Outcome
from clientela.staff.models import Person

Report = Callable[..., None]
HEADLINE, PROMISED = "Five years of care", "Technician comes on Friday"
WATCH = """() => {
  window.stayed = true;
  window.pops = [];
  const bar = document.getElementById("calls");
  new MutationObserver(() => {
    if (bar.querySelector("[data-ui=call-bar]")) window.pops.push(Date.now());
  }).observe(bar, { childList: true, subtree: true });
}"""


@pytest.fixture
def report(live: Any) -> Report:
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
    page.locator("[data-ui=search]").focus()
    began = page.evaluate("Date.now()")
    report("newCall")
    page.locator("[data-ui=call-bar][data-state=ringing]").wait_for()
    assert page.evaluate("window.stayed"), "the page was loaded anew"
    assert page.evaluate("document.activeElement.dataset.ui") == "search"
    passed: float = page.evaluate("window.pops[0]") - began
    return passed


@pytest.fixture
def everything(anna: str) -> None:
    """A washer of Anna's that is covered, a coupon to be had for points, an offer to be made."""
    now = datetime.now(UTC)
    customer = Reference("id", str(UUID(anna.rpartition("_")[2])))
    save_product(code="WM-9", name="Washer WM-9", kind="washer", price_minor=549_00,
                 currency="EUR")  # fmt: skip
    define_plan(
        {"code": "norden", "layer": "maker", "assignments": [{"kind": "washer", "given": True}],
         "terms": {"names": {"en": "Norden 2 years"}, "clauses": [{"months": 24}]}},
        actor=SYSTEM, now=now - timedelta(days=60),
    )  # fmt: skip
    lines = (NewLine(1000, 549_00, "WM-9", serial="4471-XK-20931"),)
    sale = Bought("shop", "W-1", customer, now - timedelta(days=50), 549_00, "EUR", lines=lines)
    [outcome] = record_purchases([sale], actor=SYSTEM, now=now)
    assert outcome.error is None
    coupon = RewardValues("five-off", "coupon", {"en": "€5 off"}, {"": 100}, minor=500,
                          money_code="EUR", valid_days=30)  # fmt: skip
    save_reward(coupon, actor=SYSTEM, now=now)
    words = {"headline": HEADLINE, "why": "Never late", "script": "Anna, may I ask …"}
    publish_offer(
        {"key": "care", "group": "care", "labels": {"en": HEADLINE}, "value": 50_000,
         "wording": {"en": words, "lv": words}},
        actor=SYSTEM, now=now - timedelta(minutes=1),
    )  # fmt: skip


@promise("CON-06")
@pytest.mark.usefixtures("everything")
def test_a_whole_call_from_ringing_to_its_end_and_the_next_one(
    page: Any, live: Any, report: Report, anna: str, picture: Any
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    live.sign_in(page, "agent")
    passed = rings_within_a_second(page, report)
    print(f"the call bar was there after {passed:.0f} ms")
    assert "Anna Kalniņa" in page.locator("[data-ui=call-bar]").inner_text()
    report("answer", answeringNumber="201")
    page.wait_for_url("**/agent/con_*")
    talk = page.url
    assert page.get_by_role("heading", level=1).inner_text() == "Anna Kalniņa"
    picture(page, "agent")
    finds_nothing_wrong(page)

    look_up_the_cover(page)
    open_an_issue_with_a_promise(page)
    page.keyboard.press("Control+.")
    page.wait_for_url(talk)
    assert PROMISED in page.locator("[data-ui=issues]").inner_text()
    redeem_points_for_a_coupon(page)
    accept_the_first_offer(page)

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

    the_timeline_tells_it(page, live, anna)
    report("newCall", call="c-2")
    report("answer", call="c-2", answeringNumber="201")
    page.wait_for_url("**/agent/con_*")
    assert PROMISED in page.locator("[data-ui=issues]").inner_text()


def look_up_the_cover(page: Any) -> None:
    washer = page.locator("[data-ui=holding]", has_text="Washer WM-9")
    washer.locator("[data-ui=covered]").press("Enter")
    page.locator("[data-ui=drawer]", has_text="Norden 2 years").wait_for()
    page.keyboard.press("Escape")


def open_an_issue_with_a_promise(page: Any) -> None:
    page.locator("[data-ui=issue-new]").first.press("Enter")
    drawer = page.locator("[data-ui=drawer]")
    drawer.locator("[name=text]").fill("The washer does not spin")
    drawer.locator("[name=holding]").select_option(label="Washer WM-9 · 4471-XK-20931")
    drawer.locator("[name=words]").fill(PROMISED)
    drawer.locator("[name=within]").select_option(index=1)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/issues/*")


def redeem_points_for_a_coupon(page: Any) -> None:
    page.locator("[data-ui=redeem]").press("Enter")
    drawer = page.locator("[data-ui=drawer]")
    drawer.locator("[data-ui=candidate-1]").press("Enter")
    drawer.locator("[data-ui=redeem-form] [data-ui=submit]").press("Enter")
    drawer.locator("[data-ui=redeem-form]").wait_for(state="detached")
    assert Coupon.objects.count() == 1
    page.reload()


def accept_the_first_offer(page: Any) -> None:
    page.keyboard.press("1")
    page.keyboard.press("a")
    page.locator("[data-ui=offer-1]").wait_for(state="detached")
    assert Outcome.objects.get().kind == "accepted"


def the_timeline_tells_it(page: Any, live: Any, anna: str) -> None:
    """Every sentence of it, in each language."""
    family = [UUID(anna.rpartition("_")[2])]
    for language in ("es", "lv", "en"):
        page.goto(live.at(anna + "/timeline"))
        page.locator("[data-ui=me] summary").click()
        page.locator(f"[data-ui=languages] [lang={language}]").click()
        page.locator(f"html[lang={language}]").wait_for()
        with translation.override(language):
            told, _ = timeline.page_of(family)
        shown = " ".join(page.locator("[data-ui=page]").inner_text().split())
        names = {line["name"] for line in told}
        assert {"conversation.ended", "issue.opened", "offer.accepted"} <= names
        assert [words for words in map(plain, told) if words not in shown] == []


def plain(line: dict[str, Any]) -> str:
    """The sentence with its unbreakable blanks as a browser gives them back."""
    return " ".join(line["text"].split())


def finds_nothing_wrong(page: Any) -> None:
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "axe.run().then(all => all.violations.flatMap(one => "
        "one.nodes.map(node => `${one.id}: ${node.html}`)))"
    )
    assert found == []
