"""The offers of the demo company, in its three languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

LEVER_DAYS = 60
Words = tuple[str, str, str, str, str]
NAMES = ("headline", "why", "why_now", "next_step", "script")


def _in(en: Words, es: Words, lv: Words, price: Sequence[str] = ("", "", "")) -> dict[str, Any]:
    return {
        language: {**dict(zip(NAMES, words, strict=True)), **({"price": cost} if cost else {})}
        for language, words, cost in zip(("en", "es", "lv"), (en, es, lv), price, strict=True)
    }


def _labels(*words: str) -> dict[str, str]:
    return dict(zip(("en", "es", "lv"), words, strict=True))


def _holds(kind: str, *more: Mapping[str, Any]) -> dict[str, Any]:
    """One of the customer's own holdings is of this kind, and all of `more` is true of it."""
    where = [
        {"fact": "holding.kind", "op": "eq", "value": kind},
        {"fact": "holding.role", "op": "in", "value": ["owner", "joint"]}, *more,
    ]  # fmt: skip
    return {"related": "holdings", "quantifier": "any", "where": {"all": where}}


def _has_none(*kinds: str) -> dict[str, Any]:
    return {"fact": "holdings.kinds", "op": "has_none", "value": list(kinds)}


def _has_any(*kinds: str) -> dict[str, Any]:
    return {"fact": "holdings.kinds", "op": "has_any", "value": list(kinds)}


def _soon(fact: str, days: int) -> dict[str, Any]:
    return {"fact": fact, "op": "within", "value": {"next": days, "unit": "day"}}


ADULT = {
    "any": [
        {"fact": "customer.age", "op": "ge", "value": 18},
        {"fact": "customer.type", "op": "eq", "value": "company"},
    ]
}


def offers(today: date) -> list[dict[str, Any]]:
    """Everything the demo company offers on this day."""
    lever = {"factor": 1.5, "owner": "Marta Vilka",
             "ends_on": (today + timedelta(days=LEVER_DAYS)).isoformat()}  # fmt: skip
    return [*_of_the_bank(lever), *_of_the_line(), *_of_the_shop()]


