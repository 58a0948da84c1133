"""Gift cards of the demo company in every state, and pools of codes."""

from __future__ import annotations

from datetime import datetime, timedelta

from clientela.flows import coupon_pools, coupons, gift_cards
from clientela.flows.demo.catalogue import CURRENCY
from clientela.flows.demo.mark import DEMO, SOURCE
from clientela.loyalty.actions import coupon_codes as pools
from clientela.loyalty.actions.coupon_codes import PoolValues
from clientela.loyalty.models import (
    CodeUse,
    CodeUseEnd,
    CouponPool,
    PoolCode,
    Purse,
    PurseBlock,
    PurseEntry,
    PurseKey,
)
from clientela.platform import transactions
from clientela.platform.http.actors import Actor

AMOUNTS = (2_500, 5_000, 1_000, 10_000, 3_000)


def sell(*, agent: Actor, now: datetime) -> None:
    """Once: one that is full, one used in part, one empty, one blocked, one topped up."""
    if Purse.objects.filter(is_demo=True).exists():
        return
    issued = [
        gift_cards.issue_card(
            minor, CURRENCY, source=SOURCE, reference=f"card-{number}", actor=agent,
            now=now - timedelta(days=9 - number), is_demo=True,
        )
        for number, minor in enumerate(AMOUNTS)
    ]  # fmt: skip
    at = now - timedelta(days=2)
    gift_cards.pay_with_card(issued[1].number, 1_850, actor=agent, now=at)
    gift_cards.pay_with_card(issued[2].number, 1_000, actor=agent, now=at)
    gift_cards.block_card(issued[3].card.id, reason="Lost on a train", actor=agent, now=at)
    gift_cards.top_up_card(issued[4].card.id, 2_000, actor=agent, now=at)


POOLS = (
    PoolValues(
        "garden-week", {"en": "10 % off for the garden", "es": "10 % menos para el jardín",
                        "lv": "10 % atlaide dārzam"},
        percent=10, scope="line", categories=("garden",), is_shared=True, uses_max=500,
        member_max=1,
    ),
    PoolValues(
        "three-for-two", {"en": "Three for two", "es": "Tres por dos", "lv": "Trīs par divu cenu"},
        paid=2, free=1, scope="line", categories=("groceries",),
    ),
    PoolValues(
        "come-back", {"en": "5 % of the last purchase", "es": "5 % de la última compra",
                      "lv": "5 % no pēdējā pirkuma"},
        percent=5, is_of_last_purchase=True,
    ),
)  # fmt: skip


def print_codes(*, now: datetime) -> None:
    """Pools in each shape; one code of them is used."""
    if CouponPool.objects.filter(is_demo=True).exists():
        return
    with transactions.open():
        made = [pools.save(values, actor=DEMO, now=now, is_demo=True)[0] for values in POOLS]
        pools.add(made[0], ["GARDEN"])
    for pool in made[1:]:
        for codes in coupon_pools.generate_codes(pool.key, 20, actor=DEMO, now=now):
            used = codes[0]
    coupons.use_coupon(used, source=SOURCE, place="riga-1", actor=DEMO, now=now)


def take_down() -> int:
    """Cards and codes of the demo; as the owner of the tables."""
    cards = Purse.objects.filter(is_demo=True)
    ids = list(cards.values_list("id", flat=True))
    demo = CouponPool.objects.filter(is_demo=True)
    rows = CodeUseEnd.objects.filter(use__pool__in=demo).delete()[0]
    rows += CodeUse.objects.filter(pool__in=demo).delete()[0]
    rows += PoolCode.objects.filter(pool__in=demo).delete()[0] + demo.delete()[0]
    known = set(Purse.objects.values_list("id", flat=True)) - set(ids)
    rows += PurseKey.objects.exclude(purse_id__in=known).delete()[0]
    rows += PurseBlock.objects.filter(purse__in=ids).delete()[0]
    return rows + PurseEntry.objects.filter(purse__in=ids).delete()[0] + cards.delete()[0]
