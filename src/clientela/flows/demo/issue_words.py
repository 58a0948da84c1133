"""What the demo company's customers ask for, and what they are told, in three languages."""

from __future__ import annotations

from dataclasses import dataclass

Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class Topic:
    """`kinds` of products it is about; none: about no product. `promise`: by hand, if any."""

    queue: str
    cause: str
    kinds: tuple[str, ...]
    subject: Words
    claim: Words
    answer: Words
    resolution: Words
    promise: Words


TOPICS = (
    Topic(
        "technical", "network", ("broadband",),
        {"en": "No internet since morning", "es": "Sin internet desde la mañana",
         "lv": "Kopš rīta nav interneta"},
        {"en": "No internet since morning, a red lamp is on. I work from home.",
         "es": "Sin internet desde la mañana, hay una luz roja. Trabajo desde casa.",
         "lv": "Labrīt, kopš rīta nav interneta, deg sarkana lampiņa. Strādāju no mājām."},
        {"en": "A cable was cut by road works nearby. Our team is splicing it.",
         "es": "Unas obras cercanas cortaron un cable. Nuestro equipo lo está reparando.",
         "lv": "Netālu ceļa darbos pārrauts kabelis. Mūsu komanda to savieno."},
        {"en": "Cable spliced, line measured, 512 Mbit/s.",
         "es": "Cable reparado, línea medida, 512 Mbit/s.",
         "lv": "Kabelis savienots, līnija izmērīta, 512 Mbit/s."},
        {"en": "Line works again", "es": "La línea vuelve a funcionar",
         "lv": "Līnija atkal darbojas"},
    ),
    Topic(
        "technical", "product", ("fridge", "washer", "dishwasher", "oven", "heat-pump"),
        {"en": "Door does not seal", "es": "La puerta no cierra bien",
         "lv": "Durvis neaizveras cieši"},
        {"en": "The door does not seal any more and it makes a noise at night.",
         "es": "La puerta ya no cierra bien y hace ruido por la noche.",
         "lv": "Durvis vairs neaizveras cieši, un naktī tas trokšņo."},
        {"en": "A technician looks at it at your home.",
         "es": "Un técnico la revisará en su casa.",
         "lv": "Tehniķis to apskatīs pie jums mājās."},
        {"en": "Seal replaced at the customer's home.", "es": "Junta cambiada en casa del cliente.",
         "lv": "Blīve nomainīta klienta mājās."},
        {"en": "Technician comes", "es": "Viene el técnico", "lv": "Ierodas tehniķis"},
    ),
    Topic(
        "accounts", "our_error", ("credit-card", "current-account"),
        {"en": "Card charged twice at the till", "es": "Doble cargo en la tarjeta",
         "lv": "No kartes norakstīts divreiz"},
        {"en": "My card was charged twice for one purchase. Please give it back.",
         "es": "Me cobraron dos veces una compra con la tarjeta. Devuélvanmelo, por favor.",
         "lv": "Par vienu pirkumu no kartes norakstīts divreiz. Lūdzu, atmaksājiet."},
        {"en": "We see both charges and asked the shop's bank.",
         "es": "Vemos ambos cargos y hemos preguntado al banco de la tienda.",
         "lv": "Redzam abus norakstījumus un jautājām veikala bankai."},
        {"en": "Second charge given back to the card.",
         "es": "Segundo cargo devuelto a la tarjeta.",
         "lv": "Otrais norakstījums atmaksāts kartē."},
        {"en": "Money is back", "es": "El dinero está de vuelta", "lv": "Nauda ir atpakaļ"},
    ),
    Topic(
        "accounts", "billing", ("mortgage", "car-loan", "consumer-loan"),
        {"en": "Change of payment day", "es": "Cambio del día de pago",
         "lv": "Maksājuma dienas maiņa"},
        {"en": "My salary comes on the 10th now. Can I pay on the 12th?",
         "es": "Ahora cobro el día 10. ¿Puedo pagar el 12?",
         "lv": "Alga tagad nāk 10. datumā. Vai varu maksāt 12.?"},
        {"en": "That works. Please confirm by answering this letter.",
         "es": "Es posible. Confírmelo respondiendo a esta carta.",
         "lv": "Tas ir iespējams. Lūdzu, apstipriniet, atbildot uz šo vēstuli."},
        {"en": "Payment day moved to the 12th.", "es": "Día de pago cambiado al 12.",
         "lv": "Maksājuma diena pārcelta uz 12. datumu."},
        {"en": "New schedule sent", "es": "Nuevo calendario enviado",
         "lv": "Nosūtīts jauns grafiks"},
    ),
    Topic(
        "accounts", "usage", (),
        {"en": "Points missing after a return", "es": "Faltan puntos tras una devolución",
         "lv": "Pēc atgriešanas trūkst punktu"},
        {"en": "I returned one thing and all my points of that purchase are gone.",
         "es": "Devolví una cosa y desaparecieron todos los puntos de esa compra.",
         "lv": "Atgriezu vienu preci, un visi tā pirkuma punkti pazuda."},
        {"en": "Only the points of what came back were taken; I sent you the list.",
         "es": "Solo se quitaron los puntos de lo devuelto; le envié la lista.",
         "lv": "Noņemti tikai atgrieztās preces punkti; nosūtīju sarakstu."},
        {"en": "Explained posting by posting; the balance was right.",
         "es": "Explicado asiento por asiento; el saldo era correcto.",
         "lv": "Izskaidrots pa ierakstiem; atlikums bija pareizs."},
        {"en": "List of postings sent", "es": "Lista de asientos enviada",
         "lv": "Ierakstu saraksts nosūtīts"},
    ),
)  # fmt: skip
NOTE: Words = {
    "en": "Called the field team, splicing until 16:30 at best.",
    "es": "Llamé al equipo de campo: empalmando hasta las 16:30 como pronto.",
    "lv": "Zvanīju brigādei, savieno labākajā gadījumā līdz 16:30.",
}
AGAIN: Words = {
    "en": "It is the same again.", "es": "Otra vez lo mismo.", "lv": "Atkal tas pats.",
}  # fmt: skip
ASKS: Words = {
    "en": "Can you send me a message when it is done?",
    "es": "¿Pueden avisarme cuando esté listo?",
    "lv": "Vai varat atsūtīt ziņu, kad būs gatavs?",
}
FINDING = "Three contacts about one fridge within a year; replace it at the next fault."
NEXT_STEP = "Offer a replacement before the cover ends."
MOVED = "The spare part comes a day later."
RELEASED = "The customer sent the list themselves."
