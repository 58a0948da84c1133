"""Keep the generated parts of docs/reference: `reference.py update` writes them anew, `reference.py
check` says what is stale or has no words.

A page holds its generated parts between `<!-- begin NAME -->` and `<!-- end NAME -->`; what stands
around them is written by hand. What cannot be read from the code is in reference.toml.
"""

import ast
import difflib
import importlib
import os
import pkgutil
import re
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "clientela"
PAGES = ROOT / "docs" / "reference"
PART = re.compile(r"(<!-- begin ([a-z-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
SKIPPED = {"tests", "migrations", "__main__", "wsgi"}  # not to be imported
PREFIX = "/api/v1"
NAMES = {"string": "text", "integer": "integer", "object": "object"}
BOUND_MAX = 10**12
NOT_BY_API = (
    "clientela.console", "clientela.flows.demo", "clientela.flows.import_file",
    "clientela.imports",
    "clientela.platform.home", "clientela.staff.actions",
)  # fmt: skip
OF_AN_EVENT = re.compile(r"[a-z]+\.[a-z]+(ed|en|wn|nt|done)")


def main(verb: str) -> int:
    prepare()
    wrong = [*lacking(), *superfluous()]
    for page in pages():
        before, after = text(page), renewed(text(page))
        if verb == "update":
            page.write_text(after, encoding="utf-8")
        elif before != after:
            lines = (before.splitlines(), after.splitlines())
            wrong += difflib.unified_diff(*lines, page.name, page.name, lineterm="")
    print("\n".join(wrong))
    return 1 if wrong else 0


def prepare() -> None:
    """Set Django up, with a data folder that nothing is kept in."""
    os.environ["CLIENTELA_HOME"] = tempfile.mkdtemp()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clientela.settings")
    import django

    django.setup()


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def pages() -> list[Path]:
    return [page for page in sorted(PAGES.glob("*.md")) if PART.search(text(page))]


def parts_on(page: Path) -> list[str]:
    return [found[2] for found in PART.finditer(text(page))]


def renewed(page: str) -> str:
    """The page with its generated parts as they should be."""

    from django.utils import translation

    def part(found: re.Match[str]) -> str:
        return f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}"

    with translation.override("en"):
        return PART.sub(part, page)


@cache
def words() -> dict[str, Any]:
    return tomllib.loads(text(Path(__file__).with_suffix(".toml")))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join([line(head), "|---" * len(head) + "|", *(line(cells) for cells in rows)])


def line(cells: Sequence[str]) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def code(word: object) -> str:
    return f"`{word}`"


def listed(items: Iterable[str], last: str = "or") -> str:
    *others, end = items
    return f"{', '.join(others)} {last} {end}" if others else end


# What there is, and what is missing in words


def lacking() -> list[str]:
    """What is in the code and has no words yet."""
    return sorted(f"reference.toml lacks {one}" for one in found() - told())


def superfluous() -> list[str]:
    """What has words and is no longer in the code."""
    return sorted(f"reference.toml tells of {one}, which is not there" for one in told() - found())


def found() -> set[str]:
    undescribed = {f"tables.{name}" for name, words in tables().items() if not words[1]}
    return {
        *(f"mends.{one.code}" for one in problems()),
        *(f"events.{name}" for name in event_names()),
        *(f"environment.{name}" for name in variables()),
        *(f"company.{name}" for name in company()),
        *undescribed,
    }


def told() -> set[str]:
    sections = ("mends", "events", "environment", "company", "tables")
    return {f"{section}.{name}" for section in sections for name in words()[section]}


def modules() -> Iterator[Any]:
    import clientela

    for found in pkgutil.walk_packages(clientela.__path__, "clientela."):
        if not SKIPPED & set(found.name.split(".")):
            yield importlib.import_module(found.name)


@cache
def problems() -> list[Any]:
    """Every refusal of the house, by its code."""
    from clientela.platform.errors import Problem

    list(modules())
    known = {kind for kind in heirs(Problem) if not SKIPPED & set(kind.__module__.split("."))}
    return sorted(known, key=lambda kind: str(kind.code))


def heirs(kind: type[Any]) -> Iterator[type[Any]]:
    for heir in kind.__subclasses__():
        yield heir
        yield from heirs(heir)


def sources() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(PACKAGE).parts):
            yield path


