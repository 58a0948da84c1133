"""A source's own codes for the state of a holding, in a file of holdings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clientela.flows import keep_catalogue
from clientela.flows.tests.conftest import NOW
from clientela.flows.tests.test_imports import CUSTOMERS, imported, rejects
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.products.models import Holding

PRODUCTS = """product,name,kind,price
LOAN,Home loan,mortgage,
SAVE,Savings,deposit,
"""
HOLDINGS = """holding,customer,product,role,status,opened_on,closed_on
L-1,4711,LOAN,owner,D,2020-01-01,
S-1,4711,SAVE,owner,D,2020-01-01,
S-2,4712,SAVE,owner,X,2020-01-01,
S-3,4712,SAVE,owner,active,2020-01-01,
"""


@pytest.fixture(autouse=True)
def a_data_folder(tmp_path: Path, settings: Any, latvian_company: None) -> None:
    settings.HOME = Home(tmp_path / "home").prepare()


@promise("CUS-17")
def test_one_code_means_two_things_and_an_unmapped_one_comes_back_by_name(tmp_path: Path) -> None:
    imported(tmp_path, CUSTOMERS, "customers")
    imported(tmp_path, PRODUCTS, "products")
    for kind, status in (("mortgage", "written_off"), ("deposit", "dormant")):
        keep_catalogue.map_status(
            source="import", kind=kind, code="D", status=status, actor=SYSTEM, now=NOW
        )
    result = imported(tmp_path, HOLDINGS, "holdings")
    assert (result["new"], result["rejected"]) == (3, 1)
    [row] = rejects(result)
    assert (row["column"], row["code"]) == ("status", "unknown-status")
    held = dict(Holding.objects.values_list("product__code", "status").exclude(status="active"))
    assert held == {"LOAN": "written_off", "SAVE": "dormant"}
    assert imported(tmp_path, HOLDINGS, "holdings")["unchanged"] == 3
