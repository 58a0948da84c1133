"""What rules and promotions ask, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from clientela.console.lists import cells
from clientela.flows import earning_facts
from clientela.flows.lists.known import Known
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies


def of(several: Mapping[str, Any], request: HouseRequest) -> dict[str, str]:
    """Conditions by their keys, each as a sentence by itself."""
    known = earning_facts.known_for(request.actor, company=companies.current())
    return {key: sentence(when, known) for key, when in several.items()}


def sentence(when: Any, known: Known, *, within: bool = False) -> str:
    try:
        return cells.sentence(known, known.read(when), within=within)
    except Problem:
        return _("something that is not there any more")