@cache
def event_names() -> frozenset[str]:
    """Every name in the past tense where the log is written, and every one with a sentence."""
    from clientela.flows.timeline import sentences

    emitting = [text(path) for path in sources() if "Happening(" in text(path)]
    strings = {
        node.value
        for source in emitting
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = {value for value in strings if OF_AN_EVENT.fullmatch(value)}
    return frozenset({*named, *sentences()})


@cache
def variables() -> frozenset[str]:
    every = "\n".join(text(path) for path in sources())
    return frozenset(re.findall(r"CLIENTELA_[A-Z_]+", every))


def company() -> dict[str, Any]:
    from clientela.staff.company import Company

    return asdict(Company())


def tables() -> dict[str, tuple[Any, str]]:
    """Tables of ours by name: model, and the first line of what it says of itself."""
    from clientela.platform.declare import house

    return {
        model._meta.db_table: (model, first_line(model))
        for app in house()
        for model in app.get_models(include_auto_created=True)
    }


def first_line(model: Any) -> str:
    """A model's own words; Django gives those that have none a list of their fields."""
    words = str(model.__doc__ or "").strip()
    if words.startswith(f"{model.__name__}("):
        return ""
    return words.split("\n\n")[0].replace("\n", " ").replace("    ", "").strip()


def all_rights() -> Sequence[Any]:
    from clientela.staff import rights

    return rights.declared()


# The command line


def commands() -> str:
    import typer

    from clientela.cli.commands import app

    root: Any = typer.main.get_command(app)
    return "\n\n".join(command(name, one) for name, one in leaves(root, "clientela"))


def leaves(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from leaves(one, f"{path} {name}")
        elif not one.hidden:
            yield f"{path} {name}", one


def command(path: str, one: Any) -> str:
    said, _, examples = one.help.partition("Examples:")
    shown = [parameter for parameter in one.params if not parameter.hidden]
    usage = " ".join([path, *(spelt(parameter) for parameter in shown)])
    rows = [(code(spelt(parameter).strip("[]")), about(parameter)) for parameter in shown]
    rows = [row for row in rows if row[1]]
    lines = [line.strip() for line in examples.strip().splitlines()]
    parts = [f"## {path}", said.strip(), f"    {usage}"]
    parts += [table(("", "what it is"), rows)] if rows else []
    parts += ["\n".join(["For example", "", "```sh", *lines, "```"])] if lines else []
    return "\n\n".join(parts)


def spelt(parameter: Any) -> str:
    """How it is typed: `FILE`, `[CHECK]`, `--right RIGHT`, `[--trial]`."""
    name = str(parameter.name).upper()
    if parameter.param_type_name == "option":
        flag = str(parameter.opts[0])
        name = flag if parameter.is_flag else f"{flag} {name}"
    return name if parameter.required else f"[{name}]"


def about(parameter: Any) -> str:
    """Its help, whether it may stand several times, and what holds without it."""
    notes = []
    if parameter.multiple or parameter.nargs != 1:
        notes.append("may be given several times")
    if parameter.default not in (None, "", False):
        notes.append(f"default {code(parameter.default)}")
    return " ".join([parameter.help or "", f"({', '.join(notes)})" if notes else ""]).strip()


# The API


@cache
def schema() -> dict[str, Any]:
    from clientela.api.addresses import api

    described: dict[str, Any] = api.get_openapi_schema(path_prefix=f"{PREFIX}/")
    return described


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """`GET /customers` and what OpenAPI says of it, in the order of the code."""
    for path, methods in schema()["paths"].items():
        for method, one in methods.items():
            yield f"{method.upper()} {path.removeprefix(PREFIX)}", one


def endpoints() -> str:
    rows = [(code(name), code(right), said) for name, right, said in offered()]
    return table(("", "right", "what it does"), rows)


def offered() -> Iterator[tuple[str, str, str]]:
    """Each operation, the right it needs, and what it does."""
    for name, one in operations():
        said, _, right = one["description"].partition("\n\nNeeds ")
        yield name + asked(one), right.strip(" .`"), " ".join(said.split())


def asked(operation: dict[str, Any]) -> str:
    names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    return "".join(f"{'&' if place else '?'}{name}=…" for place, name in enumerate(names))


def bodies() -> str:
    shapes = parts_of(one["requestBody"] for _, one in operations() if "requestBody" in one)
    return "\n\n".join(body(name, described) for name, described in shapes)


def answers() -> str:
    shapes = parts_of(one["responses"][200] for _, one in operations())
    rows = [(name, members(described)) for name, described in shapes]
    return table(("answer, or part of one", "members"), rows)


def parts_of(places: Iterable[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Everything these are made of, each once, parts behind what they are parts of."""
    components = schema()["components"]["schemas"]
    waiting = [name for place in places for name in named_in(place)]
    known: dict[str, dict[str, Any]] = {}
    while waiting:
        name = waiting.pop(0)
        if name not in known:
            known[name] = components[name]
            waiting = named_in(components[name]) + waiting
    return list(known.items())


def named_in(place: object) -> list[str]:
    return re.findall(r"#/components/schemas/(\w+)", str(place))


def body(name: str, described: dict[str, Any]) -> str:
    rows = [
        (f"**{code(field)}**" if field in described.get("required", ()) else code(field),
         is_a(field, one), default(one))
        for field, one in described["properties"].items()
    ]  # fmt: skip
    said = described.get("description", "").replace("\n", " ")
    parts = (f"### {name}", said, table(("field", "is", "default"), rows))
    return "\n\n".join(part for part in parts if part)


def members(described: dict[str, Any]) -> str:
    return ", ".join(
        code(field) + (f" ({is_a(field, one)})" if named_in(one) or "enum" in one else "")
        for field, one in described["properties"].items()
    )


def default(one: dict[str, Any]) -> str:
    """What holds where a field is left out, in the type the field has."""
    value = one.get("default")
    types = {"string": str, "integer": int}
    return code(value) if value and isinstance(value, types.get(one.get("type", ""), ())) else ""


def is_a(field: str, one: dict[str, Any]) -> str:
    """What a value is, in a few words; the last part of its name says more than its type."""
    if field.endswith("_at"):
        return "time"
    if field == "on" or field.endswith("_on"):
        return "day"
    return "quantity" if field == "quantity" else kind(one)


def kind(one: dict[str, Any]) -> str:
    if "enum" in one:
        return listed(code(value) for value in one["enum"])
    if "anyOf" in one:
        choices = [kind(choice) for choice in one["anyOf"] if choice.get("type") != "null"]
        return listed(dict.fromkeys(choices))
    if one.get("type") == "array":
        return f"list{bounds(one)} of {kind(one['items'])}"
    named = named_in(one)
    return named[0] if named else NAMES.get(one.get("type", ""), "anything") + bounds(one)


def bounds(one: dict[str, Any]) -> str:
    least, most = (
        next((one[name] for name in names if name in one), None)
        for names in (("minLength", "minimum", "minItems"), ("maxLength", "maximum", "maxItems"))
    )
    if most is None or most > BOUND_MAX:
        return f" (at least {least})" if least is not None and least > -BOUND_MAX else ""
    if least is None:
        return f" (at most {most:,})"
    return f" ({least:,} to {most:,})" if least != most else f" ({most})"


def statuses() -> str:
    """Which codes of the API come with which status."""
    codes: dict[int, list[str]] = {}
    for one in problems():
        if one.__module__.startswith(NOT_BY_API):
            continue
        codes.setdefault(one.status, []).append(f"[{one.code}](errors.md#{one.code})")
    return table(("status", "codes"), [(str(at), ", ".join(codes[at])) for at in sorted(codes)])


# Rights, events, errors, settings, tables


def rights() -> str:
    from clientela.staff.rights import SHIPPED_ROLES

    shipped = [(key, set(given)) for key, (_, given) in SHIPPED_ROLES.items()]
    rows = [
        (code(right.key), str(right.sentence), *(has(right.key, given) for _, given in shipped))
        for right in all_rights()
    ]
    return table(("right", "what it allows", *(key for key, _ in shipped)), rows)


def has(right: str, given: set[str]) -> str:
    return "yes" if right in given or "all" in given else ""


def events() -> str:
    from clientela.flows.timeline import sentences

    rows = []
    for name, one in sorted(words()["events"].items()):
        says = f"“{sentences()[name](one['example'])}”" if name in sentences() else ""
        data = "; ".join(f"{code(key)}: {said}" for key, said in one["data"].items())
        rows.append((code(name), one["when"], one["subject"], data, says))
    return table(("event", "when", "subject", "data", "the timeline says"), rows)


def errors() -> str:
    mends: Mapping[str, str] = words()["mends"]
    return "\n\n".join(
        f"### {one.code}\n\n**{one.status}** {one.title}.\n\n{mends.get(one.code, '')}".strip()
        for one in problems()
    )


def faults() -> str:
    from clientela.customers.faults import SENTENCES

    rows = [(code(name), str(said).replace("%(", "").replace(")s", "")) for name, said in
            sorted(SENTENCES.items())]  # fmt: skip
    return table(("code", "says"), rows)


def environment() -> str:
    rows = [
        (code(name), one["default"], one["about"]) for name, one in words()["environment"].items()
    ]
    return table(("variable", "default", "what it is"), rows)


def settings() -> str:
    rows = [
        (code(name), code(value) if value else "none", words()["company"].get(name, ""))
        for name, value in company().items()
    ]
    return table(("setting", "default", "what it is"), rows)


def limits() -> str:
    rows = []
    for one in words()["limits"]:
        module, _, name = one["value"].partition(":")
        rows.append((one["what"], f"{getattr(importlib.import_module(module), name):,}"))
    return table(("what", "at most"), rows)


def all_tables() -> str:
    from clientela.platform.declare import house

    kept = {name for app in house() for name in app.append_only}
    family = {name: str(way) for app in house() for name, way in app.family.items()}
    rows = [
        (code(name), said or words()["tables"].get(name, ""), family.get(name, ""),
         "yes" if name in kept else "")
        for name, (_, said) in tables().items()
    ]  # fmt: skip
    return table(("table", "what is in it", "of a merged customer", "only added to"), rows)


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "endpoints": endpoints,
    "bodies": bodies,
    "answers": answers,
    "statuses": statuses,
    "rights": rights,
    "events": events,
    "errors": errors,
    "faults": faults,
    "environment": environment,
    "settings": settings,
    "limits": limits,
    "tables": all_tables,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
