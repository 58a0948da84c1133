"""What the log says of consents, objections and requests, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from clientela.privacy import words

Data = Mapping[str, Any]


def consent_given(data: Data) -> str:
    return _("Agreed: %(purpose)s, %(channel)s") % _consent(data)


def consent_withdrawn(data: Data) -> str:
    return _("Refused: %(purpose)s, %(channel)s") % _consent(data)


def consent_retracted(data: Data) -> str:
    return _("Not decided after all: the import that said so was undone")


def preferences_changed(data: Data) -> str:
    return _("Chose how often we may write")


def link_sent(data: Data) -> str:
    return _("Was sent the link to the page of choices")


def restricted(data: Data) -> str:
    kind = str(data.get("kind"))
    return _("Limit on the use of the data: %(kind)s") % {
        "kind": words.RESTRICTIONS.get(kind, kind)
    }


def lifted(data: Data) -> str:
    kind = str(data.get("kind"))
    return _("Limit lifted: %(kind)s") % {"kind": words.RESTRICTIONS.get(kind, kind)}


def received(data: Data) -> str:
    kind = str(data.get("kind"))
    return _("Request: %(kind)s") % {"kind": words.REQUESTS.get(kind, kind)}


def answered(data: Data) -> str:
    outcome = str(data.get("outcome"))
    return _("Request answered: %(outcome)s") % {"outcome": words.OUTCOMES.get(outcome, outcome)}


def handed_over(data: Data) -> str:
    return _("The data was handed over")


def erased(data: Data) -> str:
    return _("The data was erased in part") if data.get("classes") else _("The data was erased")


def rectified(data: Data) -> str:
    return _("Something wrong was corrected")


def expired(data: Data) -> str:
    return _("Old data was deleted")


def _consent(data: Data) -> dict[str, Any]:
    channel = str(data.get("channel", ""))
    return {"purpose": data.get("purpose", ""), "channel": words.CHANNELS.get(channel, channel)}


BY_NAME = {
    "consent.given": consent_given,
    "consent.withdrawn": consent_withdrawn,
    "consent.retracted": consent_retracted,
    "preferences.changed": preferences_changed,
    "preferences.sent": link_sent,
    "customer.restricted": restricted,
    "restriction.lifted": lifted,
    "request.received": received,
    "request.answered": answered,
    "access.answered": handed_over,
    "customer.erased": erased,
    "customer.rectified": rectified,
    "data.expired": expired,
}
