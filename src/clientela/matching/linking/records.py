"""The records that are compared, as files from PostgreSQL to DuckDB: Python holds none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg.sql import SQL, Composed, Literal

from clientela.customers.models import ProfileType
from clientela.matching.rules.roles import Role, roles_of
from clientela.platform import sql

ROLES: tuple[Role, ...] = (
    "given_name", "surname", "birth_date", "street", "place", "postcode", "national_id",
)  # fmt: skip
BY_MARK = ("national_id",)  # sealed ones are compared as equal or not, by their marks
IDENTITIES_SHARED_BY_MAX = 20


def written(folder: Path, *, party: str) -> tuple[Path, Path]:
    """Every customer of this kind who stands for themselves, and how they can be reached."""
    people, reached = folder / f"{party}.csv", folder / f"{party}-identities.csv"
    _copy(_people(party), people)
    _copy(_identities(party), reached)
    return people, reached


def read(connection: Any, people: Path, reached: Path) -> int:
    """The table `records`, its ids counted from 1, and `customers` with the id behind each."""
    connection.execute(
        "CREATE OR REPLACE TABLE customers AS"
        " SELECT row_number() OVER (ORDER BY id) AS unique_id, *"
        f" FROM read_csv('{people}', header = true, all_varchar = true, null_padding = true)"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE identities AS"
        f" SELECT * FROM read_csv('{reached}', header = true, all_varchar = true)"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE reached AS SELECT id, kind, list(value) AS list FROM ("
        " SELECT *, count(*) OVER (PARTITION BY kind, value) AS many FROM identities"
        f") WHERE many <= {IDENTITIES_SHARED_BY_MAX} GROUP BY id, kind"
    )
    connection.execute(f"CREATE OR REPLACE TABLE records AS {RECORDS}")
    for name in ("identities", "reached"):
        connection.execute(f"DROP TABLE {name}")
    return int(connection.execute("SELECT count(*) FROM records").fetchall()[0][0])


# A name that is not told in parts: its first word is the given name, its last one the surname.
RECORDS = r"""
    WITH plain AS (
        SELECT
            customers.*,
            nullif(trim(regexp_replace(strip_accents(lower(name)), '[^\w]+', ' ', 'g')), '')
                AS whole
        FROM customers
    )
    SELECT
        plain.unique_id,
        CASE WHEN party = 'company' THEN NULL ELSE coalesce(
            nullif(strip_accents(lower(given_name)), ''),
            CASE WHEN whole LIKE '% %' THEN split_part(whole, ' ', 1) END
        ) END AS given_name,
        CASE WHEN party = 'company' THEN whole ELSE coalesce(
            nullif(strip_accents(lower(surname)), ''), regexp_extract(whole, '\S+$')
        ) END AS surname,
        nullif(birth_date, '') AS birth_date,
        nullif(strip_accents(lower(street)), '') AS street,
        nullif(strip_accents(lower(place)), '') AS place,
        nullif(replace(upper(postcode), ' ', ''), '') AS postcode,
        nullif(upper(national_id), '') AS national_id,
        coalesce(phone.list, []::VARCHAR[]) AS phones,
        coalesce(email.list, []::VARCHAR[]) AS emails
    FROM plain
    LEFT JOIN reached AS phone ON phone.id = plain.id AND phone.kind = 'phone'
    LEFT JOIN reached AS email ON email.id = plain.id AND email.kind = 'email'
"""


def _people(party: str) -> Composed:
    columns = [SQL("{} AS {}").format(_value(role), SQL(role)) for role in ROLES]
    return SQL(
        "SELECT customer.id, customer.party, customer.display_name AS name, {columns}"
        " FROM customers_customer AS customer"
        " WHERE customer.merged_into IS NULL AND customer.party = {party}"
    ).format(columns=SQL(", ").join(columns), party=Literal(party))


def _value(role: Role) -> Composed:
    """The field that says this, whichever each profile type calls it."""
    keys = [(kind, key) for kind, roles in _roles().items() if (key := roles.get(role))]
    if not keys:
        return SQL("{}").format(Literal(""))
    mark = "customer.attributes -> {key} ->> 'mark'" if role in BY_MARK else "NULL"
    whens = [
        SQL(
            "WHEN {kind} THEN CASE WHEN customer.attributes -> {key} -> 'sealed' IS NOT NULL"
            f" THEN {mark}"
            " ELSE customer.attributes ->> {key} END"
        ).format(kind=Literal(kind), key=Literal(key))
        for kind, key in keys
    ]
    return SQL("CASE customer.profile_type_id {} END").format(SQL(" ").join(whens))


def _roles() -> Mapping[int, Mapping[Role, str]]:
    kinds = ProfileType.objects.prefetch_related("fields")
    return {
        kind.pk: roles_of((field.key, field.rules) for field in kind.fields.all())
        for kind in kinds
    }  # fmt: skip


def _identities(party: str) -> Composed:
    return SQL(
        "SELECT DISTINCT coalesce(customer.merged_into, customer.id) AS id, identity.kind,"
        " identity.value_norm AS value FROM customers_identity AS identity"
        " JOIN customers_customer AS customer ON customer.id = identity.customer_id"
        " WHERE identity.kind IN ('phone', 'email') AND NOT identity.shared"
        " AND customer.party = {party}"
    ).format(party=Literal(party))


def _copy(query: Composed, path: Path) -> None:
    whole = SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER true)").format(query)
    with path.open("wb") as file, sql.raw().cursor().copy(whole) as copy:
        for block in copy:
            file.write(block)
