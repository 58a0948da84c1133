"""Keep the translations: `messages.py update` (also `make messages`) and `messages.py compile`.

`update` collects every string marked for translation from code and templates and brings it into
src/clientela/locale/LANGUAGE/LC_MESSAGES/django.po, where what has no translation yet stands empty.
`compile` writes the .mo files beside them, which are not in git, but in the wheel.
Both need Babel alone, no gettext on the machine.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "clientela"
LOCALE = PACKAGE / "locale"
LANGUAGES = ("es", "lv")
TEMPLATES = (".html", ".txt")
CALLS = ["_", "lazy", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"]
CALLS += ["pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"]
NAMED = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def main(verb: str) -> None:
    for language in LANGUAGES:
        if verb == "update":
            update(language)
        else:
            compile_catalogue(language)


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """Read the catalogue of a language, or start one."""
    path = path_of(language)
    if not path.exists():
        now = datetime.now(UTC)
        return Catalog(locale=language, project="Clientela", creation_date=now, revision_date=now)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> None:
    catalogue = read(language)
    created = catalogue.creation_date
    catalogue.update(collected(), no_fuzzy_matching=True)
    catalogue.creation_date = created  # a run that finds nothing new changes nothing
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, 100, include_lineno=False, ignore_obsolete=True)
    print(f"{path.relative_to(ROOT)}: {len(catalogue)} strings, {len(faults(language))} to do")


def compile_catalogue(language: str) -> None:
    if path_of(language).exists():
        path_of(language).with_suffix(".mo").write_bytes(compiled(language))


def compiled(language: str) -> bytes:
    file = BytesIO()
    write_mo(file, read(language))
    return file.getvalue()


def collected() -> Catalog:
    """Collect every string that code and templates mark for translation."""
    catalogue = Catalog(project="Clientela")
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for text, context, comments in marked(path):
            catalogue.add(text, locations=[(name, 1)], context=context, auto_comments=comments)
    return catalogue


def sources() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*")):
        parts = path.relative_to(PACKAGE).parts
        if "tests" in parts or "vendor" in parts or "migrations" in parts:
            continue
        if path.suffix == ".py" or ("templates" in parts and path.suffix in TEMPLATES):
            yield path


def marked(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None, list[str]]]:
    """Find (text or singular and plural, context, translators' comments) in one file."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = as_python(source)
    file, options = BytesIO(source.encode()), {"encoding": "utf-8"}
    words: Iterator[Any] = extract_python(file, CALLS, ["Translators:"], options)  # type: ignore[arg-type]
    for _, function, texts, comments in words:
        found = arguments(function, texts)
        if found is not None:
            yield (*found, comments)


def as_python(template: str) -> str:
    """Turn a template into calls of gettext in one pair of brackets, where layout is free."""
    from django.utils.translation.template import templatize

    return f"({templatize(template)}\n)"


def arguments(
    function: str, texts: str | tuple[str | None, ...]
) -> tuple[str | tuple[str, str], str | None] | None:
    """Tell the text, or singular and plural, and the context of one marked string."""
    given = list(texts) if isinstance(texts, tuple) else [texts]
    context = given.pop(0) if function.startswith(("pgettext", "npgettext")) else None
    if function.startswith(("ngettext", "npgettext")):
        one, many = given[0], given[1]
        return ((one, many), context) if one and many else None
    return (given[0], context) if given and given[0] else None


def faults(language: str) -> list[str]:
    """List what a language lacks: missing and doubtful translations, other placeholders."""
    known = read(language)
    return [
        f"{language}: {fault}: {message.id!r}"
        for message in collected()
        if message.id and (fault := fault_of(known.get(key_of(message), message.context)))
    ]


def key_of(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def fault_of(message: Message | None) -> str:
    if message is None:
        return "not in the catalogue (make messages)"
    texts = forms(message.string)
    if not all(texts):
        return "not translated"
    if message.fuzzy:
        return "doubtful"
    asked = [placeholders(text) for text in forms(message.id)]
    given = [placeholders(text) for text in texts]
    # "one" may leave the number out; the form of many may not
    fits = given[-1] == asked[-1] and all(some <= asked[-1] for some in given)
    return "" if fits else "other placeholders"


def forms(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def placeholders(text: str) -> set[str]:
    return {one or other for one, other in NAMED.findall(text)}


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "update")
