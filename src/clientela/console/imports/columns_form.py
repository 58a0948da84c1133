"""The form that says what the columns of a file mean. What it does not know of a mapping stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clientela.console.imports.target_words import words_of
from clientela.imports.rules.encodings import ENCODINGS
from clientela.imports.rules.kinds import ATTRIBUTE, Kind
from clientela.imports.rules.layout import QUOTES, SEPARATORS
from clientela.imports.rules.mapping_file import CHOICES
from clientela.imports.rules.mapping_text import columns_in, with_columns

Choices = Sequence[tuple[str, Any]]
Words = Any  # a text, or one to be translated when it is shown
JOINABLE = ("name", "product_name", "holding", "reference", "product")
SOURCE_LENGTH_MAX = 60
FOUND = ("", _("as found"))
SETTING_WORDS: Mapping[str, Words] = {
    "unknown_customer": _("Buyers or holders nobody knows"),
    "no_customer": _("Rows without a customer"),
    "unknown_product": _("Products nobody knows"), "negative": _("Amounts below zero"),
    "repeats": _("Equal rows in the file"), "files": _("Files of this source"),
    "empty": _("Empty cells"), "same_reference": _("Known references with other content"),
    "rows": _("A row is"), "duplicates": _("Customers who may be known already"),
    "same_purpose": _("Another address for the same purpose"),
}  # fmt: skip
CHOICE_WORDS: Mapping[str, Words] = {
    "report": _("are reported, not taken"), "create": _("are created"),
    "return": _("are returns"),
    "refuse": _("are refused"), "keep": _("are kept as they are"), "collapse": _("count once"),
    "overlap": _("may overlap"), "disjoint": _("never hold the same rows"),
    "clear": _("empty the value"), "amend": _("amend what is recorded"),
    "purchases": _("one purchase"), "lines": _("one line of a document"),
    "review": _("are put aside to be looked at"), "new": _("are taken as new"),
    "reject": _("are refused"), "add": _("stands beside the one before"),
    "replace": _("takes the place of the one before"),
}  # fmt: skip


class ColumnsForm(forms.Form):
    """`rows` are its targets, the needed ones first; `settings` and `layout` fields beside them."""

    source = forms.CharField(
        label=_("Source"), max_length=SOURCE_LENGTH_MAX,
        help_text=_("The system the file comes from. Its numbers are its own."),
    )  # fmt: skip
    dates = forms.CharField(
        label=_("Dates"),
        required=False,
        max_length=40,
        help_text=_("day-first, month-first, or a form such as DD.MM.YYYY"),
    )
    decimal_mark = forms.ChoiceField(
        label=_("Decimal mark"), required=False,
        choices=[FOUND, (".", _("point")), (",", _("comma"))],
    )  # fmt: skip
    currency = forms.CharField(label=_("Currency"), required=False, max_length=3)
    zone = forms.CharField(label=_("Time zone"), required=False, max_length=60)
    data_of = forms.DateField(
        label=_("Data as of"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("What a person changed after this day stays where the mapping says so."),
    )  # fmt: skip
    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[FOUND, *((one, one) for one in ENCODINGS)]
    )
    separator = forms.ChoiceField(label=_("Separator"), required=False)
    quote = forms.ChoiceField(label=_("Quote"), required=False)
    header = forms.ChoiceField(
        label=_("First row"), required=False,
        choices=[FOUND, ("yes", _("names the columns")), ("no", _("is data"))],
    )  # fmt: skip
    skip_lines = forms.IntegerField(
        label=_("Lines above the table"), required=False, min_value=0, max_value=1000
    )
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    save_as = forms.SlugField(
        label=_("Save the mapping as"), required=False, max_length=SOURCE_LENGTH_MAX,
        help_text=_("A short name. The next file with these columns finds it by itself."),
    )  # fmt: skip

    LAYOUT = ("sheet", "encoding", "separator", "quote", "header", "skip_lines")
    READING = ("dates", "decimal_mark", "currency", "zone", "data_of")

    def __init__(
        self, kind: Kind, header: Sequence[str], found: Mapping[str, Any],
        own: Mapping[str, Sequence[str]], *args: Any, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.kind, self.own = kind, own
        self._offer("separator", [FOUND, *((name, name) for name in SEPARATORS)])
        self._offer("quote", [FOUND, *((sign or "none", sign or _("none")) for sign in QUOTES)])
        self._offer("sheet", [FOUND, *((name, name) for name in found.get("sheets", ()))])
        self._drop_unfit(found)
        names = [(name, name) for name in dict.fromkeys(header) if name]
        for target in self.targets():
            self._add_target(target, names)
        for name in self._settings_of(kind):
            choices = [(one, CHOICE_WORDS.get(one, one)) for one in CHOICES[name]]
            self.fields[name] = forms.ChoiceField(
                label=SETTING_WORDS.get(name, name), choices=choices, required=False
            )

    def targets(self) -> list[str]:
        needed = [name for name in self.kind.targets if name in self.kind.required]
        others = [name for name in self.kind.targets if name not in needed]
        return [*needed, *others, *self.own]

    def target_rows(self) -> Iterator[dict[str, Any]]:
        """Every target with its controls; not `rows`, for pages find a field of that name first."""
        for target in self.targets():
            second, always = f"second:{target}", f"constant:{target}"
            yield {
                "target": target, "words": self._words(target),
                "is_needed": target in self.kind.required, "column": self[f"column:{target}"],
                "second": self[second] if second in self.fields else None,
                "always": self[always] if always in self.fields else None,
            }  # fmt: skip

    def settings(self) -> list[forms.BoundField]:
        return [self[name] for name in (*self.READING, *self._settings_of(self.kind))
                if name in self.fields]  # fmt: skip

    def layout(self) -> list[forms.BoundField]:
        return [self[name] for name in self.LAYOUT if name in self.fields]

    def said(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The mapping as the form says it."""
        given = self.cleaned_data
        columns, constants = {}, {}
        for target in self.targets():
            picked = [given.get(f"column:{target}"), given.get(f"second:{target}")]
            columns[target] = [name for name in picked if name]
            if not columns[target] and given.get(f"constant:{target}"):
                constants[target] = given[f"constant:{target}"]
        names = ("source", "dates", "decimal_mark", "currency", "zone",
                 *self._settings_of(self.kind))  # fmt: skip
        settings = {name: given.get(name) or None for name in names}
        base = {**before, "kind": self.kind.name, **settings, "file": self._file(before)}
        said = with_columns(base, columns, constants)
        kept = _unshown(before, {**said.get("columns", {}), **constants})
        if kept:
            said["columns"] = {**kept, **said.get("columns", {})}
        return said

    @staticmethod
    def initial_of(said: Mapping[str, Any], *, source: str) -> dict[str, Any]:
        """What a mapping says, as the form shows it."""
        shown: dict[str, Any] = {name: it for name, it in said.items()
                                 if not isinstance(it, (dict, list))}  # fmt: skip
        shown |= {"source": said.get("source", source), **said.get("file", {})}
        if "header" in said.get("file", {}):
            shown["header"] = "yes" if said["file"]["header"] else "no"
        if said.get("file", {}).get("quote") == "":
            shown["quote"] = "none"
        for target, names in columns_in(said).items():
            shown |= dict(zip((f"column:{target}", f"second:{target}"), names, strict=False))
        constants = said.get("constants", {})
        return shown | {f"constant:{target}": it for target, it in constants.items()}

    def _file(self, before: Mapping[str, Any]) -> dict[str, Any]:
        given = self.cleaned_data
        known = {name: given[name] for name in self.LAYOUT if given.get(name)}
        if "header" in known:
            known["header"] = known["header"] == "yes"
        if known.get("quote") == "none":
            known["quote"] = ""
        rest = {k: it for k, it in before.get("file", {}).items() if k not in self.fields}
        return rest | known

    def _add_target(self, target: str, names: Choices) -> None:
        words = self._words(target)
        choices = [("", "–"), *names]
        self.fields[f"column:{target}"] = _OpenChoice(label=words, choices=choices, required=False)
        if target in JOINABLE or target.startswith(ATTRIBUTE):
            self.fields[f"second:{target}"] = _OpenChoice(
                label=_("and"), choices=choices, required=False
            )
        if target not in self.kind.required:
            self.fields[f"constant:{target}"] = forms.CharField(
                label=_("or always"), required=False, max_length=200
            )

    def _words(self, target: str) -> Words:
        labels = self.own.get(target)
        if labels is not None:
            return labels[0] if labels else target.removeprefix(ATTRIBUTE)
        return words_of(self.kind.name, target)

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _drop_unfit(self, found: Mapping[str, Any]) -> None:
        """A workbook has no encoding, a text has no sheets."""
        form = found.get("form", "text")
        if form != "text":
            for name in ("encoding", "separator", "quote"):
                del self.fields[name]
        if form in ("parquet", "json"):
            del self.fields["header"], self.fields["skip_lines"]
        if len(found.get("sheets", ())) < 2:
            del self.fields["sheet"]
        for name in ("decimal_mark", "currency"):
            if name not in self.kind.options:
                del self.fields[name]
        if "manual_wins" not in self.kind.options:
            del self.fields["data_of"]

    @staticmethod
    def _settings_of(kind: Kind) -> list[str]:
        known = [name for name in kind.options if name in CHOICES and name in SETTING_WORDS]
        return [*known, "empty"]


class _OpenChoice(forms.ChoiceField):
    """A column that is not in the file any more is told by the mapping, not by the form."""

    def valid_value(self, value: Any) -> bool:
        return True


def _unshown(before: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Columns said in a way the form has no place for stay, where nobody chose another."""
    shown = columns_in(before)
    cells = before.get("columns", {})
    return {
        target: cell for target, cell in cells.items() if not shown[target] and target not in said
    }
