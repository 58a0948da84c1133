"""The API as a page for people who integrate: every operation, its right, what goes in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clientela.api.addresses import api

METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True, slots=True)
class Member:
    """One parameter of an operation, or one member of a body or an answer."""

    name: str
    kind: str
    needed: bool
    place: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    summary: str
    words: str
    right: str
    parameters: tuple[Member, ...]
    body: tuple[Member, ...]
    answer: tuple[Member, ...]


def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"groups": groups()})


@cache
def groups() -> list[tuple[str, list[Operation]]]:
    """Operations by their tag, in the order they are declared."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    found: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                described = methods[method]
                tag = (described.get("tags") or ["other"])[0]
                found.setdefault(tag, []).append(_operation(method, path, described, schema))
    return list(found.items())


def _operation(
    method: str, path: str, described: Mapping[str, Any], schema: Mapping[str, Any]
) -> Operation:
    words, _, right = described.get("description", "").partition("\n\nNeeds `")
    return Operation(
        method=method.upper(),
        path=path,
        summary=described.get("summary", ""),
        words=words.strip(),
        right=right.rstrip("`."),
        parameters=tuple(
            Member(one["name"], _kind(one["schema"]), bool(one.get("required")), one["in"])
            for one in described.get("parameters", ())
        ),
        body=tuple(_members(described.get("requestBody", {}), schema)),
        answer=tuple(_members(described["responses"].get(200, {}), schema)),
    )


def _members(content: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Member]:
    shape = content.get("content", {}).get("application/json", {}).get("schema", {})
    shape = _resolved(shape, schema)
    needed = set(shape.get("required", ()))
    for name, one in shape.get("properties", {}).items():
        yield Member(name, _kind(one), name in needed)


def _resolved(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = shape.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = schema["components"]["schemas"][name] if name else shape
    return found


def _kind(shape: Mapping[str, Any]) -> str:
    """A shape in a few words: `text`, `list of Line`, `Money or null`."""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "anyOf" in shape:
        return " or ".join(_kind(one) for one in shape["anyOf"])
    if shape.get("type") == "array":
        return f"list of {_kind(shape.get('items', {}))}"
    if "enum" in shape:
        return ", ".join(map(str, shape["enum"]))
    kind = str(shape.get("type", "any"))
    return "text" if kind == "string" else kind
