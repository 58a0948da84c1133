"""Roles are changed in the settings, and nobody gives or takes what they have not got."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from clientela.console.tests.conftest import SignIn, text_of
from clientela.events.models import Event
from clientela.flows.decide_role import change_role, make_role, remove_role
from clientela.platform.errors import InvalidInput, RightMissing
from clientela.staff import queries
from clientela.staff.models import Person, Role
from clientela.staff.rights import SHIPPED_ROLES

ROLES = "/settings/roles"


def rights_of(key: str) -> set[str]:
    return set(Role.objects.get(key=key).rights)


def test_a_role_loses_and_gets_rights_for_all_its_people(admin: Client, sign_in: SignIn) -> None:
    agent = sign_in(role="agent")
    assert agent.get("/tasks").status_code == 200
    kept = [one for one in SHIPPED_ROLES["agent"][1] if not one.startswith("notes.")]
    assert admin.post(f"{ROLES}/agent", {"rights": [*kept, "customers.merge"]}).status_code == 303
    assert agent.get("/tasks").status_code == 403
    assert agent.get("/duplicates").status_code == 200
    told = Event.objects.get(name="role.changed")
    assert told.data == {"role": "agent", "given": ["customers.merge"],
                         "taken": ["notes.view", "notes.write"]}  # fmt: skip
    assert "changed" in text_of(admin.get(ROLES))
    admin.post(f"{ROLES}/agent/reset")
    assert rights_of("agent") == set(SHIPPED_ROLES["agent"][1])


def test_nobody_gives_or_takes_a_right_they_have_not_got(sign_in: SignIn) -> None:
    before = rights_of("agent")
    few = sign_in("staff.configure", "customers.view", "notes.view")
    shown = text_of(few.get(f"{ROLES}/agent"))
    assert 'value="customers.edit" id="right-customers.edit" checked disabled' in shown
    assert few.post(f"{ROLES}/agent", {"rights": ["customers.merge"]}).status_code == 422
    assert rights_of("agent") == before
    assert few.post(f"{ROLES}/agent", {"rights": ["customers.view"]}).status_code == 303
    assert rights_of("agent") == before - {"notes.view"}  # theirs to take; the others stay


def test_the_flow_refuses_what_the_page_does_not_offer(
    admin: Client, person_with: Callable[..., Person]
) -> None:
    actor = person_with("staff.configure", "customers.view").as_actor()
    now = datetime.now(UTC)
    for wanted in (["customers.view", "customers.merge"], []):
        with pytest.raises(RightMissing):
            change_role("agent", wanted=wanted, actor=actor, now=now)
    with pytest.raises(RightMissing):
        make_role(name="All", wanted=["customers.merge"], actor=actor, now=now)
    with pytest.raises(RightMissing):
        remove_role("none", actor=person_with(role="agent").as_actor(), now=now)
    own = next(iter(actor.roles))
    with pytest.raises(InvalidInput, match="shut yourself out"):
        change_role(own, wanted=["customers.view"], actor=actor, now=now)


def test_the_administrators_role_is_left_as_it_is(admin: Client) -> None:
    shown = text_of(admin.get(f"{ROLES}/administrator"))
    assert "stays so" in shown
    assert 'name="rights"' not in shown
    assert admin.post(f"{ROLES}/administrator", {"rights": []}).status_code == 422
    assert rights_of("administrator") == {"all"}


def test_a_role_of_the_companys_own_is_made_given_and_removed(
    admin: Client, person_with: Callable[..., Person]
) -> None:
    made = {"name": "Kases vadītājs", "rights": ["customers.view", "purchases.view"]}
    assert admin.post(f"{ROLES}/new", made).status_code == 303
    assert rights_of("kases-vaditajs") == {"customers.view", "purchases.view"}
    again = admin.post(f"{ROLES}/new", {**made, "name": "kases VADĪTĀJS"})
    assert again.status_code == 422
    assert "Another role is called so." in text_of(again)
    person = person_with(role="agent")
    address = f"/settings/people/{person.public_id}/role"
    assert admin.post(address, {"role": "kases-vaditajs"}).status_code == 303
    admin.post(f"{ROLES}/kases-vaditajs/removal")
    assert queries.role("kases-vaditajs") is not None
    admin.post(address, {"role": "agent"})
    admin.post(f"{ROLES}/kases-vaditajs/removal")
    assert queries.role("kases-vaditajs") is None
    admin.post(f"{ROLES}/agent/removal")
    assert queries.role("agent") is not None


def test_who_has_more_rights_than_the_reader_is_not_theirs_to_change(
    sign_in: SignIn, person_with: Callable[..., Person]
) -> None:
    boss = person_with(role="administrator")
    developer = sign_in(role="developer")
    shown = text_of(developer.get("/settings/people"))
    assert f"/settings/people/{boss.public_id}" not in shown
    for path, sent in (("role", {"role": "developer"}), ("state", {"active": "0"})):
        refused = developer.post(f"/settings/people/{boss.public_id}/{path}", sent)
        assert refused.status_code == 403
    boss.refresh_from_db()
    assert boss.is_active
