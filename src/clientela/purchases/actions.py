"""Recording what was bought and what was given back. One purchase is a batch of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from clientela.platform import ids, sql
from clientela.platform.errors import Problem
from clientela.platform.transactions import needs_transaction
from clientela.purchases import details, queries, rules
from clientela.purchases.models import Detail, Key, Line, Purchase, Return, ReturnLine

RECORD_COLUMNS = (
    "id", "customer_id", "source", "external_ref", "body_hash", "purchased_at", "total_minor",
    "currency", "quantity_milli", "channel", "place", "till", "staff", "amends",
)  # fmt: skip
LINE_COLUMNS = (
    "id", "customer_id", "purchase_id", "line_no", "product_id", "product_code", "category_id",
    "quantity_milli", "total_minor", "tax_minor", "discount_minor", "serial",
)  # fmt: skip
RELEASED = {"purchase": "release_purchases", "return": "release_returns"}


class ReferenceTaken(Problem):
    code = "reference-taken"
    status = 409
    title = "This reference names something else already"


class NoSuchLine(Problem):
    code = "no-such-line"
    status = 422
    title = "The purchase has no such line"


class MoreThanWasBought(Problem):
    code = "more-than-was-bought"
    status = 409
    title = "More would come back than is left of this purchase"


@dataclass(frozen=True, slots=True)
class Covers:
    """What a line that sells a cover is for: a line of the purchase by its number, or a serial;
    `months` where the cover is sold for several terms.
    """

    line: int | None = None
    serial: str = ""
    months: int | None = None


@dataclass(frozen=True, slots=True)
class NewLine:
    """A position. Quantities in thousandths; `product_id` is null while the code is not known.
    `kind`: of a line that is no good or service of its own, such as `gift_card` or `reward`.
    """

    quantity_milli: int
    total_minor: int
    product_code: str = ""
    product_id: UUID | None = None
    category_id: UUID | None = None
    tax_minor: int = 0
    discount_minor: int = 0
    serial: str = ""
    covers: Covers | None = None
    kind: str = ""
    tags: tuple[str, ...] = ()

    def said(self) -> tuple[object, ...]:
        """What was said of it: what repeats are compared by."""
        told: tuple[object, ...] = (
            self.quantity_milli, self.total_minor, self.product_code, self.tax_minor,
            self.discount_minor, self.serial,
        )  # fmt: skip
        if self.covers is not None:
            told = (*told, astuple(self.covers))
        return (*told, self.kind, self.tags) if self.kind or self.tags else told

    def mark(self) -> dict[str, object]:
        """What is kept of it beside its row."""
        told: dict[str, object] = {"kind": self.kind} if self.kind else {}
        return {**told, "tags": list(self.tags)} if self.tags else told


class NewPurchase(NamedTuple):
    source: str
    reference: str
    customer_id: UUID
    purchased_at: datetime
    total_minor: int
    currency: str
    quantity_milli: int = 1000
    channel: str = ""
    place: str = ""
    lines: tuple[NewLine, ...] = ()
    till: str = ""
    staff: str = ""
    amends: UUID | None = None
    delivery_minor: int = 0
    tenders: tuple[tuple[str, int], ...] = ()
    replaces: UUID | None = None  # the purchase that was said anew, where it was

    @property
    def puts_right(self) -> bool:
        """Whether another purchase is put right by it."""
        return bool(self.amends or self.replaces)

    @property
    def has_details(self) -> bool:
        """Whether anything is told of it besides its lines."""
        if not self.lines:
            return self.delivery_minor > 0
        return self.delivery_minor > 0 or any(line.kind or line.tags for line in self.lines)

    def digest(self) -> bytes:
        """16 bytes of everything that was said of the sale; who bought it is compared apart."""
        more: tuple[object, ...] = ()
        if self.till or self.staff or self.amends or self.delivery_minor or self.tenders:
            told = (self.till, self.staff, self.amends, self.delivery_minor, self.tenders)
            more = tuple(filter(None, told))
        content = (
            self.purchased_at.timestamp(), self.total_minor, self.currency, self.quantity_milli,
            self.channel, self.place,
            tuple([line.said() for line in self.lines]) if self.lines else (), *more,
        )  # fmt: skip
        return blake2b(repr(content).encode(), digest_size=16).digest()


class Fresh(NamedTuple):
    """A purchase this call recorded; `place` is its place in the batch."""

    place: int
    id: UUID
    body_hash: bytes
    purchase: NewPurchase


@dataclass(frozen=True, slots=True)
class Recorded:
    """`known`: place -> id of a purchase recorded before with the same content; `taken`: places
    whose reference stands for other content; `return_waits`: some return came first.
    """

    fresh: list[Fresh]
    known: dict[int, UUID]
    taken: list[int]
    return_waits: bool = False


@needs_transaction
def record(batch: Sequence[NewPurchase], *, now: datetime) -> Recorded:
    """Record what is new. Repeats vanish in the database, also under concurrency."""
    if not batch:
        return Recorded([], {}, [])
    rows = [
        (id, new.customer_id, new.source, new.reference, new.digest(), new.purchased_at,
         new.total_minor, new.currency, new.quantity_milli, new.channel, new.place, new.till,
         new.staff, new.amends or new.replaces)
        for id, new in zip(ids.uuid7s(len(batch)), batch, strict=True)
    ]  # fmt: skip
    written = sql.statement("purchases", "record").rows_through(
        size=len(rows), now=now, returns_since=now - rules.RETURN_WAITS,
        **sql.columns(rows, RECORD_COLUMNS),
    )  # fmt: skip
    new_ids = {id for id, _ in written}
    return_waits = any(waits for _, waits in written)
    fresh = [Fresh(place, row[0], row[4], batch[place])
             for place, row in enumerate(rows) if row[0] in new_ids]  # fmt: skip
    _record_lines(fresh)
    details.record(
        [(one.id, one.purchase.customer_id, one.purchase.delivery_minor,
          {n: line.mark() for n, line in enumerate(one.purchase.lines, start=1)})
         for one in fresh if one.purchase.has_details]
    )  # fmt: skip
    if len(fresh) == len(batch):
        return Recorded(fresh, {}, [], return_waits)
    return Recorded(fresh, *_known(batch, [row[4] for row in rows], fresh), return_waits)


def _record_lines(fresh: Sequence[Fresh]) -> None:
    rows = [(purchase.id, number, line) for purchase in fresh
            for number, line in enumerate(purchase.purchase.lines, start=1)]  # fmt: skip
    if not rows:
        return
    customers = {purchase.id: purchase.purchase.customer_id for purchase in fresh}
    table = [
        (id, customers[purchase_id], purchase_id, number, line.product_id, line.product_code,
         line.category_id, line.quantity_milli, line.total_minor, line.tax_minor,
         line.discount_minor, line.serial)
        for id, (purchase_id, number, line) in zip(ids.uuid7s(len(rows)), rows, strict=True)
    ]  # fmt: skip
    sql.statement("purchases", "record_lines").run(
        size=len(table), **sql.columns(table, LINE_COLUMNS)
    )


def _known(
    batch: Sequence[NewPurchase], digests: Sequence[bytes], fresh: list[Fresh]
) -> tuple[dict[int, UUID], list[int]]:
    new = {purchase.place for purchase in fresh}
    rest = [place for place in range(len(batch)) if place not in new]
    found = queries.known(
        "purchase", [(batch[place].source, batch[place].reference) for place in rest]
    )
    known: dict[int, UUID] = {}
    taken: list[int] = []
    for index, place in enumerate(rest):
        record_id, body_hash, customer_id = found[index]
        if body_hash == digests[place] and customer_id == batch[place].customer_id:
            known[place] = record_id
        else:
            taken.append(place)
    return known, taken


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """`quantity_milli` None: all that is left of the line."""

    line_no: int
    quantity_milli: int | None = None


@dataclass(frozen=True, slots=True)
class NewReturn:
    """Money or goods given back of one purchase; either `amount_minor` or `lines`."""

    source: str
    reference: str
    returned_at: datetime
    amount_minor: int | None = None
    lines: tuple[ReturnedLine, ...] = ()
    kind: str = Return.Kind.RETURN
    reason: str = ""

    def digest(self) -> bytes:
        content: tuple[object, ...] = (
            self.returned_at.timestamp(), self.amount_minor,
            tuple((line.line_no, line.quantity_milli) for line in self.lines),
        )  # fmt: skip
        if self.kind != Return.Kind.RETURN:
            content = (*content, str(self.kind))
        return blake2b(repr(content).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A return as it was booked; `fresh` is False when it had been booked before. `rest_minor`:
    what would have come back besides, and was never bought.
    """

    id: UUID
    purchase: Purchase
    amount_minor: int
    returned_at: datetime
    fresh: bool
    kind: str = Return.Kind.RETURN
    rest_minor: int = 0


