"""Files that went in and out of the demo company: one taken in with rows that were refused, one
that was undone, one that waits to be run, and a list that was taken out; and somebody forgotten.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from clientela.customers.queries import Reference, resolve
from clientela.exports.models import Export
from clientela.flows import erase_customer, export_records, import_file, undo_import
from clientela.flows.demo.lists import RIGA
from clientela.flows.demo.mark import DEMO
from clientela.imports.models import Batch
from clientela.platform.http.actors import Actor
from clientela.privacy.models.consents import Suppression
from clientela.staff import queries as staff

SOURCE = "demo-fair"
LEADS = 4  # customers that the files bring
FAIR = """customer,name,email,language,country,birth_date
F-1,Baiba Ābele,baiba.abele@example.com,lv,LV,1984-03-02
F-2,Marco Rossi,marco.rossi@example.org,es,ES,1979-11-23
F-3,Signe Vanaga,signe.vanaga@example.net,lv,LV,1991-07-30
F-4,,somebody@example.com,lv,LV,
F-5,Zane Krūze,zane.kruze at example.com,lv,LV,1988-01-17
F-6,Tomass Egle,tomass.egle@example.com,lv,LV,2031-05-05
"""
MARKET = """customer,name,email,language,country,birth_date
M-1,Ieva Saule,ieva.saule@example.net,lv,LV,1966-09-12
"""
GARDEN = """product,name,kind,price,currency
T-TULIP,Tulip bulbs,garden,4.90,EUR
T-PEAT,Peat 80 l,garden,7.50,EUR
T-GLOVE,Garden gloves,garden,5.90,EUR
"""
PRICES = """product,name,kind,price,currency
T-SOIL,Potting soil 50 l,garden,9.49,EUR
T-SPADE,Spade,garden,26.90,EUR
T-RAKE,Rake,garden,nineteen,EUR
"""


def bring(*, now: datetime) -> None:
    """Once: what is there already is left as it stands."""
    if Batch.objects.filter(is_demo=True).exists():
        return
    person = staff.person_by_email("manager@demo.example")
    actor = person.as_actor() if person else DEMO
    days = timedelta(days=1)
    undone = _taken("garden-spring.csv", GARDEN, "products", actor=actor, now=now - 9 * days)
    undo_import.undo(undone.id, actor=actor, now=now - 8 * days)
    _taken("market-spring.csv", MARKET, "customers", actor=actor, now=now - 40 * days)
    _taken("fair-2026.csv", FAIR, "customers", actor=actor, now=now - 2 * days)
    waits = _received("prices.csv", PRICES, "products", actor=actor, now=now)
    import_file.check(waits.id, actor=actor, now=now)
    _take_out(actor, now=now - days)
    _forget(now=now - 30 * days)


def _taken(name: str, text: str, kind: str, *, actor: Actor, now: datetime) -> Batch:
    batch = _received(name, text, kind, actor=actor, now=now)
    import_file.check(batch.id, actor=actor, now=now)
    return import_file.run(batch.id, actor=actor, now=now)


def _received(name: str, text: str, kind: str, *, actor: Actor, now: datetime) -> Batch:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        return import_file.receive(
            path, kind=kind, mapping_text="", source=SOURCE, actor=actor, now=now, is_demo=True
        )


def _take_out(actor: Actor, *, now: datetime) -> None:
    state = {"kind": "person", "filter": {"all": [RIGA]}, "columns": ["customer.city"]}
    export = export_records.ask(
        "list", form="xlsx", reason="Invitation to the opening in Rīga", asked={"state": state},
        actor=actor, now=now,
    )  # fmt: skip
    export_records.carry_out(export.id, actor=actor, now=now)


def _forget(*, now: datetime) -> None:
    """Somebody from the market asked to be forgotten, and nothing stood against it."""
    [found] = resolve([Reference("external", "M-1", SOURCE)])
    if found is not None:
        erase_customer.erase_customer(found.survivor, actor=DEMO, now=now)
        Suppression.objects.filter(set_by=DEMO.id).update(is_demo=True)


def take_down() -> int:
    """The files themselves, and the line of what was taken out by the demo's people."""
    for batch in Batch.objects.filter(is_demo=True):
        shutil.rmtree(batch.file.parent, ignore_errors=True)
    asked_by = [one.public_id for one in staff.people() if one.is_demo]
    gone = Export.objects.filter(asked_by__in=[DEMO.id, *asked_by])
    for export in gone:
        if export.path:
            export.file.unlink(missing_ok=True)
    return int(gone.delete()[0])
