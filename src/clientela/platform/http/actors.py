"""Who acts. A door knows it first and hands it down; the log keeps its public form.

Who acts is also kept beside the request, so that what fetches rows can leave out those that are not
for their eyes: a read that nobody thought of is narrowed like all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from clientela.platform.errors import RightMissing

ALL = "all"


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is public: `per_…` is a person, `key_…` an API key, `system` the house itself.

    `roles`: those of a person; a key has none and acts by its own rights. `branches`: whose
    customers they see; empty is the whole company.
    """

    id: str
    name: str
    rights: frozenset[str] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    branches: frozenset[str] = field(default_factory=frozenset)

    def may(self, right: str) -> bool:
        return ALL in self.rights or right in self.rights

    def needs(self, right: str) -> None:
        """Refuse when the right is missing; nothing has been written by then."""
        if not self.may(right):
            raise RightMissing(f"This needs the right {right}.", right=right)


SYSTEM = Actor(id="system", name="Clientela", rights=frozenset({ALL}))
NOBODY = Actor(id="nobody", name="nobody")

_present: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


def present() -> Actor:
    """Who acts now; the house itself where no door has said anybody."""
    return _present.get()


def arrive(actor: Actor) -> None:
    """A door knows who acts, from here to the end of the request or command."""
    _present.set(actor)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """As somebody for a while: a job as who asked for it, a look-up of the house as the house."""
    token = _present.set(actor)
    try:
        yield
    finally:
        _present.reset(token)