def _of_the_bank(lever: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "key": "fix-the-rate", "group": "home-loan", "about": "mortgage", "value": 61_000,
            "labels": _labels("Fix the mortgage for 5 years", "Fijar la hipoteca 5 años",
                              "Fiksēt hipotēku uz 5 gadiem"),
            "eligibility": ADULT, "lever": lever,
            "applicability": _holds("mortgage", _soon("holding.fixed_until_on", 120)),
            "context": [{"key": "rate-ends-soon", "factor": 2,
                         "when": _holds("mortgage", _soon("holding.fixed_until_on", 60))}],
            "wording": _in(
                ("Fix the mortgage for 5 years", "Has a {product} with us since {opened_on}",
                 "The fixed rate ends on {ends_on}, in {days_left} days",
                 "Letter with the terms; 14 days to think",
                 ("{name}, your fixed rate ends on {ends_on}. We can fix it for five years at "
                 "2.9 per cent, and I will send you the terms in writing.")),
                ("Fijar la hipoteca 5 años", "Tiene una hipoteca con nosotros desde {opened_on}",
                 "El tipo fijo termina el {ends_on}, en {days_left} días",
                 "Carta con las condiciones; 14 días para pensarlo",
                 ("{name}, su tipo fijo termina el {ends_on}. Podemos fijarlo cinco años al "
                 "2,9 por ciento; le enviaré las condiciones por escrito.")),
                ("Fiksēt hipotēku uz 5 gadiem", "Hipotēka pie mums: {opened_on}",
                 "Fiksētā likme beidzas: {ends_on}, pēc {days_left} dienām",
                 "Vēstule ar noteikumiem; 14 dienas pārdomām",
                 ("{name}, jūsu fiksētā likme drīz beidzas ({ends_on}). Varam to fiksēt uz pieciem "
                 "gadiem ar 2,9 procentiem, un es nosūtīšu noteikumus rakstiski.")),
                ("2.9 %", "2,9 %", "2,9 %"),
            ),
        },
        {
            "key": "renew-the-deposit", "group": "savings", "about": "savings-account",
            "value": 12_000, "products": ["TD-12"],
            "labels": _labels("Renew the term deposit", "Renovar el depósito",
                              "Atjaunot termiņnoguldījumu"),
            "applicability": _holds("savings-account", _soon("holding.matures_on", 90)),
            "wording": _in(
                ("Renew the term deposit for a year", "Has kept {balance} with us",
                 "It matures on {ends_on}, in {days_left} days", "Signed in the app in a minute",
                 ("{name}, your deposit of {balance} matures on {ends_on}. Shall I renew it for "
                 "another year at 3.1 per cent?")),
                ("Renovar el depósito un año", "Ha mantenido {balance} con nosotros",
                 "Vence el {ends_on}, en {days_left} días", "Se firma en la aplicación",
                 ("{name}, su depósito de {balance} vence el {ends_on}. ¿Lo renuevo otro año al "
                 "3,1 por ciento?")),
                ("Atjaunot termiņnoguldījumu uz gadu", "Pie mums tur {balance}",
                 "Termiņš: {ends_on}, pēc {days_left} dienām", "Paraksta lietotnē",
                 ("{name}, jūsu noguldījuma {balance} termiņš drīz beidzas ({ends_on}). Vai "
                 "atjaunot uz vēl vienu gadu ar 3,1 procentu?")),
                ("3.1 %", "3,1 %", "3,1 %"),
            ),
        },
        {
            "key": "travel-card", "group": "cards", "about": "credit-card", "value": 9_000,
            "products": ["CC-GOLD"], "answers": ["travels"],
            "labels": _labels("Credit card Gold for journeys", "Tarjeta Gold para viajes",
                              "Kredītkarte Gold ceļojumiem"),
            "eligibility": {"all": [
                ADULT, {"fact": "points.available", "op": "ge", "value": 1_000}]},
            "applicability": {"not": {"fact": "holdings.products", "op": "has_any",
                                      "value": ["cc-gold"]}},
            "suitability": _has_any("current-account"),
            "wording": _in(
                ("Credit card Gold for journeys", "Has {points|many} points and buys here often",
                 "Journeys can be paid with points this month", "Card by post in five days",
                 ("{name}, with the Gold card your {points|many} points pay for journeys too, and "
                 "the first year is free.")),
                ("Tarjeta Gold para viajes", "Tiene {points|muchos} puntos y compra a menudo",
                 "Este mes los viajes se pagan con puntos", "Tarjeta por correo en cinco días",
                 ("{name}, con la tarjeta Gold sus {points|muchos} puntos pagan también viajes y "
                 "el primer año es gratis.")),
                ("Kredītkarte Gold ceļojumiem", "Krāj punktus ({points|daudz}) un bieži pērk",
                 "Šomēnes ceļojumus var apmaksāt ar punktiem", "Karte pa pastu piecās dienās",
                 ("{name}, ar Gold karti jūsu punkti ({points|daudz}) der arī ceļojumiem, un "
                 "pirmais gads ir bez maksas.")),
                ("free for a year", "gratis un año", "gadu bez maksas"),
            ),
        },
        {
            "key": "travel-insurance", "group": "insurance", "value": 4_900,
            "products": ["TI-12"], "answers": ["travels"],
            "labels": _labels("Travel insurance for a year", "Seguro de viaje de un año",
                              "Ceļojumu apdrošināšana uz gadu"),
            "eligibility": ADULT, "applicability": _has_none("travel-insurance"),
            "suitability": _has_any("credit-card", "current-account"),
            "wording": _in(
                ("Travel insurance for a year", "Pays abroad with our card or account",
                 "One journey costs as much as the whole year", "Certificate by e-mail at once",
                 ("{name}, for 49 euros you and your luggage are insured on every journey for a "
                 "year. Shall I send the certificate?")),
                ("Seguro de viaje de un año", "Paga en el extranjero con nuestra tarjeta o cuenta",
                 "Un viaje cuesta lo mismo que todo el año", "Certificado por correo enseguida",
                 ("{name}, por 49 euros usted y su equipaje están asegurados en todos los viajes "
                 "durante un año. ¿Le envío el certificado?")),
                ("Ceļojumu apdrošināšana uz gadu", "Ārzemēs maksā ar mūsu karti vai kontu",
                 "Viens ceļojums maksā tikpat, cik viss gads", "Polise e-pastā uzreiz",
                 ("{name}, par 49 eiro gadu esat apdrošināti visos ceļojumos kopā ar bagāžu. Vai "
                 "nosūtīt polisi?")),
                ("€49", "49 €", "49 €"),
            ),
        },
    ]  # fmt: skip


