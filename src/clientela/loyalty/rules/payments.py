"""The file for the bank: ISO 20022 pain.001.001.09, credit transfers of one money from one account.

Names and references keep to the letters all banks take: no accents, and few signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NAME_LENGTH_MAX = 70
REFERENCE_LENGTH_MAX = 35
WORDS_LENGTH_MAX = 140
LINES_MAX = 10_000
SEPA = "EUR"
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_NOT_TAKEN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")
_LETTERS = str.maketrans({
    "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE",
    "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H",
    "&": "+", "–": "-", "—": "-", "’": "'", "‘": "'",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Payer:
    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    end_to_end: str
    minor: int
    name: str
    iban: str
    words: str


@dataclass(frozen=True, slots=True)
class Order:
    """One file: its name at the bank, when it was made, on which day it pays."""

    message: str
    made_at: datetime
    pays_on: date
    currency: str
    decimals: int
    payer: Payer
    transfers: Sequence[Transfer]


def bic(typed: str) -> str | None:
    """A code of a bank in capitals; None: it is none."""
    code = typed.replace(" ", "").upper()
    return code if _BIC.fullmatch(code) else None


def plain(words: str, length: int) -> str:
    """In letters every bank takes; never empty."""
    bare = unicodedata.normalize("NFKD", words.translate(_LETTERS))
    letters = "".join(sign for sign in bare if not unicodedata.combining(sign))
    kept = " ".join(_NOT_TAKEN.sub(" ", letters).split())[:length].strip()
    return kept or "-"


def document(order: Order) -> str:
    """The file, in the order the scheme prescribes."""
    root = ET.Element("Document", xmlns=NAMESPACE)
    whole = _in(root, "CstmrCdtTrfInitn")
    total = _amount(sum(one.minor for one in order.transfers), order.decimals)
    head = _in(whole, "GrpHdr")
    _in(head, "MsgId", order.message)
    _in(head, "CreDtTm", order.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _in(head, "NbOfTxs", str(len(order.transfers)))
    _in(head, "CtrlSum", total)
    _in(_in(head, "InitgPty"), "Nm", plain(order.payer.name, NAME_LENGTH_MAX))
    batch = _batch(whole, order, total)
    for one in order.transfers:
        _transfer(batch, one, order)
    ET.indent(root, space=" ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _batch(whole: ET.Element, order: Order, total: str) -> ET.Element:
    batch = _in(whole, "PmtInf")
    _in(batch, "PmtInfId", order.message)
    _in(batch, "PmtMtd", "TRF")
    _in(batch, "NbOfTxs", str(len(order.transfers)))
    _in(batch, "CtrlSum", total)
    if order.currency == SEPA:
        _in(_in(_in(batch, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _in(_in(batch, "ReqdExctnDt"), "Dt", order.pays_on.isoformat())
    _in(_in(batch, "Dbtr"), "Nm", plain(order.payer.name, NAME_LENGTH_MAX))
    account = _in(batch, "DbtrAcct")
    _in(_in(account, "Id"), "IBAN", order.payer.iban)
    _in(account, "Ccy", order.currency)
    agent = _in(_in(batch, "DbtrAgt"), "FinInstnId")
    if order.payer.bic:
        _in(agent, "BICFI", order.payer.bic)
    else:
        _in(_in(agent, "Othr"), "Id", "NOTPROVIDED")
    _in(batch, "ChrgBr", "SLEV" if order.currency == SEPA else "SHAR")
    return batch


def _transfer(batch: ET.Element, one: Transfer, order: Order) -> None:
    line = _in(batch, "CdtTrfTxInf")
    _in(_in(line, "PmtId"), "EndToEndId", one.end_to_end)
    paid = _in(_in(line, "Amt"), "InstdAmt", _amount(one.minor, order.decimals))
    paid.set("Ccy", order.currency)
    _in(_in(line, "Cdtr"), "Nm", plain(one.name, NAME_LENGTH_MAX))
    _in(_in(_in(line, "CdtrAcct"), "Id"), "IBAN", one.iban)
    _in(_in(line, "RmtInf"), "Ustrd", plain(one.words, WORDS_LENGTH_MAX))


def _in(parent: ET.Element, name: str, words: str | None = None) -> ET.Element:
    made = ET.SubElement(parent, name)
    made.text = words
    return made


def _amount(minor: int, decimals: int) -> str:
    whole, part = divmod(minor, 10**decimals)
    return f"{whole}.{part:0{decimals}d}" if decimals else str(whole)
