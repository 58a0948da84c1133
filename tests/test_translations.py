"""Whatever a person reads is marked for translation and translated."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import messages

REMARKS = re.compile(r"\{%\s*(?:comment)\b.*?endcomment\s*%\}|\{#.*?#\}", re.DOTALL)
BLOCKS = re.compile(r"\{%\s*blocktranslate\b.*?endblocktranslate\s*%\}", re.DOTALL)
CLASS_NAMES = re.compile(r"(?<=%\})[a-z_-]+(?=\{%\s*endblock)")
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
READ_ALOUD = {"alt", "aria-label", "placeholder", "title"}
SAME_EVERYWHERE = "Clientela"
FOR_BUILDERS = {"components.html", "sample_panel.html"}  # what pages are built of, at /ui


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_string_has_its_translation_in(language: str) -> None:
    assert messages.faults(language) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_translation_is_kept_that_nothing_uses_in(language: str) -> None:
    used = {(messages.key_of(message), message.context) for message in messages.collected()}
    kept = {(messages.key_of(message), message.context) for message in messages.read(language)}
    assert sorted(map(str, kept - used)) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_translations_in_use_are_those_of_the_catalogue_in(language: str) -> None:
    path = messages.path_of(language)
    assert path.with_suffix(".mo").read_bytes() == messages.compiled(language)


def test_latvian_has_its_three_forms_of_number() -> None:
    plural = [message for message in messages.read("lv") if message.pluralizable]
    assert [message.id for message in plural if len(messages.forms(message.string)) != 3] == []


class Words(HTMLParser):
    """Collects what a page would say to a person."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.code += tag in {"script", "style", "code", "kbd"}
        self.found += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag in {"script", "style", "code", "kbd"}

    def handle_data(self, data: str) -> None:
        if not self.code:
            self.found.append(data)


def bare_words(path: Path) -> list[str]:
    """Find words in a template that no translation tag holds."""
    source = CLASS_NAMES.sub("", REMARKS.sub("", path.read_text(encoding="utf-8")))
    page = Words()
    page.feed(TAGS.sub("", BLOCKS.sub("", source)))
    said = (re.sub(r"&\w+;", " ", text).replace(SAME_EVERYWHERE, "") for text in page.found)
    return [text for text in said if re.search(r"[^\W\d_]{2,}", text)]


def test_no_page_says_anything_that_is_not_marked_for_translation() -> None:
    pages = [path for path in messages.sources() if path.suffix == ".html"]
    read = [path for path in pages if path.name not in FOR_BUILDERS]
    assert {path.name: words for path in read if (words := bare_words(path))} == {}