def _of_the_line() -> list[dict[str, Any]]:
    return [
        {
            "key": "move-the-line", "group": "broadband", "about": "broadband", "sells": False,
            "value": 5_000, "answers": ["moves-house"],
            "labels": _labels("Move broadband to the new home", "Trasladar el internet",
                              "Pārcelt internetu uz jauno mājokli"),
            "applicability": {"all": [
                _has_any("broadband"),
                {"fact": "needs.kinds", "op": "has_any", "value": ["moves-house"]}]},
            "wording": _in(
                ("Move broadband to the new home", "Has {product} since {opened_on}",
                 "Said that they move", "Book the line for the moving day",
                 ("{name}, we move your {product} without a gap and without a fee. On which day "
                 "do you move?")),
                ("Trasladar el internet al nuevo hogar", "Tiene {product} desde {opened_on}",
                 "Dijo que se muda", "Reservar la línea para el día de la mudanza",
                 "{name}, trasladamos su {product} sin cortes y sin coste. ¿Qué día se muda?"),
                ("Pārcelt internetu uz jauno mājokli", "{product} pie mums: {opened_on}",
                 "Teica, ka pārvācas", "Rezervēt līniju pārvākšanās dienai",
                 ("{name}, pārcelsim jūsu {product} bez pārtraukuma un bez maksas. Kurā dienā "
                 "pārvācaties?")),
                ("free", "gratis", "bez maksas"),
            ),
        },
        {
            "key": "faster-line", "group": "broadband", "about": "broadband", "value": 12_000,
            "products": ["BB-1000"],
            "labels": _labels("Broadband 1000", "Internet 1000", "Internets 1000"),
            "applicability": {"all": [
                _has_any("broadband"),
                {"fact": "holdings.products", "op": "has_none", "value": ["bb-1000"]}]},
            "wording": _in(
                ("Broadband 1000 for €34.90", "Has {product} since {opened_on}",
                 "The faster line is in the building already", "Switched on within a day",
                 ("{name}, the same line can be as fast as 1000. It costs 34.90 a month, and you "
                 "need not be at home for it.")),
                ("Internet 1000 por 34,90 €", "Tiene {product} desde {opened_on}",
                 "La línea rápida ya está en el edificio", "Se activa en un día",
                 ("{name}, la misma línea puede llegar a 1000. Cuesta 34,90 al mes sin que tenga "
                 "que estar en casa.")),
                ("Internets 1000 par 34,90 €", "{product} pie mums: {opened_on}",
                 "Ātrā līnija mājā jau ir", "Ieslēdz vienas dienas laikā",
                 ("{name}, tā pati līnija var būt 1000. Tas maksā 34,90 mēnesī, un mājās jums nav "
                 "jābūt.")),
                ("€34.90", "34,90 €", "34,90 €"),
            ),
        },
        {
            "key": "mobile-unlimited", "group": "mobile", "value": 6_000, "products": ["MO-U"],
            "labels": _labels("Mobile unlimited", "Móvil ilimitado", "Mobilie bez limita"),
            "applicability": {"all": [
                {"fact": "holdings.products", "op": "has_none", "value": ["mo-u"]},
                _has_any("broadband")]},
            "wording": _in(
                ("Mobile unlimited beside the broadband", "Has broadband with us, mobile not",
                 "€5 less a month for both together", "SIM by post, the number stays",
                 ("{name}, with your broadband the unlimited mobile costs 14.90 instead of 19.90, "
                 "and you keep your number.")),
                ("Móvil ilimitado junto al internet", "Tiene internet con nosotros, móvil no",
                 "5 € menos al mes por los dos", "SIM por correo, conserva el número",
                 ("{name}, con su internet el móvil ilimitado cuesta 14,90 en lugar de 19,90, y "
                 "conserva su número.")),
                ("Mobilie bez limita kopā ar internetu", "Internets pie mums, mobilie ne",
                 "Kopā par 5 € mēnesī mazāk", "SIM pa pastu, numurs paliek",
                 ("{name}, kopā ar internetu mobilie bez limita maksā 14,90, nevis 19,90, un jūsu "
                 "numurs paliek.")),
                ("€14.90", "14,90 €", "14,90 €"),
            ),
        },
    ]  # fmt: skip


