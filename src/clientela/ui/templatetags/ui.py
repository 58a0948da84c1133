"""Tags and filters of the console: figures, days and people as the present language writes them.

A figure that is not known is a dash with words for those who cannot see it. Values out of JSON are
taken as they come: money as `{"minor", "currency"}`, days and instants as ISO text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any
from uuid import uuid4

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils import dates as names
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, gettext, ngettext

from clientela.platform import labels as labels_of
from clientela.platform import phones, text
from clientela.platform.money import Money
from clientela.ui import dates, icons, keys, numbers
from clientela.ui import words as words_of
from clientela.ui.addresses import address as address_of
from clientela.ui.folding.nodes import is_fixed

register = template.Library()

RELATIVE_SECONDS_MAX = 48 * 3600
UNKNOWN = numbers.UNKNOWN
NARROW_SPACE = "\u00a0"


def language() -> str:
    return (get_language() or "en")[:2]


# Figures


@register.filter
def number(value: int | Decimal | None) -> str:
    return UNKNOWN if value is None or value == "" else numbers.number(value, language())


@register.filter
def signed(value: int | Decimal | None) -> str:
    return UNKNOWN if value is None else numbers.signed(value, language())


@register.filter
def percent_of(part: int, whole: int) -> str:
    return numbers.percent(part, whole, language())


@register.filter
def rate(share: float | Decimal | None) -> str:
    """An interest rate kept as a share: 0.031 is `3.1 %`."""
    return UNKNOWN if share is None else numbers.rate(share, language())


@register.filter
def money(value: Money | Mapping[str, Any] | None) -> str:
    """An amount in its currency; takes `Money` and the mapping that JSON carries."""
    if not value:
        return UNKNOWN
    if isinstance(value, Mapping):
        value = Money(value["minor"], value["currency"])
    return value.shown(language()).replace("-", numbers.MINUS)


@register.filter
def more_than(count: int, limit: int = 1000) -> str:
    """Counts above a thousand are not counted out: `1,000+`."""
    return number(limit) + "+" if count > limit else number(count)


# Days and instants


def local(value: object) -> date | None:
    """The value as a day, or as an instant in the person's time zone."""
    found = dates.from_text(value)
    return timezone.localtime(found) if isinstance(found, datetime) else found


def day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


@register.filter
def day(value: object) -> str:
    found = local(value)
    return UNKNOWN if found is None else dates.day(day_of(found), language())


@register.filter
def iso(value: object) -> str:
    """For `datetime` attributes."""
    found = local(value)
    return "" if found is None else found.isoformat()


@register.filter
def year(value: object) -> str:
    found = local(value)
    return UNKNOWN if found is None else str(found.year)


@register.filter
def clock(value: object) -> str:
    found = local(value)
    return dates.clock(found) if isinstance(found, datetime) else ""


@register.filter
def moment(value: object) -> str:
    """Day and time of day; only the day when there is no more."""
    return f"{day(value)}{NARROW_SPACE}{clock(value)}".rstrip()


@register.filter
def millis(value: datetime) -> int:
    """For scripts: milliseconds since 1970."""
    return int(value.timestamp() * 1000)


@register.filter
def long_day(value: object) -> str:
    """`Friday, 13 November 2026`"""
    found = local(value)
    if found is None:
        return UNKNOWN
    parts = {
        "weekday": names.WEEKDAYS[found.weekday()],
        "day": found.day,
        "month": names.MONTHS_ALT[found.month],
        "year": found.year,
    }
    # Translators: a full date; the parts may change places
    return gettext("%(weekday)s, %(day)s %(month)s %(year)s") % parts


@register.simple_tag(takes_context=True)
def short_day(context: Context, value: object) -> str:
    """The day without the year where that is the present one."""
    found = local(value)
    if found is None:
        return UNKNOWN
    return dates.short_day(day_of(found), language(), today(context))


