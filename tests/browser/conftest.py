"""A console that really answers, with a small company behind it, for a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from clientela.console import home
from clientela.customers.queries import Reference
from clientela.flows.hold_products import Held, hold_products
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.register_customer import Details, register_customer
from clientela.platform import transactions
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.products import actions as products
from clientela.staff import actions as staff
from clientela.staff import company as companies

COMPANY = {"name": "Mežrozes", "country": "LV", "time_zone": "Europe/Riga", "currency": "EUR"}
PASSWORD = "a bird on the roof"
