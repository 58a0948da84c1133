"""What the demo's catalogue tells of single products: fields of their kind, terms, successors."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from clientela.flows import keep_catalogue
from clientela.flows.demo.catalogue import good
from clientela.flows.keep_catalogue import Told
from clientela.products.models import Kind

ENERGY = tuple({"code": code, "labels": {"en": code}} for code in "ABCDEFG")


def _field(key: str, kind: str, *labels: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key, "type": kind, "labels": dict(zip(("en", "es", "lv"), labels, strict=True)),
        **more,
    }  # fmt: skip


_SIZE = _field("height_cm", "integer", "Height (cm)", "Altura (cm)", "Augstums (cm)",
               rules={"min": 1, "max": 400})  # fmt: skip
_CLASS = _field("energy", "choice", "Energy class", "Clase energética", "Energoklase",
                choices=ENERGY)  # fmt: skip
SHAPES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "fridge": (_SIZE, _CLASS, _field("no_frost", "yes_no", "No frost", "Sin escarcha",
                                     "Bez apsarmojuma")),
    "washer": (_CLASS, _field("load_kg", "integer", "Load (kg)", "Carga (kg)", "Ielāde (kg)")),
    "broadband": (
        _field("speed_mbit", "integer", "Speed (Mbit/s)", "Velocidad (Mbit/s)", "Ātrums (Mbit/s)"),
        _field("bound_months", "integer", "Bound for (months)", "Permanencia (meses)",
               "Līguma laiks (mēneši)"),
    ),
    "mortgage": (
        _field("loan_share_max", "percent", "At most of the value", "Máximo del valor",
               "Ne vairāk par vērtību"),
    ),
    "car": (
        _field("fuel", "choice", "Fuel", "Combustible", "Degviela", choices=(
            {"code": "petrol", "labels": {"en": "Petrol", "es": "Gasolina", "lv": "Benzīns"}},
            {"code": "hybrid", "labels": {"en": "Hybrid", "es": "Híbrido", "lv": "Hibrīds"}},
            {"code": "electric", "labels": {"en": "Electric", "es": "Eléctrico",
                                            "lv": "Elektrība"}},
        )),
    ),
}  # fmt: skip
TOLD: tuple[Told, ...] = (
    Told("RB-33", attributes={"height_cm": 178, "energy": "C", "no_frost": False}),
    Told("RB-40", attributes={"height_cm": 203, "energy": "B", "no_frost": True}),
    Told("WM-9", attributes={"energy": "A", "load_kg": 9}),
    Told("WM-7", attributes={"energy": "C", "load_kg": 7}, successor="WM-9", retired=True),
    Told("BB-100", attributes={"speed_mbit": 100, "bound_months": 0}, successor="BB-500",
         retired=True, form="service"),
    Told("BB-500", attributes={"speed_mbit": 500, "bound_months": 24}, form="service",
         terms="The line is mended within 48 hours; a month's fee is given back where it is not. "
               "Moving within the country is free once a year."),
    Told("BB-1000", attributes={"speed_mbit": 1000, "bound_months": 24}, form="service"),
    Told("ML-1", attributes={"loan_share_max": "85"}, form="service",
         terms="The rate is fixed for one to ten years. Early repayment costs nothing in the last "
               "month of a fixed period."),
    Told("TI-12", form="service", terms="Twelve months, all countries, journeys of up to 60 days."),
    Told("AURORA-15", attributes={"fuel": "petrol"}),
    Told("AURORA-H", attributes={"fuel": "hybrid"}),
    Told("DUNA-E", attributes={"fuel": "electric"}),
)  # fmt: skip


def tell(kinds: Collection[str], codes: Collection[str], *, now: datetime) -> None:
    """Of those kinds and products that the demo brought."""
    for key, shapes in SHAPES.items():
        if key in kinds:
            kind = Kind.objects.get(key=key)
            keep_catalogue.keep_kind(
                key, labels=kind.labels, icon=kind.icon, held=kind.held, shapes=shapes
            )
    for told in TOLD:
        if told.code in codes and _fits(told, kinds):
            keep_catalogue.keep_product(told, now=now)


def _fits(told: Told, kinds: Collection[str]) -> bool:
    """Whether the fields of its kind are the demo's own, where it says anything in them."""
    return not told.attributes or good(told.code).kind in kinds
