"""Every page, in both themes and all languages: nothing axe objects to, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.db import OperationalError

from clientela.console.loyalty.rule_form import EARNS
from clientela.customers.models import Customer
from clientela.flows.choices import link_for
from clientela.flows.demo import load, stage
from clientela.imports.models import Batch
from clientela.loyalty.models import Notice, Reward
from clientela.platform.promises import promise
from clientela.staff.models import Person
from tests.browser.conftest import PATIENCE_OF_A_PAGE_MS, Console

Picture = Callable[[Any, str], None]
NARROW, PHONE, WIDE = 320, 390, 1440
ON, OFF = {"enabled": True}, {"enabled": False}
ALL = {"target-size": ON}  # WCAG 2.2 AA asks for it, axe only when told
OF_CUSTOMER = (
    "", "/edit", "/holdings", "/purchases", "/points", "/points/redeem", "/warranty", "/issues",
    "/issues/new", "/offers", "/timeline", "/history",
)  # fmt: skip
PAGES = {
    "home": "/",
    "customers": "/customers",
    "found": "/customers?q=ozol",
    "nobody": "/customers?q=zzyzx",
    "customer-new": "/customers/new",
    "unknown": "/callers?number=26000001",
    "shared": "/callers?number=67220011",
    "bad-number": "/callers?number=112",
    "imports": "/imports",
    "import-new": "/imports/new",
    "company": "/settings/company",
    "people": "/settings/people",
    "keys": "/settings/keys",
    "preferences": "/settings/preferences",
    "telephones": "/settings/telephones",
    "webhooks": "/settings/webhooks",
    "system": "/settings/system",
    "agent": "/agent",
    "issues": "/issues",
    "promises": "/promises",
    "warranty-desk": "/warranty/desk?q=RB33-2448-0000117",
    "claims": "/warranty/claims",
    "plans": "/warranty/plans",
    "loyalty-desk": "/loyalty/desk",
    "rewards": "/loyalty/rewards",
    "orders": "/loyalty/orders",
    "journeys": "/loyalty/journeys",
    "journey-days": "/loyalty/journeys/days",
    "cash": "/loyalty/cash",
    "payment-files": "/loyalty/cash/files",
    "partners": "/loyalty/partners",
    "rates": "/loyalty/exchange-rates",
    "rate-new": "/loyalty/exchange-rates/new",
    "tiers": "/loyalty/tiers",
    "ladder-new": "/loyalty/tiers/new",
    "ladder": "/loyalty/tiers/club",
    "tier": "/loyalty/tiers/club/steps/gold",
    "tier-review": "/loyalty/tiers/club/review?on=2030-01-01",
    "limits": "/loyalty/limits",
    "promotions": "/loyalty/promotions",
    "adjustments": "/loyalty/adjustments",
    "rules": "/loyalty/rules",
    "rule": "/loyalty/rules/new?earn=multiply",
    "points-kinds": "/loyalty/points",
    "retention-desk": "/retention/desk",
    "offers": "/retention/offers",
    "not-there": "/nowhere",
}
# Of the record, in the demo company: by name of the page its address, or the first link like this
# on a page.
RECORD = {
    "list": "/customers?kind=person&columns=customer.employer,customer.monthly_income",
    "counted": "/customers?kind=person&group=customer.employment",
    "board": "/customers?kind=person&board=customer.housing",
    "asked": "/customers?kind=person&ask=customer.employment",
    "quality": "/customers/quality", "changes": "/changes", "change": "/changes chg_",
    "change-new": "/changes/new?kind=person", "tasks": "/tasks?whose=all",
    "products": "/products", "product": "/products prd_", "product-new": "/products/new",
    "kinds": "/products/kinds?key=fridge", "categories": "/products/categories",
    "codes": "/products/statuses", "duplicates": "/duplicates", "duplicate": "/duplicates dup_",
    "acceptance": "/duplicates/acceptance", "merges": "/merges", "merge": "/merges mrg_",
    "imports": "/imports", "import-checked": "/imports imp_", "exports": "/exports",
    "export-new": "/exports/new", "privacy": "/privacy", "answer": "/privacy prq_",
    "limits": "/privacy/limits", "erasures": "/privacy/erasures", "periods": "/privacy/periods",
    "period": "/privacy/periods /privacy/periods/", "purposes": "/privacy/purposes",
    "roles": "/settings/roles", "role": "/settings/roles/agent",
    "role-whole": "/settings/roles/administrator", "role-new": "/settings/roles/new?like=agent",
    "rights": "/settings/rights?kind=financial", "branches": "/settings/branches",
    "accesses": "/settings/accesses", "profiles": "/settings/profiles",
    "type-new": "/settings/profiles/new", "type": "/settings/profiles/types/person",
    "field": "/settings/profiles/types/person/fields/employer",
    "field-new": "/settings/profiles/types/person/fields/new",
    "group": "/settings/profiles/types/person/groups/work",
    "calculated": "/settings/profiles/types/person/calculated",
    "pack": "/settings/profiles/packs/telecom",
}  # fmt: skip
RECORD_OF_ANNA = (
    "", "/edit", "/contact", "/family", "/notes", "/consents", "/holdings", "/timeline", "/history",
    "/type", "/merge", "/erasure", "/assignment", "/identities/new", "/addresses/new",
    "/relations/new", "/households/new", "/notes/new", "/tasks/new", "/files/new", "/consents/new",
    "/limits/new", "/requests/new", "/holdings/new", "/purchases", "/purchases pur_",
    "/reveal/identity_checked_on",
)  # fmt: skip
LOYALTY = {
    "desk": "/loyalty/desk", "desk-found": "/loyalty/desk?q=anna",
    "rewards": "/loyalty/rewards", "reward": "/loyalty/rewards rew_",
    **{f"reward-new-{kind}": f"/loyalty/rewards/new?kind={kind}" for kind in Reward.Kind.values},
    "orders": "/loyalty/orders",
    "journeys": "/loyalty/journeys", "journey": "/loyalty/journeys trv_",
    "redemption": "/loyalty/journeys trv_ /redemptions/",
    "journey-days": "/loyalty/journeys/days", "cash": "/loyalty/cash",
    "cash-out": "/loyalty/cash csh_", "payment-files": "/loyalty/cash/files",
    "payment-file": "/loyalty/cash/files pay_", "partners": "/loyalty/partners",
    "partner": "/loyalty/partners prt_", "partner-new": "/loyalty/partners/new",
    "statements": "/loyalty/partners/statements", "statement": "/loyalty/partners/statements pst_",
    "rates": "/loyalty/exchange-rates", "rate-new": "/loyalty/exchange-rates/new",
    "tiers": "/loyalty/tiers", "tier": "/loyalty/tiers /steps/",
    "tier-new": "/loyalty/tiers /steps/new",
    "ladder-new": "/loyalty/tiers/new", "ladder": "/loyalty/tiers /loyalty/tiers/",
    "review": "/loyalty/tiers /review", "cards": "/loyalty/cards", "card": "/loyalty/cards gft_",
    "card-new": "/loyalty/cards/new", "promotions": "/loyalty/promotions",
    "promotion-new": "/loyalty/promotions/new",
    "promotion": "/loyalty/promotions /loyalty/promotions/spring", "notices": "/loyalty/notices",
    "codes": "/loyalty/codes", "code-pool": "/loyalty/codes /loyalty/codes/",
    "code-pool-new": "/loyalty/codes/new",
    "code-pool-edit": "/loyalty/codes /loyalty/codes/ /change",
    "notice-readers": "/loyalty/notices /loyalty/notices/expiring",
    **{f"notice-new-{kind}": f"/loyalty/notices/new?kind={kind}" for kind in Notice.Kind.values},
    "notice": "/loyalty/notices /change",
    "limits": "/loyalty/limits",
    "limit-new": "/loyalty/limits/new", "adjustments": "/loyalty/adjustments",
    "checks": "/loyalty/checks", "books": "/loyalty/books", "rules": "/loyalty/rules",
    "rule": "/loyalty/rules /loyalty/rules/", "rule-versions": "/loyalty/rules /versions",
    "past": "/loyalty/rules/past",
    **{f"rule-new-{earn}": f"/loyalty/rules/new?earn={earn}" for earn in EARNS},
    "kinds": "/loyalty/points",
    "kind": "/loyalty/points /loyalty/points/", "kind-new": "/loyalty/points/new",
}  # fmt: skip
LOYALTY_OF_ANNA = (
    "/habits", "/points", "/points pos_", "/points/redeem", "/points/adjustment", "/points/pause",
    "/points/gifts/new", "/points/by-itself", "/points/debts/points", "/points /extension",
)  # fmt: skip
SIGNED_OUT = {
    "sign-in": "/accounts/login/",
    "forgotten": "/accounts/password/reset/",
    "dead-link": "/join/nothing",
}
VIOLATIONS = """async (options) => {
  const found = await axe.run(document, options);
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`));
}"""
TRIAL = {
    "read": 3, "new": 2, "changed": 0, "unchanged": 0, "repeated": 0, "overridden": 0,
    "for_review": 0, "without_customer": 0, "rejected": 1,
    "totals": {"EUR": {"read_minor": 6_000, "taken_minor": 4_000, "rejected_minor": 2_000}},
}  # fmt: skip


@pytest.fixture
def pages(console: Any, anna: str, family: None, single: dict[str, str]) -> dict[str, str]:
    """All pages for people who are signed in, with something to see on each."""
    tabs = {f"customer{tab.replace('/', '-')}": anna + tab for tab in OF_CUSTOMER}
    return {**PAGES, **tabs, **single, "import": checked_import()}


def checked_import() -> str:
    """An import that waits to be run, with one refused row."""
    person = Person.objects.get(email__startswith="administrator")
    batch = Batch.objects.create(
        kind="purchases", source="till", file_name="kase.csv", path="", state="checked",
        trial=TRIAL, started_by=person.public_id, created_at=datetime.now(UTC),
    )  # fmt: skip
    batch.rows.create(
        number=3, outcome="rejected", column_name="amount", code="amount-not-a-number",
        faults=[["amount", "amount-not-a-number", {"value": "oops"}]], is_trial=True,
    )  # fmt: skip
    return f"/imports/{batch.public_id}"


@pytest.mark.long
@promise("CON-20")
@pytest.mark.parametrize("language", ["en", "es", "lv"])
def test_axe_finds_nothing_on_any_page_in_either_theme(
    page: Any, console: Any, pages: dict[str, str], language: str, picture: Picture
) -> None:
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.emulate_media(reduced_motion="reduce")  # colours on their way are no colours
    speak(page, console, language)
    found = list(objections(page, console, SIGNED_OUT, language, picture))
    console.sign_in(page, "administrator")
    speak(page, console, language)
    if language == "en":
        pages["components"] = "/ui"  # for people who build pages; in English only
    found += objections(page, console, pages, language, picture)
    assert not found, "\n".join(found)


@pytest.mark.long
@promise("CON-20")
def test_axe_finds_nothing_on_the_pages_of_the_record(
    page: Any, empty: Any, picture: Picture
) -> None:
    now = datetime.now(UTC)
    demo, anna = signed_in(page, empty, now=now)
    pages = addresses(page, demo, anna, RECORD, RECORD_OF_ANNA)
    pages["choices"] = urlsplit(link_for(anna.id, now=now)).path
    found: list[str] = []
    for language in ("en", "es", "lv"):
        speak(page, demo, language)
        pages["choices"] = pages["choices"].partition("?")[0] + f"?language={language}"
        found += objections(page, demo, pages, language, picture)
    assert not found, "\n".join(found)


@pytest.mark.long
@promise("CON-20")
@pytest.mark.parametrize("language", ["en", "es", "lv"])
def test_axe_finds_nothing_on_the_pages_of_loyalty(
    page: Any, empty: Any, language: str, picture: Picture
) -> None:
    demo, anna = signed_in(page, empty, now=datetime.now(UTC), size=300)
    pages = addresses(page, demo, anna, LOYALTY, LOYALTY_OF_ANNA)
    speak(page, demo, language)
    found = list(objections(page, demo, pages, language, picture))
    assert not found, "\n".join(found)


def signed_in(page: Any, empty: Any, *, now: datetime, size: int = 20) -> tuple[Console, Customer]:
    """The console of the demo company, and the customer who has something of everything."""
    load.load(size, now=now)
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    demo = Console(empty.url, "demo.example", stage.PASSWORD)
    demo.sign_in(page, "administrator")
    return demo, Customer.objects.get(display_name="Anna Kalniņa")


def addresses(
    page: Any, demo: Console, anna: Customer, named: dict[str, str], tails: tuple[str, ...]
) -> dict[str, str]:
    pages = {name: linked(page, demo, path) for name, path in named.items()}
    for tail in tails:
        path = f"/customers/{anna.public_id}{tail}"
        pages[f"of-anna{tail.replace('/', '-')}"] = linked(page, demo, path)
    return pages


def linked(page: Any, console: Any, path: str) -> str:
    """An address; or, behind spaces, the first link of that page with this in it, and so on."""
    found, *ways = path.split(" ")
    for within in ways:
        page.goto(console.at(found))
        link = page.locator(f".main a[href*='{within}']").first
        found = str(link.get_attribute("href"))
    return found


@pytest.mark.long
@promise("CON-20")
@pytest.mark.parametrize("language", ["en", "es", "lv"])
def test_axe_finds_nothing_on_the_first_page(
    page: Any, empty: Any, language: str, picture: Picture
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": WIDE, "height": 900})
    speak(page, empty, language)
    found = list(objections(page, empty, {"welcome": "/welcome"}, language, picture))
    assert not found, "\n".join(found)


@pytest.mark.long
@promise("CON-20")
@pytest.mark.parametrize("language", ["en", "es", "lv"])
def test_axe_finds_nothing_on_the_pages_of_refusal(
    chromium: Any, console: Any, language: str, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = chromium.new_context(locale="en-GB").new_page()  # its answers are faults on purpose
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": WIDE, "height": 900})
    console.sign_in(page, "agent")
    speak(page, console, language)
    found = list(objections(page, console, {"no-right": "/settings/company"}, language, picture))
    for name, fault in (("broken", ArithmeticError()), ("unavailable", OperationalError())):
        monkeypatch.setattr("clientela.console.home.current", failing(fault))
        found += objections(page, console, {name: "/"}, language, picture)
    page.context.close()
    assert not found, "\n".join(found)


def failing(fault: Exception) -> Callable[..., Any]:
    def fail(*args: object) -> Any:
        raise fault

    return fail


def speak(page: Any, console: Any, language: str) -> None:
    """Choose a language where it is chosen: in the menu, or above the sign-in."""
    page.set_default_navigation_timeout(PATIENCE_OF_A_PAGE_MS)
    page.goto(console.at("/"))
    me = page.locator("[data-ui=me] summary")
    if me.count():
        me.click()
    page.locator(f"[data-ui=languages] [lang={language}]").click()
    page.wait_for_load_state()


def objections(
    page: Any, console: Any, pages: dict[str, str], language: str, picture: Picture
) -> Iterator[str]:
    """What axe says of each page, and what is cut off on a small screen.

    A theme changes nothing but colours and a language changes none: contrast, which takes most of
    axe's time, is looked at in both themes in one language, all other rules in every language.
    """
    for name, path in pages.items():
        page.goto(console.at(path))
        assert page.locator("html").get_attribute("lang") == language, name
        page.evaluate(AXE_SCRIPT)
        picture(page, f"{name}-{language}-light")
        if language == "en":
            yield from of_axe(page, f"{name} {language} light", rules=ALL)
            dress(page, "dark")
            yield from of_axe(page, f"{name} {language} dark", runOnly=["color-contrast"])
        else:
            yield from of_axe(page, f"{name} {language}", rules={**ALL, "color-contrast": OFF})
            dress(page, "dark")
        picture(page, f"{name}-{language}-dark")
        dress(page, "light")
        for width in (NARROW, PHONE):
            page.set_viewport_size({"width": width, "height": 844})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                yield f"{name} {language}: wider than {width}"
        picture(page, f"{name}-{language}-narrow")
        page.set_viewport_size({"width": WIDE, "height": 900})


def of_axe(page: Any, where: str, **options: Any) -> list[str]:
    found: list[str] = page.evaluate(VIOLATIONS, {"resultTypes": ["violations"], **options})
    return [f"{where}: {one}" for one in found]


def dress(page: Any, theme: str) -> None:
    page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)


@pytest.mark.long
@promise("CON-17")
def test_a_theme_once_chosen_is_there_from_the_first_paint(page: Any, console: Any) -> None:
    console.sign_in(page, "agent")
    page.goto(console.at("/settings/preferences"))
    page.get_by_label("Dark").check()
    page.get_by_label("Compact").check()
    page.keyboard.press("Control+Enter")
    page.locator("[data-ui=toast]").wait_for()
    assert 'data-bs-theme="dark"' in page.request.get(console.at("/")).text()
    page.goto(console.at("/customers"))
    html = page.locator("html")
    assert html.get_attribute("data-bs-theme") == "dark"
    assert html.get_attribute("data-density") == "compact"
    page.goto(console.at("/settings/preferences"))
    page.get_by_label("Like the computer").check()
    page.keyboard.press("Control+Enter")
    page.locator("[data-ui=toast]").wait_for()
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        page.locator(f"html[data-bs-theme={theme}]").wait_for()
