"""Files of customers: taken in when they are what they seem, kept under names of ours, handed out
only through the customer they belong to.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import one_customer
from clientela.notes import actions, queries, rules
from clientela.notes.models import File
from clientela.platform import cards, ids, text, transactions, uploads
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.uploads import BadUpload, Kind

HEX = 32  # digits of a file's name on disk
FRESH_SECONDS = 3_600  # a younger one may still be on its way in
SENTENCES: dict[str, str | Promise] = {
    "empty": _("The file is empty."),
    "unknown-kind": _("Files of this kind are not kept. Use PDF, PNG, JPEG, GIF, WebP, plain text, "
                      "or a document of an office programme without macros."),
    "too-many-pixels": _("The picture has more than 40 million pixels."),
    "broken": _("The file is damaged."),
    "bomb": _("The file holds far more than its size."),
}  # fmt: skip


class FileRefused(InvalidInput):
    code = "file-refused"
    title = "This file is not kept"


class FileTooLarge(Problem):
    code = "file-too-large"
    status = 413
    title = "The file is too large"


class FileGone(NotThere):
    code = "file-gone"
    status = 410
    title = "The file is not on the disk any more"


@dataclass(frozen=True, slots=True)
class Content:
    """A file to be handed out: where it lies, what it is, what to call it."""

    file: File
    path: Path
    kind: Kind


@transactions.retried
def add_file(
    customer: Reference | UUID, name: str, parts: Iterable[bytes], *, actor: Actor, now: datetime,
    request: str = "",
) -> File:  # fmt: skip
    """Keep a file; refused where its content is none of the kinds we keep, or too much."""
    id = ids.uuid7()
    path = _path(id)
    size, digest = _written(path, parts)
    try:
        kind = _kind(path)
        if kind is uploads.TEXT:
            size, digest = _without_cards(path)
        with transactions.open():
            family = one_customer.locked(customer)
            if len(queries.files_of(family)) >= rules.FILES_MAX:
                raise actions.TooManyFiles
            file = actions.keep_file(
                id=id, customer_id=family[0], name=_name(name, kind), kind=kind.key,
                size_bytes=size, digest=digest, actor=actor, now=now,
            )  # fmt: skip
            told = Happening("file.added", now, family[0], file.public_id, {"kind": kind.key})
            events.emit([told], actor=actor, now=now, request=request)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return file


def content(file_id: UUID, *, family: list[UUID]) -> Content:
    """What to hand out; only of this family."""
    file = queries.file(file_id, family=family)
    path = _path(file.id)
    if not path.is_file():
        raise FileGone("Restore it from a backup: the record knows it, the data folder does not.")
    return Content(file, path, uploads.KINDS[file.kind])


@transactions.retried
def remove_file(
    customer: Reference | UUID, file_id: UUID, *, actor: Actor, now: datetime, request: str = ""
) -> None:
    """Its content leaves the disk when that is safe; that it was there stays in the log."""
    with transactions.open():
        family = one_customer.locked(customer)
        file = queries.file(file_id, family=family)
        if actions.remove_file(file, actor=actor, now=now):
            told = Happening("file.removed", now, family[0], file.public_id, {"kind": file.kind})
            events.emit([told], actor=actor, now=now, request=request)
        transactions.after_commit(lambda: destroy([file.id]))


def destroy(file_ids: Iterable[UUID]) -> None:
    """Take contents off the disk, for good."""
    for id in file_ids:
        _path(id).unlink(missing_ok=True)


def sweep(*, now: datetime) -> int:
    """Take contents off the disk whose row is gone: after a period ran out, or a broken upload."""
    swept = 0
    for folder in sorted((settings.HOME.files / "customers").glob("??")):
        old = [path for path in folder.iterdir() if _is_old(path, now)]
        ids = {UUID(hex=path.name): path for path in old if len(path.name) == HEX}
        for id in set(ids) - queries.kept_among(list(ids)):
            ids[id].unlink(missing_ok=True)
            swept += 1
    return swept


def _is_old(path: Path, now: datetime) -> bool:
    return path.stat().st_mtime < now.timestamp() - FRESH_SECONDS


def _path(file_id: UUID) -> Path:
    path: Path = settings.HOME.files / rules.place_of(file_id.hex)
    return path


def _written(path: Path, parts: Iterable[bytes]) -> tuple[int, bytes]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                size += len(part)
                if size > rules.FILE_BYTES_MAX:
                    most = rules.FILE_BYTES_MAX // 1024**2
                    raise FileTooLarge(
                        str(_("A file has at most %(most)d MB.") % {"most": most}), field="file"
                    )
                digest.update(part)
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return size, digest.digest()


def _without_cards(path: Path) -> tuple[int, bytes]:
    """A text is kept with the numbers of payment cards in it hidden."""
    content = cards.masked_bytes(path.read_bytes())
    with path.open("r+b") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return len(content), hashlib.sha256(content).digest()


def _kind(path: Path) -> Kind:
    try:
        return uploads.kind_of(path)
    except BadUpload as bad:
        words = str(SENTENCES[bad.reason])
        raise FileRefused(words, field="file", reason=bad.reason) from None


def _name(given: str, kind: Kind) -> str:
    """What people called it, without folders, with the ending of what it is."""
    plain = given.replace("\\", "/").rpartition("/")[2]
    try:
        plain = text.clean(plain)
    except ValueError:
        plain = ""
    plain = "".join(sign for sign in plain if sign.isprintable()).strip(". ")
    stem = plain.rpartition(".")[0] or plain if kind is not uploads.TEXT else plain
    ending = kind.ending if kind is not uploads.TEXT or "." not in plain else ""
    kept = (stem or "file")[: uploads.NAME_LENGTH_MAX - len(ending)]
    return f"{kept}{ending}"
