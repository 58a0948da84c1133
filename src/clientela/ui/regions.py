"""Countries by their codes, for the browser to name them in the page's language."""

from __future__ import annotations

from django.utils.html import format_html


def region(code: str) -> str:
    """The name of a country where it can be told; until then, and without scripts, its code."""
    return format_html('<data value="{}" data-names="region">{}</data>', code, code) if code else ""