@register.simple_tag(takes_context=True)
def when(context: Context, value: object) -> SafeString | str:
    """How long ago, within two days; else the day. The exact moment is in `title`."""
    found = local(value)
    if found is None:
        return UNKNOWN
    shown = day(found)
    if isinstance(found, datetime):
        passed = int((moment_now(context) - found).total_seconds())
        shown = distance(passed) if abs(passed) < RELATIVE_SECONDS_MAX else shown
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', found.isoformat(), moment(found), shown
    )


def distance(passed: int) -> str:
    """Words for seconds passed; those still to come are negative."""
    ahead, seconds = passed < 0, abs(passed)
    minutes, hours = seconds // 60, seconds // 3600
    if minutes == 0:
        return gettext("just now")
    if hours == 0:
        if ahead:
            return ngettext("in %d min", "in %d min", minutes) % minutes
        return ngettext("%d min ago", "%d min ago", minutes) % minutes
    if ahead:
        return ngettext("in %d h", "in %d h", hours) % hours
    return ngettext("%d h ago", "%d h ago", hours) % hours


@register.filter
def ends(days: int) -> str:
    """`Ends in 41 days`; months from the fourth on."""
    if days == 0:
        return gettext("Ends today")
    if days < 0:
        return ngettext("Ended %d day ago", "Ended %d days ago", -days) % -days
    months = days // 30
    if months > 3:
        return ngettext("Ends in %d month", "Ends in %d months", months) % months
    return ngettext("Ends in %d day", "Ends in %d days", days) % days


