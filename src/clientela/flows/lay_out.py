"""What an installation has before anybody has done anything: database functions, rights of the
database roles, shipped roles, one profile type for people and one for companies, one points rule,
one calendar of office hours and one queue for issues, the legal guarantees.

Run after every migration; run twice it changes nothing that people have changed since.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.db import connection
from psycopg.sql import SQL, Identifier

from clientela.customers.definitions import actions as definitions
from clientela.customers.kin import actions as kin
from clientela.customers.kin.models import RelationKind
from clientela.customers.kin.rules import SHIPPED as RELATIONS
from clientela.customers.models import ProfileType
from clientela.customers.rules import shapes
from clientela.flows import facts, purposes
from clientela.issues.actions import desk
from clientela.loyalty.actions import programme as loyalty
from clientela.loyalty.models import Programme
from clientela.platform import sql, transactions
from clientela.platform.database import APP
from clientela.platform.declare import house
from clientela.platform.errors import Unavailable
from clientela.platform.http.actors import SYSTEM
from clientela.retention.actions import publishing
from clientela.staff import actions as staff
from clientela.staff import calendars
from clientela.warranty.actions import plans as warranty

TENURE: dict[str, Any] = {
    "key": "customer_years", "formula": "tenure",
    "labels": {"en": "Customer for", "es": "Cliente desde hace", "lv": "Ir klients"},
}  # fmt: skip
HELD: dict[str, Any] = {
    "key": "products_held", "formula": "products",
    "labels": {"en": "Products held", "es": "Productos contratados", "lv": "Produktu skaits"},
}  # fmt: skip
PROFILE_TYPES: tuple[dict[str, Any], ...] = (
    {
        "key": "person", "party": "person",
        "labels": {"en": "Person", "es": "Persona", "lv": "Persona"},
        "fields": (
            {
                "key": "birth_date", "type": "date", "not_in_future": True,
                "data_class": "personal", "personal": True,
                "labels": {"en": "Date of birth", "es": "Fecha de nacimiento",
                           "lv": "Dzimšanas datums"},
            },
            {
                "key": "sex", "type": "choice", "data_class": "personal", "personal": True,
                "choices": [
                    {"code": "female", "labels": {"en": "Female", "es": "Mujer", "lv": "Sieviete"}},
                    {"code": "male", "labels": {"en": "Male", "es": "Hombre", "lv": "Vīrietis"}},
                ],
                "labels": {"en": "Sex", "es": "Sexo", "lv": "Dzimums"},
            },
            {
                "key": "city", "type": "text", "max_length": 100,
                "data_class": "contact", "personal": True,
                "labels": {"en": "City", "es": "Ciudad", "lv": "Pilsēta"},
            },
        ),
        "calculated": (
            {
                "key": "age_years", "formula": "age", "of": "birth_date",
                "labels": {"en": "Age", "es": "Edad", "lv": "Vecums"},
            },
            TENURE,
            HELD,
        ),
    },
    {
        "key": "company", "party": "company",
        "labels": {"en": "Company", "es": "Empresa", "lv": "Uzņēmums"},
        "fields": (
            {
                "key": "registration_number", "type": "text", "max_length": 40,
                "labels": {"en": "Registration number", "es": "Número de registro",
                           "lv": "Reģistrācijas numurs"},
            },
            {
                "key": "city", "type": "text", "max_length": 100,
                "data_class": "contact",
                "labels": {"en": "City", "es": "Ciudad", "lv": "Pilsēta"},
            },
        ),
        "calculated": (TENURE, HELD),
    },
)  # fmt: skip
POINTS: dict[str, Any] = {
    "programme": "points",
    "currency": "points",
    "labels": {"en": "Points", "es": "Puntos", "lv": "Punkti"},
    "life": {},
    "rules": [
        {
            "key": "base",
            "labels": {"en": "1 point for every 1.00", "es": "1 punto por cada 1,00",
                       "lv": "1 punkts par katru 1,00"},
            "body": {"earn": "per_money", "points": 1, "per": "1.00"},
        }
    ],
}  # fmt: skip


def lay_out(*, now: datetime) -> None:
    """Bring an installation to the state its migrations expect."""
    call_command("createcachetable", verbosity=0)
    with transactions.open():
        install_functions()
        grant_rights()
        ship(now=now)


@transactions.needs_transaction
def ship(*, now: datetime) -> None:
    """Write the rows that every company begins with; those that are there stay as they are."""
    staff.ship_roles()
    warranty.ship_laws()
    if not ProfileType.objects.exists():
        _define_types(now=now)
    if not RelationKind.objects.exists():
        kin.define_kinds(RELATIONS)
    if not Programme.objects.exists():
        loyalty.define(POINTS, actor=SYSTEM, now=now)
    desk.ship(calendars.ship(actor=SYSTEM, now=now))
    purposes.ship(now=now)
    publishing.ship_gates(catalogue=facts.catalogue(), actor=SYSTEM, now=now)


def _define_types(*, now: datetime) -> None:
    for place, one in enumerate(PROFILE_TYPES):
        kind = definitions.define_type(
            key=one["key"], party=one["party"], labels=one["labels"], position=place
        )
        for said in one["fields"]:
            definitions.define_field(kind, shapes.read(said), now=now)
        definitions.change_type(kind, now=now, computed=one["calculated"])


def install_functions() -> None:
    """Every app's database functions as they stand in its files."""
    for app in house():
        for text in sql.functions(app.label):
            with connection.cursor() as cursor:
                cursor.execute(text)


def grant_rights() -> None:
    """The application's role reads and writes; what is append-only it may neither edit nor drop."""
    raw = sql.raw()
    _ensure_role()
    role = Identifier(APP)
    for grant in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    ):
        raw.execute(SQL(grant).format(role))
    for app in house():
        for table in app.append_only:
            raw.execute(
                SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(Identifier(table), role)
            )


def _ensure_role() -> None:
    """The role itself: the supervisor makes it, on a server of one's own the owner does."""
    raw = sql.raw()
    if raw.execute("SELECT FROM pg_roles WHERE rolname = %s", [APP]).fetchone() is None:
        raw.execute(SQL("CREATE ROLE {} NOLOGIN").format(Identifier(APP)))
        raw.execute(SQL("GRANT {} TO CURRENT_USER").format(Identifier(APP)))
    member = raw.execute("SELECT pg_has_role(current_user, %s, 'MEMBER'), current_user", [APP])
    is_member, owner = member.fetchone() or (False, "")
    if not is_member:
        raise Unavailable(f"Let an administrator of the server say: GRANT {APP} TO {owner};")
