"""The kinds of relations an installation begins with. The company renames them and adds its own."""

from __future__ import annotations

from typing import Any

RELATIONS_MAX = 100
ROLES = ("head", "partner", "child", "parent", "other")


def _kind(key: str, forth: tuple[str, str, str], back: tuple[str, str, str]) -> dict[str, Any]:
    languages = ("en", "es", "lv")
    return {
        "key": key, "labels": dict(zip(languages, forth, strict=True)),
        "labels_back": dict(zip(languages, back, strict=True)), "is_mutual": forth == back,
    }  # fmt: skip


def _mutual(key: str, words: tuple[str, str, str]) -> dict[str, Any]:
    return _kind(key, words, words)


SHIPPED = (
    _mutual("spouse", ("is married to", "tiene por cónyuge a", "ir laulībā ar")),
    _mutual("partner", ("is the partner of", "es pareja de", "ir partneris ar")),
    _kind("parent", ("is a parent of", "es padre o madre de", "ir vecāks personai"),
          ("is a child of", "es hijo o hija de", "ir bērns personai")),
    _mutual("sibling", ("is brother or sister of", "es hermano o hermana de",
                        "ir brālis vai māsa personai")),
    _kind("guardian", ("is guardian of", "es tutor o tutora de", "ir aizbildnis personai"),
          ("is under the guardianship of", "está bajo la tutela de", "ir aizbildnībā pie")),
    _kind("attorney", ("holds power of attorney for", "es apoderado o apoderada de",
                       "ir pilnvarotā persona, ko pilnvaroja"),
          ("is represented by", "tiene por apoderado o apoderada a", "ir pilnvarojis")),
    _kind("employer", ("employs", "emplea a", "ir darba devējs personai"),
          ("works for", "trabaja para", "strādā pie")),
    _kind("contact", ("is a contact person of", "es persona de contacto de",
                      "ir kontaktpersona uzņēmumam"),
          ("is reached through", "tiene por persona de contacto a", "ir sasniedzams caur")),
    _kind("owner", ("owns", "es propietario o propietaria de", "ir īpašnieks uzņēmumam"),
          ("belongs to", "pertenece a", "pieder")),
    _kind("guarantor", ("is guarantor for", "es avalista de", "ir galvinieks par"),
          ("is guaranteed by", "tiene por avalista a", "galvotājs ir")),
    _kind("introducer", ("introduced", "recomendó a", "ieteica"),
          ("was introduced by", "llegó recomendado por", "atnāca pēc ieteikuma no")),
)  # fmt: skip
