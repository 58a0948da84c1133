"""Draft rules tried in the background: the figures of the direct way, followed, stopped, kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from clientela.flows import try_rules, what_if
from clientela.flows.rules_of_points import Draft
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_what_if import draft, shop  # noqa: F401 (a fixture)
from clientela.loyalty.actions import trials
from clientela.loyalty.actions.trials import KEPT_DAYS, WAITING_MAX, TrialIsOver, TrialsWait
from clientela.loyalty.models.trials import Trial
from clientela.loyalty.queries import trials as reads
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

WEB = {"fact": "purchase.channel", "op": "eq", "value": "web"}
DRAFTS = (
    draft(),
    draft("base", earn="per_money", points=1, per="3.00"),
    draft("web", earn="bonus", points=5, when=WEB),
    draft("late", earn="per_money", points=7, per="1.00"),
)


def asked(*drafts: Draft, **more: Any) -> Trial:
    wish: dict[str, Any] = {"months": 12, "view_id": None, "actor": SYSTEM, "now": NOW, **more}
    return try_rules.ask(drafts or (draft(),), **wish)


def again(trial: Trial) -> Trial:
    return reads.trial(trial.id)


@promise("LOY-74")
@pytest.mark.parametrize("slice_rows", [1, 3, 100])
def test_in_slices_the_figures_are_those_of_one_statement(shop: None, slice_rows: int) -> None:  # noqa: F811
    for one in DRAFTS:
        direct = what_if.what_if([one], months=12, now=NOW)
        trial = asked(one)
        assert trial.state == "waiting"
        try_rules.run(trial.id, now=NOW, slice_rows=slice_rows)
        done = again(trial)
        assert (done.state, done.done, done.whole) == ("finished", 4, 4)
        assert try_rules.found_of(done) == direct


def test_few_purchases_are_tried_at_once_and_many_are_queued(
    shop: None, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    found = try_rules.try_rules([draft()], months=12, actor=SYSTEM, now=NOW)
    assert isinstance(found, what_if.WhatIf)
    monkeypatch.setattr(try_rules, "AT_ONCE_MAX", 3)
    assert isinstance(try_rules.try_rules([draft()], months=12, actor=SYSTEM, now=NOW), Trial)
    with pytest.raises(InvalidInput):
        try_rules.try_rules([draft()], months=0, actor=SYSTEM, now=NOW)


def test_a_trial_broken_off_begins_anew_and_a_cancelled_one_stops_before_its_next_slice(
    shop: None, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    killed, stopped = asked(), asked()

    def kill(trial_id: UUID, *, done: int) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(trials, "go_on", kill)
        with pytest.raises(KeyboardInterrupt):
            try_rules.run(killed.id, now=NOW, slice_rows=1)
    assert again(killed).state == "running"
    try_rules.run(killed.id, now=NOW)
    assert again(killed).state == "finished"

    heard = []
    go_on = trials.go_on

    def cancel(trial_id: UUID, *, done: int) -> bool:
        heard.append(done)
        try_rules.cancel(trial_id, actor=SYSTEM, now=NOW)
        return go_on(trial_id, done=done)

    monkeypatch.setattr(trials, "go_on", cancel)
    try_rules.run(stopped.id, now=NOW, slice_rows=1)
    assert heard == [1]
    assert (again(stopped).state, again(stopped).found) == ("cancelled", None)
    try_rules.run(stopped.id, now=NOW)
    assert again(stopped).state == "cancelled"
    with pytest.raises(TrialIsOver):
        try_rules.cancel(stopped.id, actor=SYSTEM, now=NOW)


def test_trials_under_way_are_few_and_old_ones_are_dropped(shop: None) -> None:  # noqa: F811
    for _ in range(WAITING_MAX):
        last = asked()
    with pytest.raises(TrialsWait):
        asked()
    for one in Trial.objects.all():
        try_rules.fail(one.id, fault="unexpected", now=NOW)
    assert [one.state for one in reads.latest()] == ["failed"] * WAITING_MAX
    later = asked(now=NOW + timedelta(days=KEPT_DAYS + 1))
    assert set(Trial.objects.values_list("id", flat=True)) == {later.id}
    assert last.id != later.id
