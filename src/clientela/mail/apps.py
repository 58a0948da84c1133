from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.mail import personal, sentences
from clientela.platform.declare import Family, HouseApp, Right


class MailApp(HouseApp):
    name = "clientela.mail"
    label = "mail"
    rights: ClassVar = (
        Right("mail.view", _("See whether letters to customers arrived")),
        Right("mail.write", _("Write letters to customers who agreed to their purpose")),
    )
    sentences: ClassVar = sentences.BY_NAME
    family: ClassVar = {"mail_outgoingmail": Family.READ_TOGETHER}
    personal: ClassVar = personal.TABLES
