"""The form a file is uploaded with, and what is wrong with a file as a whole, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clientela.imports import queries
from clientela.imports.templates import EXAMPLES
from clientela.platform.errors import Problem
from clientela.ui import words

MAPPING_LENGTH_MAX = 100_000
MAPPING_ROWS_SHOWN = 6
SOURCE_LENGTH_MAX = 60
NEEDS = {"unreadable-file": "file", "missing-column": "file", "wrong-mapping": "mapping"}


class UploadForm(forms.Form):
    """A file, what it holds, and how its columns are called."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A table as text, also packed with gzip, a workbook (XLSX), Parquet or JSON."),
    )
    kind = forms.ChoiceField(label=_("It holds"))
    saved = forms.ChoiceField(
        label=_("Saved mapping"), required=False,
        help_text=_("How the columns of this kind of file are called."),
    )  # fmt: skip
    mapping = forms.CharField(
        label=_("Mapping"), required=False, max_length=MAPPING_LENGTH_MAX,
        help_text=_("Only where the columns have other names. Paste a mapping in TOML."),
        widget=forms.Textarea(attrs={"rows": MAPPING_ROWS_SHOWN, "spellcheck": "false"}),
    )  # fmt: skip
    save_as = forms.SlugField(
        label=_("Save the mapping as"), required=False, max_length=SOURCE_LENGTH_MAX,
        help_text=_("A short name, to choose it next time."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Source"), required=False, max_length=SOURCE_LENGTH_MAX,
        help_text=_("The system the file comes from. Its numbers are its own."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind, words.IMPORT[kind]) for kind in EXAMPLES]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        names = [(one.name, one.name) for one in queries.mappings()]
        self.fields["saved"].choices = [("", "–"), *names]  # type: ignore[attr-defined]
        if not names:
            del self.fields["saved"]

    def plain(self) -> list[forms.BoundField]:
        """What everybody answers."""
        return [self[name] for name in ("kind", "saved", "source") if name in self.fields]

    def written(self) -> list[forms.BoundField]:
        """For whoever has the mapping as text; the next step asks for it column by column."""
        return [self["mapping"], self["save_as"]]

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_FILE_BYTES_MAX:
            raise forms.ValidationError(_("This file is too large."))
        return file

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("saved") and given.get("mapping"):
            self.add_error("mapping", _("Choose a saved mapping or paste one, not both."))
        if given.get("save_as") and not given.get("mapping"):
            self.add_error("save_as", _("There is no mapping to save."))
        return given

    def mapping_text(self) -> str:
        given = self.cleaned_data
        if saved := given.get("saved"):
            return queries.mapping(saved).text
        return str(given["mapping"]).replace("\r\n", "\n")

    def refuse(self, problem: Problem) -> None:
        """The file or the mapping cannot be used: say so where it was given."""
        told = of_problem(problem.as_dict())
        self.add_error(NEEDS.get(problem.code), f"{told['title']}. {told['detail']}".strip())


TITLES = {
    "unreadable-file": _("The file cannot be read"),
    "missing-column": _("Columns are missing in the file"),
    "wrong-mapping": _("The mapping cannot be used"),
}


def of_problem(problem: Mapping[str, Any]) -> dict[str, str]:
    """Title and detail of what stopped an import, in the reader's language."""
    title = TITLES.get(problem.get("code", ""), problem.get("title", ""))
    detail = problem.get("detail", "")
    if problem.get("code") == "missing-column":
        columns = ", ".join(problem.get("columns", ()))
        detail = gettext("Missing: %(columns)s.") % {"columns": columns}
    elif detail:
        detail = gettext(detail)
    return {"title": str(title), "detail": "" if detail == problem.get("title") else detail}
