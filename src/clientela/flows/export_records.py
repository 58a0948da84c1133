"""Data is taken out as a file: by right and reason, as far as it is seen, and for seven days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from clientela.customers import queries as customers
from clientela.customers import sight
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.exports import actions as exports
from clientela.exports import queries
from clientela.exports.models import Export
from clientela.exports.rules import WRITERS, TooManyRows
from clientela.flows.exporting import of_customers, of_list, of_trade
from clientela.flows.exporting.tables import Asked, Table
from clientela.flows.lists import views
from clientela.platform import ids, text, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

RIGHT = "customers.export"
KINDS: Mapping[str, Callable[[Asked], Table]] = {
    "customers": of_customers.customers,
    "products": of_trade.products,
    "holdings": of_trade.holdings,
    "purchases": of_trade.purchases,
}
LIST = "list"
REASON_LENGTH_MAX = 300
ROWS_WORDS = "A sheet has room for 1,048,575 rows; choose another form."


def ask(
    what: str, *, form: str, reason: str, asked: Mapping[str, Any] | None = None, actor: Actor,
    now: datetime,
) -> Export:  # fmt: skip
    """Ask for an export; what may not be asked for is refused here. `what`: a kind, `list` with the
    state of one in `asked`, the id of a view, or the id of a customer.
    """
    actor.needs(RIGHT)
    why = text.clean(reason)
    if not why or len(why) > REASON_LENGTH_MAX:
        raise InvalidInput(f"Say why, in 1 to {REASON_LENGTH_MAX} signs.", field="reason")
    if form not in WRITERS:
        raise InvalidInput(f"Choose one of {', '.join(WRITERS)}.", field="format")
    given = dict(asked or {})
    _table(what, given, actor=actor, now=now)
    with transactions.open():
        return exports.ask(what=what, form=form, asked=given, reason=why, actor=actor, now=now)


def carry_out(export_id: UUID, *, actor: Actor, now: datetime) -> Export:
    """Write the file; once it is ready, again changes nothing."""
    export = queries.get(export_id, actor=actor)
    if export.state != Export.State.WAITING:
        return export
    table = _table(export.what, export.asked, actor=actor, now=now)
    path = settings.HOME.files / "exports" / f"{export.id.hex}.{export.form}"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        rows = WRITERS[export.form](path, table.columns, table.rows)
    except TooManyRows:
        path.unlink(missing_ok=True)
        raise InvalidInput(ROWS_WORDS, field="format") from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    _finish(export, path, table, rows, actor=actor, now=now)
    return queries.get(export_id, actor=actor)


def failed(export_id: UUID, problem: Problem) -> None:
    """Whoever waits for the file is told why there is none."""
    with transactions.open():
        exports.fail(export_id, problem.as_dict())


def end_old(*, now: datetime) -> int:
    """Files whose links are over are taken away."""
    old = queries.over(now=now)
    for export in old:
        export.file.unlink(missing_ok=True)
    with transactions.open():
        return exports.end([export.id for export in old])


def _finish(
    export: Export, path: Path, table: Table, rows: int, *, actor: Actor, now: datetime
) -> None:
    kept = path.relative_to(settings.HOME.path).as_posix()
    names = [column.name for column in table.columns]
    with transactions.open():
        is_ours = exports.finish(export.id, path=kept, columns=names, rows=rows)
        data = {"what": export.what, "form": export.form, "rows": rows}
        told = Happening("export.finished", now, None, export.public_id, data)
        events.emit([told] if is_ours else [], actor=actor, now=now)


def _table(what: str, given: Mapping[str, Any], *, actor: Actor, now: datetime) -> Table:
    source = str(given.get("source") or "import")
    seen = replace(sight.sight_of(actor), sees_restricted=False)  # kept, and used for nothing
    asked = Asked(actor, seen, companies.current(), now, source)
    if what in KINDS:
        return KINDS[what](asked)
    if what == LIST:
        return of_list.listed(asked, given.get("state", {}))
    if what.startswith("cus_"):
        customer = customers.get(_id("cus", what))
        return of_customers.customers(asked, only=[customer.merged_into or customer.id])
    if what.startswith("lst_"):
        view = views.view_for(actor, _id("lst", what))
        return of_list.listed(asked, view.state)
    kinds = ", ".join(KINDS)
    raise InvalidInput(f"Take out {kinds}, a view (lst_…) or a customer (cus_…).", field="what")


def _id(prefix: str, public: str) -> UUID:
    try:
        return ids.parse(prefix, public)
    except ValueError:
        raise InvalidInput(f"This is not an id; it starts with {prefix}_.", field="what") from None