@needs_transaction
def give_back(
    new: NewReturn, *, purchase_id: UUID, now: datetime, is_split: bool = False
) -> GivenBack:
    """Book a return on its purchase; the same return twice once. One that is for more than what is
    left is refused or, where it may be split, booked as far as that goes.
    """
    purchase = queries.locked(purchase_id)
    id = ids.uuid7()
    key, created = Key.objects.get_or_create(
        kind="return", source=new.source, external_ref=new.reference,
        defaults={
            "customer_id": purchase.customer_id, "record_id": id, "body_hash": new.digest()
        },
    )  # fmt: skip
    if not created:
        return _given_back_before(key, new, purchase)
    lines = _lines_back(new, purchase)
    amount = sum(amount for _, _, amount in lines) if new.lines else new.amount_minor or 0
    left = purchase.total_minor - purchase.returned_minor
    if amount > left and not is_split:
        raise MoreThanWasBought(field="amount", left_minor=left)
    amount, rest = min(amount, left), max(amount - left, 0)
    Return.objects.create(
        id=id, customer_id=purchase.customer_id, purchase_id=purchase.id, source=new.source,
        external_ref=new.reference, returned_at=new.returned_at, recorded_at=now,
        amount_minor=amount, currency=purchase.currency, kind=new.kind, reason=new.reason,
    )  # fmt: skip
    for line, quantity, line_amount in lines:
        ReturnLine.objects.create(
            id=ids.uuid7(), customer_id=purchase.customer_id, return_id=id, line_id=line.id,
            quantity_milli=quantity, amount_minor=line_amount,
        )  # fmt: skip
        Line.objects.filter(id=line.id).update(
            quantity_returned_milli=F("quantity_returned_milli") + quantity,
            returned_minor=F("returned_minor") + line_amount,
        )
    Purchase.objects.filter(id=purchase.id).update(returned_minor=F("returned_minor") + amount)
    purchase.returned_minor += amount
    return GivenBack(
        id, purchase, amount, new.returned_at, fresh=True, kind=new.kind, rest_minor=rest
    )