def _of_the_shop() -> list[dict[str, Any]]:
    return [
        {
            "key": "three-more-years", "group": "cover", "about": "fridge", "value": 5_900,
            "labels": _labels("Fridge cover, 3 more years", "Cobertura del frigorífico, 3 años más",
                              "Ledusskapja garantija vēl 3 gadus"),
            "applicability": _holds(
                "fridge", {"fact": "holding.years", "op": "between", "value": [1, 2]}),
            "wording": _in(
                ("Fridge cover, 3 more years", "Bought {product} on {opened_on}",
                 "It must be bought before the legal guarantee ends", "Certificate by e-mail",
                 ("{name}, the guarantee of your {product} ends soon. For 59 euros repairs stay "
                 "free for three more years.")),
                ("Cobertura del frigorífico, 3 años más", "Compró {product} el {opened_on}",
                 "Hay que contratarla antes de que acabe la garantía", "Certificado por correo",
                 ("{name}, la garantía de su {product} termina pronto. Por 59 euros las "
                 "reparaciones siguen siendo gratis tres años más.")),
                ("Ledusskapja garantija vēl 3 gadus", "Pirka {product}: {opened_on}",
                 "Jāpērk, pirms beidzas likumiskā garantija", "Polise e-pastā",
                 ("{name}, jūsu {product} garantija drīz beidzas. Par 59 eiro remonts vēl trīs "
                 "gadus ir bez maksas.")),
                ("€59.00", "59,00 €", "59,00 €"),
            ),
        },
        {
            "key": "try-the-electric-car", "group": "car", "about": "car-loan", "value": 90_000,
            "products": ["DUNA-E"],
            "labels": _labels("Try the Duna Electric", "Probar el Duna Electric",
                              "Izmēģināt Duna Electric"),
            "eligibility": ADULT,
            "applicability": _holds("car-loan", _soon("holding.matures_on", 450)),
            "wording": _in(
                ("Try the Duna Electric for a weekend", "The car loan is nearly paid",
                 "It ends on {ends_on}", "Book the weekend, the car is brought",
                 ("{name}, your car loan ends on {ends_on}. Would you like to try the Duna "
                 "Electric for a weekend? We bring it to you.")),
                ("Probar el Duna Electric un fin de semana", "El préstamo del coche acaba pronto",
                 "Termina el {ends_on}", "Reservar el fin de semana; llevamos el coche",
                 ("{name}, su préstamo termina el {ends_on}. ¿Quiere probar el Duna Electric un "
                 "fin de semana? Se lo llevamos.")),
                ("Izmēģināt Duna Electric nedēļas nogalē", "Auto kredīts gandrīz atmaksāts",
                 "Beidzas: {ends_on}", "Rezervēt nedēļas nogali; auto atvedīsim",
                 ("{name}, jūsu auto kredīts drīz beidzas ({ends_on}). Vai vēlaties nedēļas nogalē "
                 "izmēģināt Duna Electric? Mēs to atvedīsim.")),
            ),
        },
        {
            "key": "care-call", "group": "care", "sells": False, "value": 100,
            "labels": _labels("A person of their own to call", "Una persona de contacto",
                              "Sava kontaktpersona"),
            "applicability": {"fact": "flags.kinds", "op": "has_any",
                              "value": ["vulnerable", "arrears"]},
            "wording": _in(
                ("A person of their own to call", "Needs more time than others",
                 "A flag is set", "Give the direct number",
                 ("{name}, from now on one colleague looks after everything of yours. May I give "
                 "you the direct number?")),
                ("Una persona de contacto propia", "Necesita más tiempo que otros",
                 "Hay un aviso puesto", "Dar el número directo",
                 ("{name}, a partir de ahora un compañero se ocupa de todo lo suyo. ¿Le doy el "
                 "número directo?")),
                ("Sava kontaktpersona", "Vajag vairāk laika nekā citiem",
                 "Ir uzlikta atzīme", "Iedot tiešo numuru",
                 ("{name}, turpmāk par visu jums rūpēsies viens kolēģis. Vai drīkstu iedot tiešo "
                 "numuru?")),
            ),
        },
    ]  # fmt: skip
