"""All pairs of records that may be one customer, with their probability and why: splink on DuckDB.

`records` is a table of the connection: unique_id, given_name, surname, birth_date, street, place,
postcode, national_id (text, folded, NULL where missing), phones and emails (lists). A company's
name is its surname.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from clientela.matching.linking import model
from clientela.matching.linking.model import Compared
from clientela.platform.errors import Problem

CROWD_MAX = (
    60  # a key that more records share says nothing, and would compare everybody with everybody
)
SAMPLE_PAIRS_MAX = 2_000_000
LEAST = 0.5
TEXTS = ("given_name", "surname", "birth_date", "street", "place", "postcode", "national_id")
LISTS = ("phones", "emails")


class MatchingNotInstalled(Problem):
    code = "matching-not-installed"
    status = 503
    title = "The search for duplicates needs the extra clientela[dedupe]"


@dataclass(frozen=True, slots=True)
class Scored:
    """A pair by ids; `parts`: (field, degree of likeness, weight in bits); `guards`: what speaks
    for two people whatever the figures say.
    """

    one: Any
    other: Any
    probability: float
    parts: tuple[tuple[str, str, float], ...]
    guards: tuple[str, ...]

    @property
    def weakest(self) -> str:
        return min(self.parts, key=lambda part: part[2])[0] if self.parts else ""


def installed() -> bool:
    return all(find_spec(name) is not None for name in ("duckdb", "splink"))


def need() -> None:
    if not installed():
        raise MatchingNotInstalled(
            "Install it into the same environment: pip install 'clientela[dedupe]'."
        )


def scored(connection: Any, *, party: str, least: float = LEAST) -> Iterator[Scored]:
    """Pairs of the table `records` that are at least so probable, the most probable first."""
    need()
    compared, keys = _of(party)
    compared = model.used(compared, _filled(connection))
    count = connection.execute("SELECT count(*) FROM records").fetchall()[0][0]
    if count < 2 or not compared:
        return
    _block(connection, keys)
    prior = _prior(connection, count)
    predicted = _predicted(connection, compared, prior=prior, least=least)
    yield from _read(connection, predicted, compared)


def _of(party: str) -> tuple[Sequence[Compared], Sequence[str]]:
    if party == "company":
        return model.COMPANY, model.COMPANY_KEYS
    return model.PERSON, model.PERSON_KEYS


def _filled(connection: Any) -> set[str]:
    columns = [f"count({name}) > 0" for name in TEXTS] + [f"sum(len({name})) > 0" for name in LISTS]
    row = connection.execute(f"SELECT {', '.join(columns)} FROM records").fetchall()[0]
    return {name for name, is_filled in zip((*TEXTS, *LISTS), row, strict=True) if is_filled}


def _block(connection: Any, keys: Sequence[str]) -> None:
    """Which records are compared: those that share a key which few have."""
    each = [f"SELECT unique_id, hash({key}) AS key FROM records WHERE {key} IS NOT NULL"
            for key in keys]  # fmt: skip
    each += [f"SELECT unique_id, hash('{name}' || value) FROM (SELECT unique_id,"
             f" unnest({name}) AS value FROM records)" for name in LISTS]  # fmt: skip
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE keys AS SELECT DISTINCT * FROM ({' UNION ALL '.join(each)})"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE few AS SELECT key FROM keys GROUP BY key"
        f" HAVING count(*) BETWEEN 2 AND {CROWD_MAX}"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE blocked AS SELECT DISTINCT one.unique_id AS join_key_l,"
        " other.unique_id AS join_key_r, '0' AS match_key FROM few"
        " JOIN keys AS one ON one.key = few.key JOIN keys AS other"
        " ON other.key = few.key AND one.unique_id < other.unique_id"
    )
    connection.execute("DROP TABLE few")
    connection.execute("DROP TABLE keys")


def _prior(connection: Any, count: int) -> float:
    """How likely two records taken by chance are one customer: pairs that agree in much, as a
    floor one record in fifty.
    """
    sure = connection.execute(
        "SELECT count(*) FROM blocked JOIN records AS l ON l.unique_id = join_key_l"
        " JOIN records AS r ON r.unique_id = join_key_r"
        " WHERE (l.surname = r.surname)::int + (l.given_name = r.given_name)::int"
        " + coalesce((l.birth_date = r.birth_date)::int, 0)"
        " + coalesce((l.national_id = r.national_id)::int, 0)"
        " + coalesce((l.postcode = r.postcode)::int, 0) >= 3"
    ).fetchall()[0][0]
    pairs = count * (count - 1) / 2
    return float(min(0.3, max(sure / 0.8, count / 50) / pairs))


def _predicted(connection: Any, compared: Sequence[Compared], *, prior: float, least: float) -> str:
    """The name of the table with the scored pairs."""
    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.ERROR)
    database = DuckDBAPI(connection=connection)
    linker = Linker(
        database.register("records", dataset_display_name="records_in"),
        model.settings(compared, prior=prior), log_level=logging.ERROR, validate_settings=False,
    )  # fmt: skip
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLE_PAIRS_MAX, seed=1)
    blocked = database.register("blocked", dataset_display_name="blocked_in")
    linker.table_management.register_blocked_pairs_for_predict(blocked)
    found = linker.inference.predict(threshold_match_probability=least, warning_mode="never")
    return str(found.physical_name)


def _read(connection: Any, table: str, compared: Sequence[Compared]) -> Iterator[Scored]:
    fields = ", ".join(f"gamma_{one.field}, mw_{one.field}" for one in compared)
    tf = {one.field for one in compared if any(level.by_frequency for level in one.levels)}
    extra = "".join(f", mw_tf_adj_{one.field}" for one in compared if one.field in tf)
    cursor = connection.cursor().execute(
        f"SELECT unique_id_l, unique_id_r, match_probability, {GUARDS}, {fields}{extra}"
        f' FROM "{table}" AS pair JOIN records AS l ON l.unique_id = unique_id_l'
        " JOIN records AS r ON r.unique_id = unique_id_r"
        " ORDER BY match_probability DESC, unique_id_l, unique_id_r"
    )
    names = [one[0] for one in cursor.description]
    while rows := cursor.fetchmany(10_000):
        for row in rows:
            yield _scored(dict(zip(names, row, strict=True)), compared)


def _scored(row: dict[str, Any], compared: Sequence[Compared]) -> Scored:
    parts = []
    for one in compared:
        degree = model.code_of(one, row[f"gamma_{one.field}"])
        if degree != "missing":
            weight = row[f"mw_{one.field}"] + (row.get(f"mw_tf_adj_{one.field}") or 0)
            parts.append((one.field, degree, round(float(weight), 2)))
    guards = tuple(name for name in ("twins", "generations", "family_firm") if row[name])
    return Scored(row["unique_id_l"], row["unique_id_r"], float(row["match_probability"]),
                  tuple(parts), guards)  # fmt: skip


# Twins: one birth date and surname, another first name. Senior and junior: one name and address,
# another birth date. Firms of one family: names that only begin alike. Each only where no number of
# their own says that they are one.
_OWN_NUMBER = "coalesce(damerau_levenshtein(l.national_id, r.national_id) <= 1, false)"
GUARDS = f"""
    NOT {_OWN_NUMBER} AND coalesce(
        l.birth_date = r.birth_date AND jaro_winkler_similarity(l.surname, r.surname) >= 0.9
        AND jaro_winkler_similarity(l.given_name, r.given_name) < 0.7
        AND NOT coalesce(l.given_name = r.surname OR r.given_name = l.surname, false), false)
        AS twins,
    NOT {_OWN_NUMBER} AND coalesce(
        l.given_name = r.given_name AND l.surname = r.surname AND l.street = r.street
        AND damerau_levenshtein(l.birth_date, r.birth_date) > 2, false) AS generations,
    NOT {_OWN_NUMBER} AND coalesce(
        l.given_name IS NULL AND r.given_name IS NULL AND l.birth_date IS NULL
        AND r.birth_date IS NULL AND l.surname <> r.surname, false)
        AS family_firm
"""
