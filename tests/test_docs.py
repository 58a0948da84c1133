"""The documents are true: links lead somewhere, what they tell one to type is there."""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("docs", "decisions", "examples")
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(?:sh|bash|console|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:make|clientela) [^`\n]+)`")
DECISION_LINES_MAX = 80
EVERYWHERE = {"--by", "--debug", "--help", "--home", "--json", "--no-color", "--quiet", "--yes"}


@cache
def documents() -> tuple[Path, ...]:
    found = [*ROOT.glob("*.md"), *(path for one in FOLDERS for path in (ROOT / one).rglob("*.md"))]
    return tuple(sorted(found))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """Make the anchors a heading gets where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def lost(path: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return False
    target, _, anchor = link.partition("#")
    file = (path.parent / target).resolve() if target else path
    if not file.exists():
        return True
    return bool(anchor) and file.suffix == ".md" and anchor not in anchors(file)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    links = [one or other for one, other in LINK.findall(text(path))]
    assert [link for link in links if lost(path, link)] == []


def typed() -> set[str]:
    """Collect every `make …` and `clientela …` the documents tell one to type."""
    lines: set[str] = set()
    for path in documents():
        lines.update(INLINE.findall(text(path)))
        for block in BLOCK.findall(text(path)):
            lines.update(line.strip().removeprefix("$ ") for line in block.splitlines())
    return lines


def test_every_verb_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = {line.split()[1] for line in typed() if line.startswith("make ")}
    assert (
        sorted(verb for verb in named if re.fullmatch(r"[a-z]+", verb) and verb not in targets)
        == []
    )


def test_make_alone_names_every_verb() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", text(ROOT / "Makefile"), re.MULTILINE)
    assert phony
    told = set(re.findall(r"^([a-z]+):.*## ", text(ROOT / "Makefile"), re.MULTILINE))
    assert set(phony[1].split()) - told == {"tools"}


@cache
def commands() -> Any:
    import typer

    from clientela.cli.commands import app

    return typer.main.get_command(app)


def unknown(line: str) -> bool:
    """Say whether a command line names a command or an option that does not exist."""
    words = shlex.split(re.split(r"\s(?:\||>|#|&&)|…", line)[0].replace("...", ""))[1:]
    command = commands()
    while words and not words[0].startswith("-") and hasattr(command, "commands"):
        if words[0] not in command.commands:
            return words[0].islower()  # VERB and NOUN stand for any
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | EVERYWHERE
    return any(word.split("=")[0] not in known for word in words if word.startswith("--"))


def test_every_command_that_is_named_exists() -> None:
    named = sorted(line for line in typed() if line.startswith("clientela "))
    assert [line for line in named if unknown(line)] == []


def decisions() -> list[Path]:
    return sorted((ROOT / "decisions").glob("[0-9]*.md"))


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in decisions()]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", decisions(), ids=lambda path: path.stem)
def test_a_decision_is_one_page_with_its_four_parts(path: Path) -> None:
    parts = re.findall(r"^## (\w+)", text(path), re.MULTILINE)
    assert [
        part
        for part in ("Context", "Decision", "Consequences", "Alternatives")
        if part not in parts
    ] == []
    assert text(path).count("\n") <= DECISION_LINES_MAX
