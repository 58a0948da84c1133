"""The reference page knows every column, setting and code there is."""

from __future__ import annotations

from clientela.imports.rules.encodings import ENCODINGS
from clientela.imports.rules.faults import FILE_SENTENCES, SENTENCES
from clientela.imports.rules.kinds import KINDS
from clientela.imports.rules.layout import SEPARATORS
from clientela.imports.rules.mapping_file import CELL_VALUES, COMMON, FILE_VALUES
from clientela.imports.rules.readings import READINGS
from clientela.imports.rules.totals import OUTCOMES
from clientela.platform.tests.samples import CLONE

PAGE = (CLONE / "docs" / "reference" / "imports.md").read_text(encoding="utf-8")
TARGETS = {target for kind in KINDS.values() for target in kind.targets}
OPTIONS = {option for kind in KINDS.values() for option in kind.options}
CODES = {code.partition(":")[0] for code in SENTENCES}
NAMES = [*TARGETS, *OPTIONS, *CODES, *FILE_SENTENCES, *COMMON, *READINGS, *OUTCOMES]


def test_the_reference_page_tells_of_every_column_setting_and_code() -> None:
    names = sorted({*NAMES, *SEPARATORS, *CELL_VALUES, *FILE_VALUES})
    assert [name for name in names if f"`{name}" not in PAGE and f'"{name}"' not in PAGE] == []


def test_the_reference_page_tells_of_every_encoding() -> None:
    for encoding in ENCODINGS:
        assert encoding in PAGE.casefold()
