"""Duplicates: pairs that look alike, what people decide of them, and the search for them."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field, StrictStr

from clientela.api.router import Doors
from clientela.api.types import After, Body, HouseRequest, Text, public_id
from clientela.flows import accept_duplicates, decide_pair, search_duplicates
from clientela.flows.told_merges import acceptance_of, merge_of, offered_of, pair_of, search_of
from clientela.matching.queries import merges
from clientela.matching.queries import pairs as reads
from clientela.platform.errors import InvalidInput

doors = Doors(tags=["duplicates"])
RIGHT = "customers.merge"


class Pair(Body):
    """`parts`: for each field compared, how alike it is and what that weighs; `weakest`: the part
    that speaks most against it. `grade` accept may be merged together with others.
    """

    id: str
    customers: list[str]
    probability: float
    weakest: str
    parts: list[dict[str, Any]]
    grade: Literal["accept", "review"]
    origin: Literal["search", "import"]
    found_at: str


class PairPage(Body):
    items: list[Pair]
    next: str | None


class PairDecision(Body):
    """`same` merges the two, then `survivor` says which remains; `different` is remembered;
    `later` comes again after a month.
    """

    decision: Literal["same", "different", "later"]
    survivor: Text | None = None
    choices: Annotated[dict[str, Text], Field(max_length=400)] = {}
    reason: Text = ""


class PairDecided(Body):
    state: Literal["merged", "told-apart", "put-off"]
    merge: dict[str, Any] | None = None


class NewSearch(Body):
    """`threshold`: pairs at least so probable may be accepted together, when nothing speaks
    against it.
    """

    threshold: Annotated[float, Field(ge=0.5, le=1)] = search_duplicates.THRESHOLD


class Search(Body):
    id: str
    state: Literal["waiting", "running", "finished", "failed"]
    asked_at: str
    records: int
    pairs: int
    threshold: float
    fault: str


class SearchPage(Body):
    items: list[Search]
    next: str | None


class PairOffered(Body):
    """What would be merged: how many pairs, counted to just above a thousand, and the sample."""

    threshold: float
    pairs: int
    sample: list[Pair]


class Accept(Body):
    """`looked_at`: the pairs of the sample, all of them; `wrong`: those that are two customers."""

    threshold: Annotated[float, Field(ge=accept_duplicates.LEAST, le=1)]
    looked_at: Annotated[list[StrictStr], Field(max_length=accept_duplicates.SAMPLE)]
    wrong: Annotated[list[StrictStr], Field(max_length=accept_duplicates.SAMPLE)] = []


class Acceptance(Body):
    id: str
    threshold: float
    sample: int
    accepted_by: str
    accepted_at: str
    merged: int
    refused: int
    ended_at: str | None


@doors.read("/duplicates", right=RIGHT, answer=PairPage, summary="List likely duplicates")
def listed(
    request: HouseRequest, least: Annotated[float, Query(ge=0, le=1)] = 0,
    grade: Literal["", "accept", "review"] = "",
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:  # fmt: skip
    """Pairs that wait for a decision, the most alike first; `least`: the least probability."""
    rows = reads.waiting(
        now=request.started_at, before=_key(after) if after else None, least=least, grade=grade,
        limit=limit,
    )  # fmt: skip
    last = rows[-1] if len(rows) == limit else None
    return {
        "items": [pair_of(row) for row in rows],
        "next": f"{last.probability!r}_{last.id.hex}" if last else None,
    }


@doors.read("/duplicates/searches", right=RIGHT, answer=SearchPage, summary="List searches")
def searches(request: HouseRequest) -> dict[str, Any]:
    """The latest searches over all customers."""
    return {"items": [search_of(row) for row in reads.latest_searches()], "next": None}


@doors.write("POST", "/duplicates/searches", right=RIGHT, answer=Search,
             summary="Search for duplicates")  # fmt: skip
def search(request: HouseRequest, body: NewSearch) -> dict[str, Any]:
    """Compare all customers in the background; 409 while a search runs."""
    return search_of(search_duplicates.ask(
        threshold=body.threshold, actor=request.actor, now=request.started_at
    ))  # fmt: skip


@doors.read("/duplicates/acceptance", right=RIGHT, answer=PairOffered,
            summary="What accepting pairs would merge")  # fmt: skip
def offered(
    request: HouseRequest, threshold: Annotated[float, Query(ge=accept_duplicates.LEAST, le=1)]
) -> dict[str, Any]:
    """The dry run: nothing is written. The sample stays the same until its pairs are decided."""
    return offered_of(accept_duplicates.offered(threshold=threshold, now=request.started_at))


@doors.write("POST", "/duplicates/acceptances", right=RIGHT, answer=Acceptance,
             summary="Accept all pairs above a threshold")  # fmt: skip
def accept(request: HouseRequest, body: Accept) -> dict[str, Any]:
    """They are merged in the background, at most 50,000, the older record remains. A pair of the
    sample that is wrong is remembered, and stops it.
    """
    return acceptance_of(accept_duplicates.queued(
        threshold=body.threshold, looked_at=_pairs(body.looked_at, "looked_at"),
        wrong=_pairs(body.wrong, "wrong"), actor=request.actor, now=request.started_at,
        request=request.request_id,
    ))  # fmt: skip


@doors.read("/duplicates/acceptances/{acceptance_id}", right=RIGHT, answer=Acceptance,
            summary="Read how far an acceptance is")  # fmt: skip
def read_acceptance(request: HouseRequest, acceptance_id: StrictStr) -> dict[str, Any]:
    """How many were merged, and how many could not be."""
    return acceptance_of(reads.get_acceptance(public_id("acc", acceptance_id)))


@doors.read("/duplicates/{pair_id}", right=RIGHT, answer=Pair, summary="Read a pair")
def read(request: HouseRequest, pair_id: StrictStr) -> dict[str, Any]:
    """A pair that waits for a decision."""
    return pair_of(decide_pair.waiting(public_id("dup", pair_id), now=request.started_at))


@doors.write("POST", "/duplicates/{pair_id}/decision", right=RIGHT, answer=PairDecided,
             summary="Decide a pair")  # fmt: skip
def decide(request: HouseRequest, pair_id: StrictStr, body: PairDecision) -> dict[str, Any]:
    """Same, different, or later."""
    id, actor, now = public_id("dup", pair_id), request.actor, request.started_at
    if body.decision == "different":
        decide_pair.different(id, reason=body.reason, actor=actor, now=now,
                              request=request.request_id)  # fmt: skip
        return {"state": "told-apart"}
    if body.decision == "later":
        decide_pair.later(id, actor=actor, now=now)
        return {"state": "put-off"}
    done = decide_pair.same(
        id, survivor=_survivor(id, body, request), choices=body.choices, reason=body.reason,
        actor=actor, now=now, request=request.request_id,
    )  # fmt: skip
    return {"state": "merged", "merge": merge_of(merges.get(done.merge.id))}


def _survivor(pair_id: UUID, body: PairDecision, request: HouseRequest) -> UUID:
    """Who is to remain; without a word the record that is older."""
    if body.survivor is not None:
        return public_id("cus", body.survivor, field="survivor")
    return min(decide_pair.waiting(pair_id, now=request.started_at).sides)


def _pairs(named: list[str], field: str) -> list[UUID]:
    return [public_id("dup", one, field=f"{field}.{place}") for place, one in enumerate(named)]


def _key(after: str) -> tuple[float, UUID]:
    probability, _, id = after.partition("_")
    try:
        return float(probability), UUID(hex=id)
    except ValueError:
        raise InvalidInput("Take `next` of the page before.", field="after") from None
