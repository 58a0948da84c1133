"""What the demo company sells: a bank, an internet provider, an appliance shop, a car dealer and an
everyday shop under one roof. Brands and models are invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

CURRENCY = "EUR"
TAX_PERCENT = 21


@dataclass(frozen=True, slots=True)
class Good:
    """A product; `weighed`: sold by the kilogram."""

    code: str
    name: str
    kind: str
    category: str
    price_minor: int | None = None
    weighed: bool = False


def _kind(key: str, icon: str, *labels: str, held: bool = True) -> dict[str, Any]:
    return {"key": key, "icon": icon, "held": held, "labels": _in_languages(labels)}


def _category(key: str, parent: str, *labels: str) -> dict[str, Any]:
    return {"key": key, "parent": parent or None, "labels": _in_languages(labels)}


def _in_languages(labels: Sequence[str]) -> dict[str, str]:
    return dict(zip(("en", "es", "lv"), labels, strict=True))


KINDS: Sequence[Mapping[str, Any]] = (
    _kind("current-account", "building-bank", "Current account", "Cuenta corriente",
          "Norēķinu konts"),
    _kind("savings-account", "pig-money", "Savings account", "Cuenta de ahorro",
          "Krājkonts"),
    _kind("credit-card", "credit-card", "Credit card", "Tarjeta de crédito", "Kredītkarte"),
    _kind("mortgage", "home-dollar", "Mortgage", "Hipoteca", "Hipotekārais kredīts"),
    _kind("car-loan", "car", "Car loan", "Préstamo para coche", "Auto kredīts"),
    _kind("consumer-loan", "wallet", "Consumer loan", "Préstamo personal",
          "Patēriņa kredīts"),
    _kind("travel-insurance", "umbrella", "Travel insurance", "Seguro de viaje",
          "Ceļojumu apdrošināšana"),
    _kind("broadband", "router", "Broadband", "Internet fijo", "Internets mājās"),
    _kind("tv", "device-tv", "Television", "Televisión", "Televīzija"),
    _kind("mobile", "device-mobile", "Mobile", "Móvil", "Mobilie sakari"),
    _kind("monthly-fee", "receipt", "Monthly fee", "Cuota mensual", "Mēneša maksa", held=False),
    _kind("fridge", "fridge", "Fridge", "Frigorífico", "Ledusskapis"),
    _kind("washer", "wash-machine", "Washing machine", "Lavadora", "Veļas mašīna"),
    _kind("oven", "cooker", "Oven", "Horno", "Cepeškrāsns"),
    _kind("dishwasher", "bowl", "Dishwasher", "Lavavajillas", "Trauku mašīna"),
    _kind("vacuum", "vacuum-cleaner", "Vacuum cleaner", "Aspiradora", "Putekļsūcējs"),
    _kind("heat-pump", "air-conditioning", "Heat pump", "Bomba de calor", "Siltumsūknis"),
    _kind("car", "car", "Car", "Coche", "Automašīna"),
    _kind("cover", "shield-check", "Cover", "Cobertura", "Segums", held=False),
    _kind("work", "settings", "Delivery and fitting", "Entrega y montaje",
          "Piegāde un uzstādīšana", held=False),
    _kind("grocery", "basket", "Groceries", "Alimentación", "Pārtika", held=False),
    _kind("garden", "plant-2", "Garden", "Jardín", "Dārzs", held=False),
    _kind("household", "shopping-cart", "Household", "Hogar", "Mājsaimniecība", held=False),
)  # fmt: skip

# A parent stands before its children.
CATEGORIES: Sequence[Mapping[str, Any]] = (
    _category("bank", "", "Bank", "Banco", "Banka"),
    _category("accounts", "bank", "Accounts and cards", "Cuentas y tarjetas", "Konti un kartes"),
    _category("lending", "bank", "Loans", "Préstamos", "Kredīti"),
    _category("insurance", "bank", "Insurance", "Seguros", "Apdrošināšana"),
    _category("telecom", "", "Internet, TV and mobile", "Internet, TV y móvil",
              "Internets, TV un mobilie sakari"),
    _category("appliances", "", "Appliances", "Electrodomésticos", "Sadzīves tehnika"),
    _category("kitchen", "appliances", "Kitchen", "Cocina", "Virtuve"),
    _category("laundry", "appliances", "Laundry", "Lavado", "Veļas kopšana"),
    _category("climate", "appliances", "Heating and cooling", "Climatización",
              "Apkure un dzesēšana"),
    _category("cars", "", "Cars", "Coches", "Automašīnas"),
    _category("shop", "", "Shop", "Tienda", "Veikals"),
    _category("groceries", "shop", "Groceries", "Alimentación", "Pārtika"),
    _category("garden", "shop", "Garden", "Jardín", "Dārzs"),
    _category("household", "shop", "Household", "Hogar", "Mājsaimniecība"),
)  # fmt: skip

BANK = (
    Good("CA-1", "Current account", "current-account", "accounts"),
    Good("CA-PLUS", "Current account Plus", "current-account", "accounts"),
    Good("SA-1", "Savings account", "savings-account", "accounts"),
    Good("TD-12", "Term deposit 12 months", "savings-account", "accounts"),
    Good("CC-1", "Credit card", "credit-card", "accounts"),
    Good("CC-GOLD", "Credit card Gold", "credit-card", "accounts"),
    Good("ML-1", "Mortgage", "mortgage", "lending"),
    Good("AL-1", "Car loan", "car-loan", "lending"),
    Good("PL-1", "Consumer loan", "consumer-loan", "lending"),
    Good("TI-12", "Travel insurance", "travel-insurance", "insurance", 4900),
)
TELECOM = (
    Good("BB-100", "Broadband 100", "broadband", "telecom", 1490),
    Good("BB-500", "Broadband 500", "broadband", "telecom", 2490),
    Good("BB-1000", "Broadband 1000", "broadband", "telecom", 3490),
    Good("TV-S", "TV Start", "tv", "telecom", 790),
    Good("TV-L", "TV Large", "tv", "telecom", 1490),
    Good("MO-10", "Mobile 10 GB", "mobile", "telecom", 990),
    Good("MO-U", "Mobile unlimited", "mobile", "telecom", 1990),
)
# A month of each of them is a product of its own: what is billed opens no second holding.
FEES = tuple(
    Good(f"{good.code}-M", f"{good.name}, monthly fee", "monthly-fee", "telecom", good.price_minor)
    for good in TELECOM
)
APPLIANCES = (
    Good("RB-33", "Fridge RB-33", "fridge", "kitchen", 64900),
    Good("RB-40", "Fridge RB-40 NoFrost", "fridge", "kitchen", 89900),
    Good("WM-9", "Washer WM-9", "washer", "laundry", 54900),
    Good("WM-7", "Washer WM-7", "washer", "laundry", 39900),
    Good("OV-60", "Oven OV-60", "oven", "kitchen", 47900),
    Good("DW-14", "Dishwasher DW-14", "dishwasher", "kitchen", 51900),
    Good("DW-9", "Dishwasher DW-9 slim", "dishwasher", "kitchen", 42900),
    Good("VC-2", "Vacuum cleaner VC-2", "vacuum", "household", 18900),
    Good("VC-R5", "Robot vacuum VC-R5", "vacuum", "household", 34900),
    Good("HP-35", "Heat pump HP-35", "heat-pump", "climate", 189900),
)
CARS = (
    Good("AURORA-15", "Aurora 1.5", "car", "cars", 1_890_000),
    Good("AURORA-H", "Aurora Hybrid", "car", "cars", 2_490_000),
    Good("DUNA-E", "Duna Electric", "car", "cars", 3_290_000),
)
WORK = (
    Good("DELIVERY", "Delivery to the flat", "work", "appliances", 2500),
    Good("FITTING", "Fitting and taking the old one", "work", "appliances", 4500),
)
COVERS = (
    Good("CARE-PLUS", "Care Plus", "cover", "appliances"),
    Good("CARE-NOW", "Accident cover", "cover", "appliances", 5900),
)
GROCERIES = (
    Good("G-RYE", "Rye bread", "grocery", "groceries", 189),
    Good("G-WHITE", "White bread", "grocery", "groceries", 149),
    Good("G-MILK", "Milk 1 l", "grocery", "groceries", 129),
    Good("G-KEFIR", "Kefir 1 l", "grocery", "groceries", 139),
    Good("G-BUTTER", "Butter 200 g", "grocery", "groceries", 279),
    Good("G-EGGS", "Eggs, 10", "grocery", "groceries", 299),
    Good("G-CHEESE", "Cheese, by weight", "grocery", "groceries", 999, weighed=True),
    Good("G-COTTAGE", "Cottage cheese", "grocery", "groceries", 169),
    Good("G-APPLES", "Apples, by weight", "grocery", "groceries", 179, weighed=True),
    Good("G-POTATO", "Potatoes, by weight", "grocery", "groceries", 89, weighed=True),
    Good("G-TOMATO", "Tomatoes, by weight", "grocery", "groceries", 349, weighed=True),
    Good("G-BANANA", "Bananas, by weight", "grocery", "groceries", 159, weighed=True),
    Good("G-CARROT", "Carrots, by weight", "grocery", "groceries", 99, weighed=True),
    Good("G-CHICKEN", "Chicken, by weight", "grocery", "groceries", 549, weighed=True),
    Good("G-PORK", "Pork, by weight", "grocery", "groceries", 689, weighed=True),
    Good("G-SALMON", "Salmon, by weight", "grocery", "groceries", 1990, weighed=True),
    Good("G-OIL", "Olive oil 1 l", "grocery", "groceries", 899),
    Good("G-RICE", "Rice 1 kg", "grocery", "groceries", 259),
    Good("G-PASTA", "Pasta 500 g", "grocery", "groceries", 129),
    Good("G-COFFEE", "Coffee 500 g", "grocery", "groceries", 749),
    Good("G-TEA", "Tea", "grocery", "groceries", 299),
    Good("G-CHOCO", "Chocolate", "grocery", "groceries", 199),
    Good("G-HONEY", "Honey 500 g", "grocery", "groceries", 650),
    Good("G-WATER", "Water, 6 bottles", "grocery", "groceries", 399),
    Good("G-DELI", "Delicatessen, by weight", "grocery", "groceries", 1490, weighed=True),
)
GARDEN = (
    Good("T-SOIL", "Potting soil 50 l", "garden", "garden", 899),
    Good("T-SEEDS", "Seeds", "garden", "garden", 249),
    Good("T-ROSE", "Rose bush", "garden", "garden", 1290),
    Good("T-SPADE", "Spade", "garden", "garden", 2490),
    Good("T-HOSE", "Hose 25 m", "garden", "garden", 2990),
    Good("T-MOWER", "Lawn mower", "garden", "garden", 24900),
    Good("T-CHAIR", "Garden chair", "garden", "garden", 4590),
    Good("T-GRILL", "Grill", "garden", "garden", 12900),
)
HOUSEHOLD = (
    Good("H-POWDER", "Washing powder", "household", "household", 1290),
    Good("H-PAPER", "Paper towels", "household", "household", 349),
    Good("H-BULB", "Light bulb", "household", "household", 499),
    Good("H-PAN", "Frying pan", "household", "household", 3490),
    Good("H-KNIFE", "Kitchen knife", "household", "household", 2290),
    Good("H-TOWEL", "Bath towel", "household", "household", 1490),
    Good("H-LINEN", "Bed linen", "household", "household", 4490),
    Good("H-LAMP", "Table lamp", "household", "household", 3990),
    Good("H-DRILL", "Drill", "household", "household", 8990),
    Good("H-PAINT", "Wall paint 5 l", "household", "household", 3290),
    Good("H-KETTLE", "Kettle", "household", "household", 2990),
)
GOODS: tuple[Good, ...] = (
    *BANK, *TELECOM, *FEES, *APPLIANCES, *CARS, *WORK, *COVERS, *GROCERIES, *GARDEN, *HOUSEHOLD,
)  # fmt: skip


@cache
def good(code: str) -> Good:
    return next(good for good in GOODS if good.code == code)
