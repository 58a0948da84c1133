"""Showing what of a text was found."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from clientela.platform import text

register = template.Library()


@register.filter
def marked(shown: str, query: str) -> SafeString:
    """The text, with the beginnings of its words that were asked for marked."""
    asked = text.words(query or "")
    return format_html_join(" ", "{}", ((_word(word, asked),) for word in shown.split()))


def _word(word: str, asked: list[str]) -> SafeString | str:
    for length in range(1, len(word) + 1):
        start = text.folded(word[:length])
        if start in asked:
            return format_html("<mark>{}</mark>{}", word[:length], word[length:])
    return word
