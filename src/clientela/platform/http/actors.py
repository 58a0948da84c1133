"""Who acts. A door knows it first and hands it down; the log keeps its public form."""

from __future__ import annotations

from dataclasses import dataclass, field

from clientela.platform.errors import RightMissing

ALL = "all"


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is public: `per_…` is a person, `key_…` an API key, `system` the house itself."""

    id: str
    name: str
    rights: frozenset[str] = field(default_factory=frozenset)

    def may(self, right: str) -> bool:
        return ALL in self.rights or right in self.rights

    def needs(self, right: str) -> None:
        """Refuse when the right is missing; nothing has been written by then."""
        if not self.may(right):
            raise RightMissing(f"This needs the right {right}.", right=right)


SYSTEM = Actor(id="system", name="Clientela", rights=frozenset({ALL}))
NOBODY = Actor(id="nobody", name="nobody")
