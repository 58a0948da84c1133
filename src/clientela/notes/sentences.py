"""What the log says of notes, tasks, tags and files, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clientela.platform.declare import Sentence


def plain(words: str) -> Sentence:
    return lambda data: str(_(words))


def tagged(data: Mapping[str, Any]) -> str:
    return _("Tagged %(tag)s") % {"tag": data.get("tag", "")}


def untagged(data: Mapping[str, Any]) -> str:
    return _("No longer tagged %(tag)s") % {"tag": data.get("tag", "")}


BY_NAME = {
    "note.written": plain(gettext_noop("A note was written")),
    "note.removed": plain(gettext_noop("A note was removed")),
    "task.set": plain(gettext_noop("A task was set")),
    "task.changed": plain(gettext_noop("A task was changed")),
    "task.done": plain(gettext_noop("A task was done")),
    "task.reopened": plain(gettext_noop("A task was opened again")),
    "tag.put": tagged,
    "tag.taken": untagged,
    "file.added": plain(gettext_noop("A file was added")),
    "file.removed": plain(gettext_noop("A file was removed")),
}
