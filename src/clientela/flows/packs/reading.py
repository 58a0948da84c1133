"""A pack as it is written in TOML. What has no meaning is an error, and all errors come at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clientela.customers.faults import as_faults
from clientela.customers.rules import shapes
from clientela.customers.rules.faults import BadDefinition
from clientela.customers.rules.shapes import FieldShape
from clientela.platform.errors import NotThere, Problem

FOLDER = Path(__file__).parent / "files"
BYTES_MAX = 2_000_000
TOP = ("labels", "profile_types", "product_kinds", "relations")
OF_TYPE = ("party", "labels", "groups", "fields", "calculated", "retired")
OF_KIND = ("labels", "icon", "held")
OF_RELATION = ("labels", "labels_back", "is_mutual")


class BadPack(Problem):
    code = "bad-pack"
    status = 422
    title = "This file is no pack of profile types"


class NoSuchPack(NotThere):
    code = "no-such-pack"
    title = "There is no such pack, and no such file"


@dataclass(frozen=True, slots=True)
class TypePack:
    key: str
    party: str
    labels: Mapping[str, str]
    groups: Sequence[Mapping[str, Any]] = ()
    calculated: Sequence[Mapping[str, Any]] = ()
    fields: tuple[FieldShape, ...] = ()
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Pack:
    types: tuple[TypePack, ...] = ()
    kinds: tuple[Mapping[str, Any], ...] = ()
    relations: tuple[Mapping[str, Any], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


def shipped() -> list[str]:
    """The packs that come with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def text_of(name: str) -> str:
    """The text of a shipped pack, or of a file by its path."""
    path = FOLDER / f"{name.removesuffix('.toml')}.toml"
    if Path(name).name != name or not path.is_file():
        path = Path(name)
    if not path.is_file():
        known = ", ".join(shipped())
        raise NoSuchPack(f"{name} is no file, and none of the packs {known}.")
    if path.stat().st_size > BYTES_MAX:
        raise BadPack("A pack has at most 2 MB.")
    return path.read_text(encoding="utf-8-sig", errors="replace")


def read(text: str) -> Pack:
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPack(f"This is not TOML: {error}") from None
    reader = _Reader()
    pack = reader.pack(said)
    if reader.faults:
        first = reader.faults[0]
        raise BadPack(first["detail"], field=first["field"], faults=reader.faults)
    return pack


class _Reader:
    def __init__(self) -> None:
        self.faults: list[dict[str, Any]] = []

    def pack(self, said: Mapping[str, Any]) -> Pack:
        self._only(said, TOP, "")
        return Pack(
            tuple(self._types(self._tables(said, "profile_types"))),
            tuple(self._kinds(self._tables(said, "product_kinds"))),
            tuple(self._relations(self._tables(said, "relations"))),
            self._labels(said, "", needed=False),
        )

    def _types(self, tables: Mapping[str, Any]) -> Iterator[TypePack]:
        for key, one in tables.items():
            at = f"profile_types.{key}"
            self._only(one, OF_TYPE, at)
            if one.get("party") not in ("person", "company"):
                self._fault(f"{at}.party", "bad-party", "A party is person or company.")
            groups = self._listed(one, "groups", at)
            yield TypePack(
                key, str(one.get("party", "")), self._labels(one, at), groups,
                self._listed(one, "calculated", at),
                tuple(self._fields(one, at, {str(group.get("key")) for group in groups})),
                one.get("retired", False) is True,
            )  # fmt: skip

    def _fields(self, one: Mapping[str, Any], at: str, groups: set[str]) -> Iterator[FieldShape]:
        seen: set[str] = set()
        for place, said in enumerate(self._listed(one, "fields", at)):
            try:
                shape = shapes.read(said, groups=groups)
            except BadDefinition as bad:
                self.faults += as_faults(bad.faults, f"{at}.fields.{place}")
                continue
            if shape.key in seen:
                words = f"{shape.key} stands here twice."
                self._fault(f"{at}.fields.{place}", "bad-key", words)
            seen.add(shape.key)
            yield shape

    def _kinds(self, tables: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for key, one in tables.items():
            at = f"product_kinds.{key}"
            self._only(one, OF_KIND, at)
            yield {
                "key": key, "labels": self._labels(one, at),
                "icon": str(one.get("icon", "package")), "held": one.get("held", True) is True,
            }  # fmt: skip

    def _relations(self, tables: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for key, one in tables.items():
            at = f"relations.{key}"
            self._only(one, OF_RELATION, at)
            labels = self._labels(one, at)
            back = self._labels(one, at, name="labels_back", needed=False)
            yield {
                "key": key, "labels": labels, "labels_back": back or labels,
                "is_mutual": one.get("is_mutual", not back) is True,
            }  # fmt: skip

    def _labels(
        self, one: Mapping[str, Any], at: str, *, name: str = "labels", needed: bool = True
    ) -> dict[str, str]:
        labels = shapes.labels_of(one.get(name) or {})
        if labels is None or (needed and not labels):
            words = "Give words by language, such as en, es and lv."
            self._fault(f"{at}.{name}".strip("."), "bad-labels", words)
        return labels or {}

    def _tables(self, said: Mapping[str, Any], name: str) -> dict[str, Any]:
        tables = said.get(name, {})
        if isinstance(tables, Mapping) and all(isinstance(it, Mapping) for it in tables.values()):
            return dict(tables)
        self._fault(name, "bad-table", "This is a table of tables.")
        return {}

    def _listed(self, one: Mapping[str, Any], name: str, at: str) -> list[Mapping[str, Any]]:
        listed = one.get(name, [])
        if isinstance(listed, list) and all(isinstance(it, Mapping) for it in listed):
            return listed
        self._fault(f"{at}.{name}", "bad-list", "This is a list of tables.")
        return []

    def _only(self, one: Mapping[str, Any], known: Sequence[str], at: str) -> None:
        for name in one:
            if name not in known:
                words = f"{name} has no meaning here; known are {', '.join(known)}."
                self._fault(f"{at}.{name}".strip("."), "unknown-key", words)

    def _fault(self, at: str, code: str, words: str) -> None:
        self.faults.append({"field": at, "code": code, "detail": words})
