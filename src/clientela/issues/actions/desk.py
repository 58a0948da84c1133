"""What an installation has before anybody has set up a desk: one queue, states and causes."""

from __future__ import annotations

from typing import Any

from clientela.issues.models import Category, Cause, Queue, State
from clientela.platform.transactions import needs_transaction
from clientela.staff.models import Calendar

QUEUE = {"en": "Support", "es": "Atención", "lv": "Atbalsts"}
STATES: tuple[tuple[str, Category, str, dict[str, str]], ...] = (
    ("open", Category.OPEN, "", {"en": "open", "es": "abierta", "lv": "atvērta"}),
    ("customer", Category.PAUSED, "customer",
     {"en": "customer's turn", "es": "espera al cliente", "lv": "gaida klientu"}),
    ("supplier", Category.PAUSED, "supplier",
     {"en": "waits for supplier", "es": "espera al proveedor", "lv": "gaida piegādātāju"}),
    ("planned", Category.PAUSED, "planned",
     {"en": "planned", "es": "planificada", "lv": "ieplānota"}),
    ("resolved", Category.RESOLVED, "", {"en": "resolved", "es": "resuelta", "lv": "atrisināta"}),
    ("closed", Category.CLOSED, "", {"en": "closed", "es": "cerrada", "lv": "slēgta"}),
)  # fmt: skip
CAUSES: tuple[tuple[str, dict[str, str]], ...] = (
    ("product", {"en": "Product fault", "es": "Fallo del producto", "lv": "Preces defekts"}),
    ("installation", {"en": "Installation", "es": "Instalación", "lv": "Uzstādīšana"}),
    ("network", {"en": "Network or supply", "es": "Red o suministro", "lv": "Tīkls vai piegāde"}),
    ("billing", {"en": "Billing", "es": "Facturación", "lv": "Norēķini"}),
    ("delivery", {"en": "Delivery", "es": "Entrega", "lv": "Piegāde"}),
    ("usage", {"en": "Question of use", "es": "Duda de uso", "lv": "Lietošanas jautājums"}),
    ("our_error", {"en": "Our mistake", "es": "Error nuestro", "lv": "Mūsu kļūda"}),
    ("other", {"en": "Other", "es": "Otra", "lv": "Cits"}),
)


@needs_transaction
def ship(calendar: Calendar) -> None:
    """One queue without targets, six states, eight causes; what is there stays as it is."""
    if not State.objects.exists():
        State.objects.bulk_create(
            State(key=key, category=category, reason=reason, labels=labels, position=position)
            for position, (key, category, reason, labels) in enumerate(STATES)
        )
    if not Cause.objects.exists():
        Cause.objects.bulk_create(
            Cause(key=key, labels=labels, position=position)
            for position, (key, labels) in enumerate(CAUSES)
        )
    if not Queue.objects.exists():
        Queue.objects.create(key="support", labels=QUEUE, calendar=calendar, is_default=True)


@needs_transaction
def set_queue(key: str, *, calendar: Calendar, **values: Any) -> Queue:
    """A queue by its key, with its targets in minutes of open time."""
    queue, _ = Queue.objects.update_or_create(key=key, defaults={"calendar": calendar, **values})
    return queue
