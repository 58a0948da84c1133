"""What an installation remembers of its demo company: which story was told, and whether wholly."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from clientela.flows.demo.story import Plan
from clientela.platform.http.actors import ALL, Actor
from clientela.staff.models import Setting

NAME = "demo"
SOURCE = "demo"
DEMO = Actor(id="demo", name="Demo", rights=frozenset({ALL}))


@dataclass(frozen=True, slots=True)
class Mark:
    """`kinds`, `categories` and `fields`: keys the demo brought, and takes away again if nobody
    uses them; a field by its profile type, `person.employer`.
    """

    customers: int
    seed: int
    day: str
    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    is_finished: bool = False

    @property
    def plan(self) -> Plan:
        return Plan(self.customers, self.seed, date.fromisoformat(self.day))


def read() -> Mark | None:
    """The demo company that is there, or half there; None: there is none."""
    newest = Setting.objects.filter(name=NAME).order_by("-id").first()
    if newest is None or newest.value is None:
        return None
    value = dict(newest.value)
    for name in ("kinds", "categories", "fields"):
        value[name] = tuple(value.get(name, ()))
    return Mark(**value)


def write(mark: Mark, *, now: datetime) -> None:
    Setting.objects.create(name=NAME, value=asdict(mark), changed_by=DEMO.id, changed_at=now)


def wipe() -> None:
    Setting.objects.filter(name=NAME).delete()
