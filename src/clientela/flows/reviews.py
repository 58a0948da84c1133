"""A decision that was made by rules is handed to a person, who looks at it again and answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clientela.loyalty.models import CashOut, Posting, Redemption, Reward, Standing, TravelOrder
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, NotThere
from clientela.retention.models import Decision, Proposal
from clientela.warranty.models.claimed import Claim
from clientela.warranty.models.covered import Policy

POSTING = "pos"


@dataclass(frozen=True, slots=True)
class Kind:
    """What was decided by rules: in words, and how its row is found among a customer's."""

    words: str | Promise
    is_theirs: Callable[[UUID, Collection[UUID]], bool]


class NoSuchDecision(NotThere):
    code = "nothing-was-decided"
    title = "There is no such decision about this customer"


def _row_of(model: type) -> Callable[[UUID, Collection[UUID]], bool]:
    return lambda id, family: model.objects.filter(id=id, customer_id__in=family).exists()  # type: ignore[attr-defined]


KINDS: Mapping[str, Kind] = {
    "dec": Kind(_("Which offers are made"), _row_of(Decision)),
    "prp": Kind(_("An offer"), _row_of(Proposal)),
    "sta": Kind(_("A tier"), _row_of(Standing)),
    "red": Kind(_("A reward"), _row_of(Redemption)),
    "rew": Kind(_("A reward that was refused"),
                lambda id, _family: Reward.objects.filter(id=id).exists()),
    "csh": Kind(_("A pay-out"), _row_of(CashOut)),
    "trv": Kind(_("A journey"), _row_of(TravelOrder)),
    "clm": Kind(_("A claim"), _row_of(Claim)),
    "pol": Kind(_("A warranty and its refund"), _row_of(Policy)),
}  # fmt: skip


def words_of(about: str) -> str | Promise:
    """What kind of decision a public id names; "" for none."""
    prefix = about.partition("_")[0]
    return _("Points") if prefix == POSTING else KINDS[prefix].words if prefix in KINDS else ""


def check(about: str, *, family: Collection[UUID]) -> None:
    """InvalidInput for what names no decision, NoSuchDecision for one about somebody else."""
    prefix, _sign, rest = about.partition("_")
    if prefix == POSTING and rest.isdecimal():
        found = Posting.objects.filter(id=int(rest), customer_id__in=family).exists()
    elif prefix in KINDS:
        try:
            found = KINDS[prefix].is_theirs(ids.parse(prefix, about), family)
        except ValueError:
            found = False
    else:
        known = ", ".join(f"{one}_…" for one in (*KINDS, POSTING))
        raise InvalidInput(f"Name a decision by its id: {known}.", field="about")
    if not found:
        raise NoSuchDecision