@needs_transaction
def hold(purchase_ids: Sequence[UUID]) -> list[Purchase]:
    """Lock purchases in the order of their customers; those that are there."""
    rows = Purchase.objects.select_for_update(no_key=True).filter(id__in=list(purchase_ids))
    return list(rows.order_by("customer_id", "id"))


@needs_transaction
def remove(purchases: Sequence[Purchase]) -> int:
    """Purchases no programme has booked on, with their lines; their references are free again."""
    gone, owners = [one.id for one in purchases], {one.customer_id for one in purchases}
    for table in (Line, Detail):
        table.objects.filter(customer_id__in=owners, purchase_id__in=gone).delete()
    sql.statement("purchases", "forget_keys").run(
        size=len(purchases), kind="purchase", source=[one.source for one in purchases],
        external_ref=[one.external_ref for one in purchases],
    )  # fmt: skip
    Purchase.objects.filter(id__in=gone).delete()
    return len(gone)


@needs_transaction
def remove_returns(returns: Sequence[Return]) -> int:
    """Returns that took nothing back from a programme; their purchases are as before them."""
    for one in returns:
        for line in ReturnLine.objects.filter(customer_id=one.customer_id, return_id=one.id):
            Line.objects.filter(id=line.line_id).update(
                quantity_returned_milli=F("quantity_returned_milli") - line.quantity_milli,
                returned_minor=F("returned_minor") - line.amount_minor,
            )
        if one.purchase_id is not None:
            Purchase.objects.filter(id=one.purchase_id).update(
                returned_minor=F("returned_minor") - one.amount_minor
            )
    gone = [one.id for one in returns]
    ReturnLine.objects.filter(return_id__in=gone).delete()
    sql.statement("purchases", "forget_keys").run(
        size=len(returns), kind="return", source=[one.source for one in returns],
        external_ref=[one.external_ref for one in returns],
    )  # fmt: skip
    Return.objects.filter(id__in=gone).delete()
    return len(gone)


@needs_transaction
def release_references(kind: str, records: Sequence[Purchase | Return], *, mark: str) -> None:
    """What was reversed keeps its reference with a mark behind it: the reference is free again."""
    if not records:
        return
    rows = [(one.id, one.customer_id, one.source, one.external_ref) for one in records]
    names = ("id", "customer_id", "source", "external_ref")
    for name in ("release_keys", RELEASED[kind]):
        sql.statement("purchases", name).run(
            size=len(rows), kind=kind, mark=mark, **sql.columns(rows, names)
        )


def _given_back_before(key: Key, new: NewReturn, purchase: Purchase) -> GivenBack:
    stored = Return.objects.filter(id=key.record_id).first()
    if bytes(key.body_hash) != new.digest() or stored is None or stored.purchase_id != purchase.id:
        raise ReferenceTaken(f"The return {new.reference} is booked with other content.",
                             field="reference")  # fmt: skip
    return GivenBack(stored.id, purchase, stored.amount_minor, stored.returned_at, fresh=False)


def _lines_back(new: NewReturn, purchase: Purchase) -> list[tuple[Line, int, int]]:
    if not new.lines:
        return []
    lines = {line.line_no: line for line in queries.lines_of([purchase])}
    back = []
    for place, wish in enumerate(new.lines):
        line = lines.get(wish.line_no)
        if line is None:
            raise NoSuchLine(f"There is no line {wish.line_no}.", field=f"lines.{place}.line")
        left = line.quantity_milli - line.quantity_returned_milli
        quantity = left if wish.quantity_milli is None else wish.quantity_milli
        if quantity > left:
            raise MoreThanWasBought(f"Line {wish.line_no} has {left / 1000:g} left.",
                                    field=f"lines.{place}.quantity")  # fmt: skip
        back.append((line, quantity, rules.worth_back(
            total_minor=line.total_minor, quantity_milli=line.quantity_milli,
            back_before_milli=line.quantity_returned_milli, back_before_minor=line.returned_minor,
            back_milli=quantity,
        )))  # fmt: skip
    return back
