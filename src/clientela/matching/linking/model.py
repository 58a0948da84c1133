"""What is compared, and how much each likeness weighs: the model that splink scores pairs with.

How often two records of one customer agree (`m`) is a matter of how carefully people write and is
the same everywhere; how often two strangers agree by chance (`u`) is counted in the data. Nothing
is trained, so the same data give the same pairs every night.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of likeness: its code for the explanation, the condition, and `m`."""

    code: str
    sql: str
    m: float
    by_frequency: str = ""  # rare values weigh more


@dataclass(frozen=True, slots=True)
class Compared:
    field: str
    missing: str
    levels: tuple[Level, ...]
    else_m: float


def _alike(column: str, least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


def _edited(column: str, most: int) -> str:
    return f"damerau_levenshtein({column}_l, {column}_r) <= {most}"


def _missing(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _name(column: str, other: str) -> Compared:
    return Compared(column, _missing(column), (
        Level("same", f"{column}_l = {column}_r", 0.74, by_frequency=column),
        Level("swapped", f"{column}_l = {other}_r OR {column}_r = {other}_l", 0.03),
        Level("alike", _alike(column, 0.92), 0.11),
        Level("similar", _alike(column, 0.85), 0.05),
    ), 0.07)  # fmt: skip


def _text(column: str, same: float, alike: float, similar: float) -> Compared:
    return Compared(column, _missing(column), (
        Level("same", f"{column}_l = {column}_r", same),
        Level("alike", _alike(column, 0.92), alike),
        Level("similar", _alike(column, 0.82), similar),
    ), 1 - same - alike - similar)  # fmt: skip


def _code(column: str, same: float, slip: float) -> Compared:
    return Compared(column, _missing(column), (
        Level("same", f"{column}_l = {column}_r", same),
        Level("one-sign", _edited(column, 1), slip),
    ), 1 - same - slip)  # fmt: skip


def _shared(column: str, same: float) -> Compared:
    missing = f"len({column}_l) = 0 OR len({column}_r) = 0"
    return Compared(column, missing, (
        Level("same", f"len(list_intersect({column}_l, {column}_r)) > 0", same),
    ), 1 - same)  # fmt: skip


BIRTH = Compared("birth_date", _missing("birth_date"), (
    Level("same", "birth_date_l = birth_date_r", 0.86),
    Level("one-sign", _edited("birth_date", 1), 0.08),
    Level("two-signs", _edited("birth_date", 2), 0.03),
), 0.03)  # fmt: skip

PERSON: tuple[Compared, ...] = (
    _name("given_name", "surname"), _name("surname", "given_name"), BIRTH,
    _code("national_id", 0.87, 0.08), _text("street", 0.68, 0.12, 0.08),
    _text("place", 0.70, 0.13, 0.05), _code("postcode", 0.80, 0.11),
    _shared("phones", 0.6), _shared("emails", 0.6),
)  # fmt: skip
COMPANY: tuple[Compared, ...] = (
    _text("surname", 0.70, 0.15, 0.07), _code("national_id", 0.90, 0.06),
    _text("street", 0.68, 0.12, 0.08), _text("place", 0.70, 0.13, 0.05),
    _code("postcode", 0.80, 0.11), _shared("phones", 0.6), _shared("emails", 0.6),
)  # fmt: skip

# Records are compared only where they agree in one of these, and not with whole crowds.
_FIRST = "left(given_name, 1)"
PERSON_KEYS: tuple[str, ...] = (
    "'n' || national_id",
    "'bg' || birth_date || left(given_name, 3)",
    "'bs' || birth_date || left(surname, 3)",
    "'bp' || birth_date || postcode",
    "'gs' || given_name || '|' || surname || '|' || coalesce(left(birth_date, 4), '')",
    "'sg' || least(given_name, surname) || '|' || greatest(given_name, surname)",
    "'sp' || left(surname, 4) || postcode || " + _FIRST,
    "'gp' || given_name || postcode",
    "'spp' || surname || '|' || postcode",
    "'gt' || given_name || '|' || street",
    "'st' || surname || '|' || street",
    "'tp' || street || postcode",
    "'pp' || surname || '|' || place || '|' || " + _FIRST,
    "'gl' || given_name || '|' || place || '|' || left(surname, 1)",
)
COMPANY_KEYS: tuple[str, ...] = (
    "'n' || national_id", "'s' || surname", "'sp' || left(surname, 5) || postcode",
    "'st' || left(surname, 5) || street", "'tp' || street || postcode",
)  # fmt: skip


def settings(compared: Sequence[Compared], *, prior: float) -> dict[str, Any]:
    """The model as splink reads it."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": prior,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [_comparison(one) for one in compared],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "additional_columns_to_retain": [],
    }


def _comparison(one: Compared) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": one.missing, "label_for_charts": "missing", "is_null_level": True}
    ]
    for level in one.levels:
        row: dict[str, Any] = {
            "sql_condition": level.sql, "label_for_charts": level.code, "m_probability": level.m,
        }  # fmt: skip
        if level.by_frequency:
            row |= {"tf_adjustment_column": level.by_frequency, "tf_adjustment_weight": 1.0,
                    "tf_minimum_u_value": 0.0005}  # fmt: skip
        levels.append(row)
    levels.append({"sql_condition": "ELSE", "label_for_charts": "different",
                   "m_probability": one.else_m})  # fmt: skip
    return {"output_column_name": one.field, "comparison_levels": levels}


def code_of(one: Compared, gamma: int) -> str:
    """What splink's number of a level means: -1 is missing, 0 the last, the first the highest."""
    if gamma < 0:
        return "missing"
    return "different" if gamma == 0 else one.levels[len(one.levels) - gamma].code


def used(compared: Iterable[Compared], filled: set[str]) -> tuple[Compared, ...]:
    """Only what any record has: a field nobody filled says nothing."""
    return tuple(one for one in compared if one.field in filled)
