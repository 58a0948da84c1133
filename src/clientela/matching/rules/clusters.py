"""Which records are proposed together. No Django.

A chain of likenesses is no likeness: a cluster has a representative, and every member reaches the
threshold against it. A cluster that grows too large is shown, not proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

CLUSTER_MAX = 10
Id = TypeVar("Id")
Edge = tuple[Id, Id, float]


@dataclass(frozen=True, slots=True)
class Clusters:
    """`members`: representative -> all of its cluster, itself first; `too_large`: those that are
    not proposed.
    """

    members: Mapping[object, tuple[object, ...]]
    too_large: frozenset[object]


def clustered(
    edges: Sequence[Edge[Id]], *, threshold: float, largest: int = CLUSTER_MAX
) -> Clusters:
    """Clusters of the pairs that reach the threshold, the same in whatever order they are given."""
    near: dict[Id, dict[Id, float]] = {}
    for one, other, probability in edges:
        if probability >= threshold:
            near.setdefault(one, {})[other] = probability
            near.setdefault(other, {})[one] = probability
    members: dict[object, tuple[object, ...]] = {}
    too_large: set[object] = set()
    taken: set[Id] = set()
    for id in sorted(near, key=lambda id: (-_weight(near[id].values()), str(id))):
        if id in taken:
            continue
        own = [other for other in near[id] if other not in taken]
        if not own:
            continue
        whole = (id, *sorted(own, key=lambda other: (-near[id][other], str(other))))
        taken.update(whole)
        members[id] = whole
        if len(whole) > largest:
            too_large.add(id)
    return Clusters(members, frozenset(too_large))


def _weight(probabilities: Iterable[float]) -> float:
    return round(sum(probabilities), 9)
