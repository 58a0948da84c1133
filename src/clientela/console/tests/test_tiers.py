"""Ladders in the console: made in forms, looked at before a review, shown on the customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.loyalty.models import Standing, Tier, TierSet
from clientela.platform.promises import promise

pytestmark = pytest.mark.django_db
LADDER = {"label_en": "Our club", "label_lv": "Mūsu klubs", "points": "points",
          "measure": "points", "window": "calendar", "starts": "now",
          "keeps": "end_of_next_period", "lowers": "one_step", "grace_days": "14"}  # fmt: skip
GOLD = {"label_en": "Gold", "threshold": "100", "factor": "1,5", "benefit_en": "Free delivery",
        "note_en": "Offer a chair", "life_months": "36", "life_until": "month"}  # fmt: skip


@pytest.fixture
def club(sign_in: SignIn, anna: UUID) -> Client:
    """A manager who made a ladder with one tier; Anna stands on it."""
    manager = sign_in(role="manager")
    answer = manager.post("/loyalty/tiers/new", LADDER)
    assert answer.status_code == 303, text_of(answer)
    answer = manager.post("/loyalty/tiers/our-club/steps/new", GOLD)
    assert answer.status_code == 303, text_of(answer)
    Standing.objects.create(
        customer_id=anna, tier_set_id="our-club", tier=Tier.objects.get(), measured=124,
        starts_at="2025-01-01T00:00:00Z", kept_until="2025-12-31", decided_by="system",
    )  # fmt: skip
    return manager


def test_a_ladder_and_its_tiers_are_made_in_forms(club: Client) -> None:
    page = text_of(club.get("/loyalty/tiers"))
    for words in ("Our club", "Counts points earned in the calendar year.", "Free delivery",
                  "Offer a chair", "A review waits 14 days", "Gold × 1.5"):  # fmt: skip
        assert words in page
    gold = Tier.objects.get()
    assert gold.life == {"months": 36, "until": "month"}
    changed = {**GOLD, "threshold": "90", "factor": "2"}
    club.post("/loyalty/tiers/our-club/steps/gold", changed)
    gold.refresh_from_db()
    assert gold.threshold == 90
    assert 'value="2"' in text_of(club.get("/loyalty/tiers/our-club/steps/gold"))
    club.post("/loyalty/tiers/our-club", {**LADDER, "late": "re_rates"})
    assert TierSet.objects.get().late == "re_rates"
    assert "after a purchase that comes late earns by the tier" in text_of(
        club.get("/loyalty/tiers")
    )
    assert 'value="re_rates" selected' in text_of(club.get("/loyalty/tiers/our-club"))
    club.post("/loyalty/tiers/our-club", {**LADDER, "measure": "balance"})
    assert TierSet.objects.get().measure == "balance"
    assert "may lose their tier by spending" in text_of(club.get("/loyalty/tiers"))


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [("new", LADDER, "There is a ladder of this name."),
     ("our-club/steps/new", GOLD, "There is a tier of this name."),
     ("our-club/steps/new", {**GOLD, "label_en": "Silver"}, "begins at this figure"),
     ("our-club/steps/gold", {**GOLD, "factor": "many"}, "Write a factor"),
     ("our-club", {**LADDER, "measure": "spend", "currency": "XXX"}, "in which currency"),
     ("our-club", {**LADDER, "measure": "balance", "late": "re_rates"}, "A late purchase reaches"),
     ("our-club", {**LADDER, "keep_days": "5"}, "go with the end of the period")],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field(
    club: Client, path: str, form: dict[str, str], words: str
) -> None:
    answer = club.post(f"/loyalty/tiers/{path}", form)
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_a_tier_nobody_stood_on_is_taken_out(club: Client) -> None:
    club.post("/loyalty/tiers/our-club/steps/new", {**GOLD, "label_en": "Silver",
                                                    "threshold": "50"})  # fmt: skip
    club.post("/loyalty/tiers/our-club/steps/silver/removal")
    club.post("/loyalty/tiers/our-club/steps/gold/removal")
    assert [tier.key for tier in Tier.objects.all()] == ["gold"]
    assert "Customers stand or stood on gold." in text_of(club.get("/loyalty/tiers"))


@promise("LOY-41")
def test_a_review_shows_who_moves_before_it_is_run(
    club: Client, anna: UUID, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_max_num_queries(12):
        page = text_of(club.get("/loyalty/tiers/our-club/review"))
    assert page.count('data-ui="tier-decision"') == 1
    assert "Goes down" in page
    assert "Nobody to decide" in text_of(club.get("/loyalty/tiers/our-club/review?way=up"))
    assert Standing.objects.get().ends_at is None
    club.post("/loyalty/tiers/our-club/review/run")
    assert Standing.objects.get().ends_at is not None
    assert "1 standing decided." in text_of(club.get("/loyalty/tiers"))


def test_a_customer_shows_the_way_to_the_next_tier_and_where_they_stood(
    club: Client, anna: UUID, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    club.post("/loyalty/tiers/our-club/steps/new", {**GOLD, "label_en": "Platinum",
                                                    "threshold": "500"})  # fmt: skip
    page = text_of(club.get(path_of(anna, "/points")))
    for words in ('data-ui="staff-note"', "Offer a chair", 'data-ui="tier-distance"',
                  "more to Platinum", "Tiers so far", "since 1"):  # fmt: skip
        assert words in page
