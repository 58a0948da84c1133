from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.calls import personal, sentences
from clientela.platform.declare import Check, Family, HouseApp, Right


class CallsApp(HouseApp):
    name = "clientela.calls"
    label = "calls"
    rights: ClassVar = (
        Right("calls.view", _("See calls and conversations in a customer's timeline")),
        Right("calls.serve", _("Take calls and talk with customers on the agent page")),
    )
    checks: ClassVar = (
        Check("calls that are over have an end", "ends"),
        Check("conversations end after they start", "conversations_in_order"),
    )
    sentences: ClassVar = sentences.BY_NAME
    append_only: ClassVar = ("calls_customercall",)
    family: ClassVar = {
        "calls_customercall": Family.READ_TOGETHER,
        "calls_conversation": Family.READ_TOGETHER,
    }
    personal: ClassVar = personal.TABLES
