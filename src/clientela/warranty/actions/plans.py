"""Plans and their terms. A version that was sold is never edited, only succeeded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.products import queries as catalogue
from clientela.products import rules as product_rules
from clientela.products.models import Category, Kind, Product
from clientela.warranty.models.covered import Policy
from clientela.warranty.models.promised import (
    Assignment,
    Clause,
    Component,
    LegalRule,
    MoneyLimit,
    Plan,
    Price,
    Terms,
)
from clientela.warranty.rules import defining
from clientela.warranty.rules.defining import BadTerms, Written

LAWS: Sequence[Mapping[str, Any]] = (
    {"country": "EU", "valid_from": date(2002, 1, 1), "valid_until": date(2022, 1, 1),
     "months": 24, "burden_months": 6, "source_text": "Directive 1999/44/EC"},
    {"country": "EU", "valid_from": date(2022, 1, 1), "months": 24, "burden_months": 12,
     "source_text": "Directive (EU) 2019/771"},
    {"country": "ES", "valid_from": date(2003, 9, 11), "valid_until": date(2022, 1, 1),
     "months": 24, "burden_months": 6, "source_text": "Real Decreto Legislativo 1/2007"},
    {"country": "ES", "valid_from": date(2022, 1, 1), "months": 36, "burden_months": 24,
     "source_text": "Real Decreto Legislativo 1/2007, Real Decreto-ley 7/2021"},
    {"country": "LV", "valid_from": date(2002, 1, 1), "valid_until": date(2022, 3, 15),
     "months": 24, "basis": "claim_within", "burden_months": 6, "notice_months": 2,
     "source_text": "Patērētāju tiesību aizsardzības likums"},
    {"country": "LV", "valid_from": date(2022, 3, 15), "months": 24, "basis": "claim_within",
     "burden_months": 12, "notice_months": 2,
     "source_text": "Patērētāju tiesību aizsardzības likums"},
    {"country": "US", "valid_from": date(1975, 7, 4), "months": None,
     "source_text": "Magnuson-Moss Warranty Act: no dated guarantee by law"},
)  # fmt: skip


class TermsInvalid(Problem):
    code = "terms-invalid"
    status = 422
    title = "These terms cannot be used"


class TermsAreFrozen(Problem):
    code = "terms-are-frozen"
    status = 409
    title = "Terms that were sold are not edited, only succeeded"


@needs_transaction
def ship_laws() -> None:
    """The law a new installation knows; rows that are there are left as they are."""
    for row in LAWS:
        LegalRule.objects.get_or_create(
            country=row["country"], goods_type="new", valid_from=row["valid_from"], defaults=row
        )


@needs_transaction
def define(document: Mapping[str, Any], *, actor: Actor, now: datetime,
           is_demo: bool = False) -> tuple[Plan, str]:  # fmt: skip
    """A plan by its code with its terms: new, changed or unchanged.

    {"code", "layer", "stack", "priority", "product", "payer", "markets", "assignments",
    "components", "terms"}. Terms that differ change the newest version as long as nobody has it.
    """
    code = str(document.get("code", ""))
    product = _product(document.get("product"))
    values = {
        "layer": document.get("layer", ""), "stack": document.get("stack") or code,
        "priority": document.get("priority", 0), "product": product,
        "payer": document.get("payer") or "company",
        "markets": sorted(document.get("markets") or ()),
    }  # fmt: skip
    if not code or values["layer"] not in defining.LAYERS:
        field = "layer" if code else "code"
        raise TermsInvalid(f"Use one of {', '.join(defining.LAYERS)}.", field=field)
    found = Plan.objects.filter(code=code).first()
    plan, _ = Plan.objects.update_or_create(code=code, defaults={**values, "is_demo": is_demo})
    changed = [
        found is not None and any(getattr(found, name) != value for name, value in values.items()),
        _assign(plan, document.get("assignments", ())),
        _name_components(document.get("components", ())),
        _newest(plan, document.get("terms") or {}, actor=actor, now=now),
    ]
    return plan, "new" if found is None else "changed" if any(changed) else "unchanged"


def _newest(plan: Plan, terms: Mapping[str, Any], *, actor: Actor, now: datetime) -> bool:
    last = plan.versions.order_by("-version").first()
    if not terms and last is not None:
        return False
    written = _read(plan, terms)
    if last is None:
        _write(plan, 1, written, actor=actor, now=now)
    elif bytes(last.digest) == written.digest():
        return False
    else:
        _edit(plan, last, written, actor=actor, now=now)
    return True


@needs_transaction
def succeed(plan: Plan, terms: Mapping[str, Any], *, version: int | None = None, actor: Actor,
            now: datetime) -> Terms:  # fmt: skip
    """The next version of a plan's terms; with `version`, that one as long as nobody has it.

    The same text as the newest version writes nothing.
    """
    written = _read(plan, terms)
    last = plan.versions.order_by("-version").first()
    if version is not None:
        known = plan.versions.filter(version=version).first()
        if known is None:
            raise InvalidInput(f"There is no version {version} of this plan.", field="version")
        if bytes(known.digest) == written.digest():
            return known
        return _edit(plan, known, written, actor=actor, now=now)
    if last is not None and bytes(last.digest) == written.digest():
        return last
    return _write(plan, last.version + 1 if last else 1, written, actor=actor, now=now)


def _edit(plan: Plan, known: Terms, written: Written, *, actor: Actor, now: datetime) -> Terms:
    if Policy.objects.filter(terms=known).exists():
        raise TermsAreFrozen(
            f"Version {known.version} of {plan.code} was sold; give the plan a next version.",
            version=known.version,
        )
    number = known.version
    known.delete()
    return _write(plan, number, written, actor=actor, now=now)


def _read(plan: Plan, terms: Mapping[str, Any]) -> Written:
    has_term = plan.assignments.filter(given=True, term_months__isnull=False).exists()
    try:
        return defining.read(terms, is_sold=plan.product_id is not None, has_term=has_term)
    except BadTerms as bad:
        raise TermsInvalid(str(bad), field=f"terms.{bad.field}") from None


def _write(plan: Plan, version: int, written: Written, *, actor: Actor, now: datetime) -> Terms:
    terms = Terms.objects.create(
        plan=plan, version=version, digest=written.digest(), defined_by=actor.id, defined_at=now,
        **written.values,
    )  # fmt: skip
    Clause.objects.bulk_create(
        Clause(terms=terms, place=place, **row)
        for place, row in enumerate(written.clauses, start=1)
    )
    MoneyLimit.objects.bulk_create(MoneyLimit(terms=terms, **row) for row in written.limits)
    Price.objects.bulk_create(Price(terms=terms, **row) for row in written.prices)
    return terms


def _product(code: Any) -> Product | None:
    if not code:
        return None
    found = catalogue.products_named([str(code)]).get(product_rules.code_norm(str(code)))
    if found is None:
        raise catalogue.NoSuchProduct(f"There is no product {code}.", field="product")
    return found


def _target(row: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The one thing that a row names: a product, a kind or a category."""
    named = [name for name in ("product", "kind", "category") if row.get(name)]
    if len(named) != 1:
        raise TermsInvalid("Name a product, a kind or a category.", field=where)
    [name] = named
    if name == "product":
        return {"product": _product(row[name])}
    found = (Kind if name == "kind" else Category).objects.filter(key=row[name]).first()
    if found is None:
        raise TermsInvalid(f"There is no {name} {row[name]}.", field=f"{where}.{name}")
    return {name: found}


def _assign(plan: Plan, rows: Sequence[Mapping[str, Any]]) -> bool:
    before = set(plan.assignments.values_list("id", flat=True))
    kept, is_changed = set(), False
    for place, row in enumerate(rows):
        target = {"product": None, "kind": None, "category": None}
        target |= _target(row, f"assignments.{place}")
        given = {"given": bool(row.get("given")), "term_months": row.get("term_months")}
        one = Assignment.objects.filter(plan=plan, **target).first()
        if one is None or (one.given, one.term_months) != tuple(given.values()):
            one, _ = Assignment.objects.update_or_create(plan=plan, **target, defaults=given)
            is_changed = True
        kept.add(one.id)
    Assignment.objects.filter(id__in=before - kept).delete()
    return is_changed or bool(before - kept)


def _name_components(rows: Sequence[Mapping[str, Any]]) -> bool:
    made = False
    for place, row in enumerate(rows):
        target = {"product": None, "kind": None} | _target(row, f"components.{place}")
        _, is_new = Component.objects.update_or_create(
            path=row.get("path", ""), **target, defaults={"names": row.get("names", {})}
        )
        made = made or is_new
    return made
