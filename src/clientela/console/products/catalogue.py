"""What the company sells: products, their kinds and categories, what codes of sources mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.forms import UNSAID, name_field
from clientela.console.once import send, sent
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.console.paging import Pages
from clientela.customers.rules import FieldType
from clientela.flows import keep_catalogue
from clientela.flows.keep_catalogue import TERMS_LENGTH_MAX, Told
from clientela.platform import money, text
from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.platform.money import Money
from clientela.products import queries as products
from clientela.products import rules
from clientela.products.models import Kind, Product
from clientela.staff import company as companies
from clientela.ui import words
from clientela.ui.templatetags.ui import label

PAGE = 50
INVALID = 422
QUERY_LENGTH_MAX = 100
AS_KIND, YES, NO = "", "yes", "no"
SIMPLE_TYPES: dict[str, Any] = {
    "text": lazy("Text"),
    "integer": lazy("Whole number"),
    "decimal": lazy("Number"),
    "percent": lazy("Per cent"),
    "yes_no": lazy("Yes or no"),
    "date": lazy("Day"),
    "link": lazy("Link"),
}


class ProductForm(forms.Form):
    code = forms.CharField(label=lazy("Code"), max_length=rules.CODE_LENGTH_MAX)
    name = name_field()
    kind = forms.ChoiceField(label=lazy("Kind"))
    form = forms.ChoiceField(
        label=lazy("Sold as"),
        choices=[("good", lazy("a good")), ("service", lazy("a service"))],
    )
    category = forms.ChoiceField(label=lazy("Category"), required=False)
    price = forms.CharField(label=lazy("List price"), max_length=30, required=False)
    held = forms.ChoiceField(
        label=lazy("Buying it opens a holding"), required=False,
        choices=[(AS_KIND, lazy("as its kind says")), (YES, lazy("yes")), (NO, lazy("no"))],
    )  # fmt: skip
    terms = forms.CharField(
        label=lazy("Terms"), required=False, max_length=TERMS_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    successor = forms.CharField(
        label=lazy("Successor"), required=False, max_length=rules.CODE_LENGTH_MAX,
        help_text=lazy("Code of the product that is sold in its place."),
    )  # fmt: skip
    retired = forms.BooleanField(label=lazy("Not sold any more"), required=False)

    def __init__(self, *args: Any, kinds: list[Kind], shapes: Kind | None, currency: str,
                 **more: Any) -> None:  # fmt: skip
        super().__init__(*args, **more)
        self.currency = currency
        self.fields["kind"] = forms.ChoiceField(
            label=lazy("Kind"), choices=[(one.key, label(one.labels) or one.key) for one in kinds]
        )
        self.fields["category"] = forms.ChoiceField(
            label=lazy("Category"), required=False, choices=[UNSAID, *_category_choices()]
        )
        self.own = list(shapes.fields) if shapes else []
        for one in self.own:
            self.fields[f"own_{one['key']}"] = _own_field(one)

    def clean_price(self) -> Money | None:
        written = self.cleaned_data["price"]
        if not written:
            return None
        try:
            return money.parse(written, self.currency)
        except money.BadMoney:
            raise forms.ValidationError(_("This is not an amount.")) from None

    def told(self, *, code: str) -> Told:
        given = self.cleaned_data
        price = given["price"]
        return Told(
            code=code, name=given["name"], kind=given["kind"],
            price_minor=price.minor if price else None,
            currency=price.currency if price else "", category=given["category"],
            form=given["form"], terms=given["terms"], successor=given["successor"],
            is_held={YES: True, NO: False}.get(given["held"]), retired=given["retired"],
            attributes={
                one["key"]: _told_value(one, given[f"own_{one['key']}"]) for one in self.own
            } if self.own else None,
        )  # fmt: skip


class KindForm(forms.Form):
    key = forms.SlugField(label=lazy("Key"), max_length=40)
    name = name_field()
    held = forms.BooleanField(label=lazy("Buying one opens a holding"), required=False)
    field = forms.CharField(
        label=lazy("One more field"), max_length=60, required=False,
        help_text=lazy("What else is to be told of products of this kind."),
    )  # fmt: skip
    type = forms.ChoiceField(
        label=lazy("Type of the field"), required=False,
        choices=list(SIMPLE_TYPES.items()),
    )  # fmt: skip


class CategoryForm(forms.Form):
    key = forms.SlugField(label=lazy("Key"), max_length=60)
    name = name_field()
    parent = forms.ChoiceField(label=lazy("Below"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["parent"] = forms.ChoiceField(
            label=lazy("Below"), required=False, choices=[UNSAID, *_category_choices()]
        )


class StatusForm(forms.Form):
    source = forms.CharField(label=lazy("Source"), max_length=200)
    code = forms.CharField(label=lazy("Its code"), max_length=100)
    kind = forms.ChoiceField(label=lazy("For the kind"), required=False)
    status = forms.ChoiceField(
        label=lazy("Means"), choices=[(key, words.HOLDING[key]) for key in words.HOLDING]
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        kinds = [(one.key, label(one.labels) or one.key) for one in products.kinds()]
        self.fields["kind"] = forms.ChoiceField(
            label=lazy("For the kind"), required=False, choices=[("", lazy("every kind")), *kinds]
        )


@page("products.view")
def listed(request: HouseRequest) -> HttpResponse:
    query, kind = request.GET.get("q", "")[:QUERY_LENGTH_MAX], request.GET.get("kind", "")
    pages = Pages.of(request)
    rows = products.catalogue_page(query=query, kind=kind, after=_after(pages), limit=PAGE)
    kinds = {one.key: one for one in products.kinds()}
    last = rows[-1] if len(rows) == PAGE else None
    context = {
        "rows": [_row(row, kinds) for row in rows], "query": query, "kind": kind,
        "kinds": list(kinds.values()), **pages.links(last.id.hex if last else None),
    }  # fmt: skip
    return show(request, "console/products/list.html", context)


@page("products.view", "products.edit", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    kinds = products.kinds()
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    kind = next((one for one in kinds if one.key == asked), None)
    form = ProductForm(
        request.POST or None, kinds=kinds, shapes=kind, currency=companies.current().currency,
        initial={"kind": kind.key if kind else "", "form": "good"},
    )  # fmt: skip
    return _kept(request, form, title=_("New product"), code=None)


@page("products.view", "products.edit", methods=FORM)
def edit(request: HouseRequest, product_id: UUID) -> HttpResponse:
    row = products.product(product_id)
    currency = row.currency or companies.current().currency
    form = ProductForm(
        request.POST or None, kinds=products.kinds(), shapes=row.kind, currency=currency,
        initial=_first(row),
    )  # fmt: skip
    form.fields["code"].disabled = True
    return _kept(request, form, title=row.name, code=row.code)


@page("products.view", "products.edit", methods=FORM)
def kinds(request: HouseRequest) -> HttpResponse:
    """The kinds there are, and a form for one more or for one more field of a kind."""
    asked = request.GET.get("key", "")
    known = {one.key: one for one in products.kinds()}
    form = KindForm(request.POST or None, initial=_first_of_kind(known.get(asked)))

    def carry_out() -> None:
        given = form.cleaned_data
        one = known.get(given["key"])
        labels = {**(one.labels if one else {}), companies.current().language: given["name"]}
        shapes = list(one.fields) if one else []
        if given["field"]:
            key = "_".join(text.words(given["field"]))[:40]
            shapes.append({"key": key, "type": given["type"],
                           "labels": {companies.current().language: given["field"]}})  # fmt: skip
        keep_catalogue.keep_kind(
            given["key"], labels=labels, icon=one.icon if one else "package", held=given["held"],
            shapes=shapes,
        )  # fmt: skip

    rows = [{"key": one.key, "name": label(one.labels) or one.key, "icon": one.icon,
             "held": one.held, "fields": [label(f["labels"]) or f["key"] for f in one.fields]}
            for one in known.values()]  # fmt: skip
    rows.sort(key=lambda row: str(row["name"]).casefold())
    return _side(request, form, "kinds", carry_out, {"rows": rows})


@page("products.view", "products.edit", methods=FORM)
def categories(request: HouseRequest) -> HttpResponse:
    form = CategoryForm(request.POST or None)

    def carry_out() -> None:
        given = form.cleaned_data
        keep_catalogue.keep_category(
            given["key"], labels={companies.current().language: given["name"]},
            parent=given["parent"],
        )  # fmt: skip

    rows = [{"name": words_, "key": key} for key, words_ in _category_choices()]
    return _side(request, form, "categories", carry_out, {"rows": rows})


@page("products.view", "products.edit", methods=FORM)
def statuses(request: HouseRequest) -> HttpResponse:
    form = StatusForm(request.POST or None)

    def carry_out() -> None:
        keep_catalogue.map_status(**form.cleaned_data, actor=request.actor, now=request.started_at)

    rows = [
        {"id": row.id, "source": row.source, "code": row.code, "status": row.status,
         "kind": (label(row.kind.labels) or row.kind.key) if row.kind else ""}
        for row in products.status_maps()
    ]  # fmt: skip
    return _side(request, form, "statuses", carry_out, {"rows": rows})


@page("products.view", "products.edit", methods=SENT)
def unmap(request: HouseRequest, map_id: UUID) -> HttpResponse:
    def carry_out() -> str:
        keep_catalogue.unmap_status(map_id)
        messages.success(request, _("Saved."))
        return reverse("console:product-statuses")

    return see(sent(request, carry_out).body.decode())


def _kept(
    request: HouseRequest, form: ProductForm, *, title: str, code: str | None
) -> HttpResponse:
    def carry_out() -> str:
        told = form.told(code=code or form.cleaned_data["code"])
        product, _state = keep_catalogue.keep_product(told, now=request.started_at)
        messages.success(request, _("Saved."))
        return reverse("console:product", args=[product.id])

    if request.method == "POST" and form.is_valid():
        answer = send(request, form, carry_out)
        if answer:
            return answer
    status = INVALID if form.is_bound and form.errors else 200
    return show(request, "console/products/product.html", {"form": form, "title": title},
                status=status)  # fmt: skip


def _side(
    request: HouseRequest, form: forms.Form, name: str, carry_out: Callable[[], object],
    context: dict[str, Any],
) -> HttpResponse:  # fmt: skip
    def and_back() -> str:
        carry_out()
        messages.success(request, _("Saved."))
        return reverse(f"console:product-{name}")

    if request.method == "POST" and form.is_valid():
        answer = send(request, form, and_back)
        if answer:
            return answer
    status = INVALID if form.is_bound and form.errors else 200
    return show(request, f"console/products/{name}.html", {"form": form, **context}, status=status)


def _first(row: Product) -> dict[str, Any]:
    price = row.price_minor
    return {
        "code": row.code, "name": row.name, "kind": row.kind_id, "form": row.form,
        "category": row.category.key if row.category else "",
        "price": "" if price is None else f"{Money(price, row.currency).to_decimal():f}",
        "held": AS_KIND if row.is_held is None else YES if row.is_held else NO,
        "terms": row.terms, "successor": row.successor.code if row.successor else "",
        "retired": row.retired_at is not None,
        **{f"own_{key}": value for key, value in row.attributes.items()},
    }  # fmt: skip


def _first_of_kind(one: Kind | None) -> dict[str, Any]:
    if one is None:
        return {}
    return {"key": one.key, "name": label(one.labels) or one.key, "held": one.held}


def _row(row: Product, kinds: dict[str, Kind]) -> dict[str, Any]:
    kind = kinds[row.kind_id]
    price = row.price_minor
    return {
        "id": row.id, "code": row.code, "name": row.name, "kind": label(kind.labels) or kind.key,
        "icon": kind.icon, "form": row.form, "retired": row.retired_at is not None,
        "category": label(row.category.labels) if row.category else "",
        "price": None if price is None else Money(price, row.currency),
        "held": kind.held if row.is_held is None else row.is_held,
    }  # fmt: skip


def _category_choices() -> list[tuple[str, str]]:
    """The tree with each place behind those above it."""
    found: list[tuple[str, str]] = []
    paths: dict[UUID, str] = {}
    for row in products.categories():
        own = label(row.labels) or row.key
        above = paths.get(row.parent_id) if row.parent_id else None
        paths[row.id] = f"{above} › {own}" if above else own
        found.append((row.key, paths[row.id]))
    return found


def _own_field(one: dict[str, Any]) -> forms.Field:
    more: dict[str, Any] = {"label": label(one["labels"]) or one["key"], "required": False}
    kind = one["type"]
    if one.get("choices"):
        listed_ = [(c["code"], label(c.get("labels")) or c["code"]) for c in one["choices"]]
        return forms.ChoiceField(choices=[UNSAID, *listed_], **more)
    if kind == FieldType.DATE:
        return forms.DateField(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
        )
    if kind == FieldType.YES_NO:
        answers = [("", "–"), ("true", lazy("yes")), ("false", lazy("no"))]
        return forms.ChoiceField(choices=answers, **more)
    return forms.CharField(max_length=1_000, **more)


def _told_value(one: dict[str, Any], value: Any) -> Any:
    """As the check of fields takes it: integers and yes or no as themselves, the rest as text."""
    if value in (None, ""):
        return None
    if one["type"] == FieldType.YES_NO:
        return str(value).lower() == "true"
    if one["type"] == FieldType.INTEGER and str(value).lstrip("-").isdigit():
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _after(pages: Pages) -> tuple[str, UUID] | None:
    id = pages.record()
    if id is None:
        return None
    try:
        last = products.product(id)
    except products.NoSuchProduct:
        raise NotThere from None
    return last.name, last.id
