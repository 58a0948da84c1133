"""The whole customer on one screen: the panels of the profile, in the order of a conversation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from clientela.calls.models import Conversation
from clientela.console.customers import record
from clientela.customers import queries as customers
from clientela.platform.http.requests import HouseRequest
from clientela.ui.panels import Panel

LEFT = ("points", "covers")
MIDDLE = ("issues", "holdings", "needs", "timeline")
RIGHT = ("offers",)


def of(request: HouseRequest, talk: Conversation) -> dict[str, Any]:
    """What is switched off, or not for this person, is simply not there."""
    assert talk.customer_id is not None
    family = customers.family_of(talk.customer_id)
    context = record.composed(request, family)
    panels: Mapping[str, Panel] = context["panels"]
    return {
        **context, "conversation": talk, "over": talk.ended_at is not None,
        "in_bar": talk.call is not None and talk.call.conversation_id == talk.id,
        "left": list(_placed(panels, LEFT)), "middle": list(_placed(panels, MIDDLE)),
        "right": list(_placed(panels, RIGHT)),
    }  # fmt: skip


def _placed(panels: Mapping[str, Panel], names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for name in names:
        if name in panels and (template := _template(name)):
            yield {"panel": panels[name], "template": template}


@cache
def _template(name: str) -> str:
    """The panel's own template for a conversation, else the one of the record; a programme brings
    its templates with it.
    """
    for path in (f"console/agent/panels/{name}.html", f"console/customers/panels/{name}.html"):
        try:
            get_template(path)
        except TemplateDoesNotExist:
            continue
        return path
    return ""
