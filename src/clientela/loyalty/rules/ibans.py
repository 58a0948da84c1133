"""Numbers of bank accounts (ISO 13616): their length by country, and the check modulo 97."""

from __future__ import annotations

import re

_LENGTHS = """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20
    EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30
    KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24
    PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22
    VG24 XK20
"""
LENGTHS = {entry[:2]: int(entry[2:]) for entry in _LENGTHS.split()}
TYPED_MAX = 60
_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+")


class BadIban(ValueError):
    """`args[0]`: `shape`, `country`, `length` or `check`."""


def normal(typed: str) -> str:
    """The number in capitals without spaces; BadIban says what is wrong with it."""
    iban = re.sub(r"[\s.\-]+", "", typed[:TYPED_MAX]).upper()
    if not _SHAPE.fullmatch(iban):
        raise BadIban("shape")
    if iban[:2] not in LENGTHS:
        raise BadIban("country")
    if len(iban) != LENGTHS[iban[:2]]:
        raise BadIban("length")
    if int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 != 1:
        raise BadIban("check")
    return iban


def shown(iban: str) -> str:
    """In groups of four, as people write it."""
    return " ".join(iban[place : place + 4] for place in range(0, len(iban), 4))


def short(iban: str) -> str:
    """Enough to tell it from another: `LV·· ···· 9012`."""
    return f"{iban[:2]}·· ···· {iban[-4:]}"
