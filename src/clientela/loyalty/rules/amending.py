"""A changed purchase: what it earns as it is now, less what it has earned so far. Pure.

What each rule gave before is taken off by one more step of that rule, as a cut is: so the steps of
the posting add up to the difference, and what every rule gave can be counted from all postings of
the purchase.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace

from clientela.loyalty.rules.awards import BY_AMENDED, Award, Part, Step
from clientela.loyalty.rules.limits import shortened

KEY = "amended"  # what the line is called in explanations
Given = Mapping[int, int]  # points by the version of the rule that gave them


def given_by(steps: Sequence[int]) -> dict[int, int]:
    """What each rule gave, by flat triples of steps."""
    given: dict[int, int] = {}
    for version, before, after in zip(*[iter(steps)] * 3, strict=True):
        if version > 0:
            given[version] = given.get(version, 0) + after - before
    return given


def told(steps: Sequence[Step]) -> list[Step]:
    """The steps as they are explained: what was earned before, and is taken off, is one of them."""
    places = [place for place, step in enumerate(steps) if step.version_id == BY_AMENDED]
    if not places:
        return list(steps)
    first, last = places[0], places[-1]
    off = Step(BY_AMENDED, steps[first].before, steps[last].after)
    return [*steps[:first], off, *steps[last + 1 :]]


def left_of(steps: Sequence[int], last: Sequence[int] | None) -> dict[int, int]:
    """What is left of it; `last`: the steps of what took back of it last."""
    given = given_by(steps)
    left = given if last is None else given_by(last)
    return {
        version: least for version, points in given.items()
        if (least := min(points, left.get(version, 0))) > 0
    }  # fmt: skip


def summed(several: Sequence[Given]) -> dict[int, int]:
    total: dict[int, int] = {}
    for given in several:
        for version, points in given.items():
            total[version] = total.get(version, 0) + points
    return total


def difference(
    award: Award, before: Given, had: int, lots: Mapping[Hashable, int],
    kind_of: Callable[[Part], Hashable],
) -> Award:  # fmt: skip
    """What the award gives beyond the `had` points earned before, by rule in `before` and by the
    kind of their lots in `lots`. Points of a kind that grew are of that kind.
    """
    total = sum(part.points for part in award.parts)
    assert 0 < had < total
    steps, rest = [*award.steps, Step(BY_AMENDED, total, total)], had
    for version, points in before.items():
        taken = min(points, rest)
        if taken:
            steps.append(Step(version, total, total - taken))
            total, rest = total - taken, rest - taken
    steps.append(Step(BY_AMENDED, total, total - rest))
    return replace(
        award, steps=tuple(steps), parts=_less(award.parts, lots, kind_of, had),
        again=frozenset(before),
    )  # fmt: skip


def _less(
    parts: Sequence[Part], lots: Mapping[Hashable, int], kind_of: Callable[[Part], Hashable],
    less: int,
) -> tuple[Part, ...]:  # fmt: skip
    kept = []
    for part in parts:
        taken = min(part.points, lots.get(kind_of(part), 0), less)
        less -= taken
        if part.points > taken:
            kept.append(replace(part, points=part.points - taken))
    return shortened(kept, less)


def shares(left: Sequence[int], points: int) -> list[int]:
    """Of which postings points are taken back, the newest first; no more than each has left."""
    taken = [0] * len(left)
    for place in reversed(range(len(left))):
        taken[place] = min(left[place], points)
        points -= taken[place]
    return taken


def kept(worth: Sequence[Step], several: Sequence[Given]) -> list[list[Step]]:
    """What is left of each posting by rule when all of them are worth so much: the oldest keep
    theirs first. The worth of a single one is as it was computed.
    """
    if len(several) == 1:
        return [list(worth)]
    rest = given_by([part for step in worth for part in step])
    found = []
    for given in several:
        steps: list[Step] = []
        total = 0
        for version, points in given.items():
            left = max(0, min(points, rest.get(version, 0)))
            rest[version] = rest.get(version, 0) - left
            if left:
                steps.append(Step(version, total, total + left))
                total += left
        found.append(steps)
    return found
