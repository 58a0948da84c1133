from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from clientela.notes import facts, personal, sentences
from clientela.platform.declare import Check, Family, HouseApp, ListFacts, Panel, Right


class NotesApp(HouseApp):
    name = "clientela.notes"
    label = "notes"
    rights: ClassVar = (
        Right("notes.view", _("See notes, tasks, tags and files of customers")),
        Right("notes.write", _("Write notes, set tasks, put tags and add files")),
    )
    panels: ClassVar = (Panel("notes", "notes_panel", "notes.view"),)
    list_facts: ClassVar = (ListFacts(facts.FACTS, facts.COLUMNS, right="notes.view"),)
    checks: ClassVar = (Check("mentions are of notes that are there", "mentions"),)
    sentences: ClassVar = sentences.BY_NAME
    personal: ClassVar = personal.TABLES
    family: ClassVar = {
        "notes_note": Family.READ_TOGETHER,
        "notes_mention": Family.READ_TOGETHER,
        "notes_task": Family.READ_TOGETHER,
        "notes_tagged": Family.READ_TOGETHER,
        "notes_file": Family.READ_TOGETHER,
    }