@register.simple_tag(takes_context=True)
def by_day(context: Context, entries: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Entries under headings of their days: `Today`, `Yesterday`, then the day."""
    grouped = groupby(entries or (), key=lambda entry: day_of(local(moment_of(entry)) or date.min))
    return [(heading(found, context), list(group)) for found, group in grouped]


def moment_of(entry: Any) -> object:
    return entry["occurred_at"] if isinstance(entry, Mapping) else entry.occurred_at


def heading(found: date, context: Context) -> str:
    passed = (today(context) - found).days
    if passed == 0:
        return gettext("Today")
    if passed == 1:
        return gettext("Yesterday")
    shown = dates.short_day(found, language(), today(context))
    return f"{names.WEEKDAYS_ABBR[found.weekday()]} {shown}" if 0 < passed < 7 else shown


def moment_now(context: Context) -> datetime:
    """The moment the request came; pages never read the clock."""
    now: datetime = context["now"]
    return now


def today(context: Context) -> date:
    return timezone.localtime(moment_now(context)).date()


# People and words


@register.filter
def phone(e164: str) -> str:
    """As people write it; what is no number stays as it is."""
    return phones.display(e164).replace(" ", NARROW_SPACE)


@register.filter
def language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def label(labels: Mapping[str, str] | str | None) -> str:
    """A text kept in several languages: the present one, else the company's, else any."""
    return labels_of.in_words(labels, language())


@register.filter
def words(code: str, noun: str) -> str:
    """What people call a status, role or kind: `{{ holding.status|words:"holding" }}`."""
    return words_of.of(code, noun)


@register.filter
def tone(state: str) -> str:
    return words_of.TONES.get(state, "")


@register.filter
def initials(name: str) -> str:
    return text.initials(name)


# Parts


@register.simple_tag
@is_fixed
def icon(name: str, size: str = "") -> SafeString:
    """A symbol of the sprite; words stand beside it or in the `aria-label` of what holds it."""
    return drawing(icons.known(name), size)


@cache
def drawing(name: str, size: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" icon-{size}" if size else "",
        static("vendor/icons.svg"),
        name,
    )


@register.filter
def icon_of(happening: str) -> str:
    return icons.of_happening(happening)


@register.filter
def icon_of_identity(kind: str) -> str:
    return icons.of_identity(kind)


@register.simple_tag
@is_fixed
def key(target: str) -> SafeString | str:
    """The key that presses the element with this `data-ui` name, in its small frame."""
    found = keys.hint(target).replace("+", " ")
    return format_html("<kbd>{}</kbd>", found) if found else ""


@register.simple_tag
def form_key() -> SafeString:
    """One value per form shown: a double click, a reload or a retry books once."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid4())


@register.simple_tag(takes_context=True)
def tab(
    context: Context, page: str, words: str, *args: Any, count: int | None = None, root: int = 0,
    also: str = "",
) -> SafeString:  # fmt: skip
    """A link of a row of tabs, current under it or under `also` (the root: only on itself)."""
    url = address_of(page, *args)
    path = context["request"].path
    below = [f"{one}/" for one in [*also.split(), *([] if root else [url])]]
    current = path == url or f"{path}/".startswith(tuple(below))
    counted = "" if count is None else format_html(' <span class="count">{}</span>', number(count))
    link = '<a href="{}" aria-current="page">{}{}</a>' if current else '<a href="{}">{}{}</a>'
    return format_html(link, url, words, counted)


@register.inclusion_tag("ui/badge.html")
def badge(words: str, tone: str = "", symbol: str = "", name: str = "") -> dict[str, Any]:
    """A chip. `tone` is good, warn, bad or accent and comes with a word, never alone."""
    return {"words": words, "tone": tone, "symbol": symbol, "name": name}


@register.inclusion_tag("ui/why.html")
def why(url: str, about: str = "") -> dict[str, Any]:
    """`why?` beside the figure it explains; opens the steps in the drawer."""
    return {"url": url, "about": about}


@register.inclusion_tag("ui/field.html")
def field(bound: Any, **more: Any) -> dict[str, Any]:
    """One field of a Django form: label, help, control, error."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    many = hasattr(widget, "choices") and kind in ("radio", "checkbox")
    classes = "form-select" if kind == "select" else "form-control"
    attrs = {"class": "form-check-input" if many or kind == "checkbox" else classes, **more}
    if many:
        widget.attrs.setdefault("class", "form-check-input")  # each choice is drawn by itself
    return {"bound": bound, "control": bound.as_widget(attrs=attrs), "kind": kind, "many": many}


@register.simple_tag
def control(bound: Any, words: str) -> str:
    """The bare control of a field in a table whose row is called `words`."""
    kind = getattr(bound.field.widget, "input_type", "")
    wrong = {"aria-invalid": "true"} if bound.errors else {}
    name = f"{words}: {bound.label}" if str(bound.label) != str(words) else str(words)
    classes = "form-select" if kind == "select" else "form-control"
    shown: str = bound.as_widget(attrs={"class": classes, "aria-label": name, **wrong})
    return shown


@register.inclusion_tag("ui/stacked_bar.html")
def stacked_bar(words: str, *parts: Any) -> dict[str, Any]:
    """`parts` are figure, tone, figure, tone …; zero figures are left out."""
    pairs = [pair for pair in zip(parts[::2], parts[1::2], strict=True) if pair[0]]
    whole = sum(figure for figure, _ in pairs)
    shown, start = [], 0.0
    for figure, tone in pairs:
        width = 100 * figure / whole
        shown.append({"x": f"{start:.2f}%", "width": f"{width:.2f}%", "tone": tone})
        start += width
    return {"words": words, "parts": shown}


@register.inclusion_tag("ui/bars.html")
def bars(rows: Iterable[Mapping[str, Any]], whole: int) -> dict[str, Any]:
    """Horizontal bars from zero with their figures: each row has `words`, `count`, maybe `url`."""
    listed = list(rows)
    longest = max((row["count"] for row in listed), default=0) or 1
    shown = [{**row, "width": f"{100 * row['count'] / longest:.1f}%"} for row in listed]
    return {"rows": shown, "whole": whole}


@register.inclusion_tag("ui/spark.html")
def spark(values: Iterable[float]) -> dict[str, Any]:
    """A trend without axes; decoration beside a figure that says it in words."""
    listed = list(values)
    low, high = min(listed, default=0), max(listed, default=0)
    steps = max(len(listed) - 1, 1)
    points = [
        (2 + 156 * place / steps, 24 - 20 * (value - low) / ((high - low) or 1))
        for place, value in enumerate(listed)
    ]
    return {"points": " ".join(f"{x:.1f},{y:.1f}" for x, y in points), "end": points[-1:]}
