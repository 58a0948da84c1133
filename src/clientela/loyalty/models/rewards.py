"""What points buy: the catalogue, its prices, and the families of codes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value

from clientela.loyalty.models.partners import Partner
from clientela.loyalty.models.programme import Currency
from clientela.loyalty.models.tiers import Tier
from clientela.platform import ids
from clientela.products.models import Product


class CouponPool(models.Model):
    """A family of codes: what each of them takes off what, for how long, and how many there may be.

    Codes of rewards live `valid_days`; those generated or imported live from `starts_at` to
    `ends_at`, each used once, or one shared by all. `products` and `categories`: codes of what it
    takes something off; both empty is everything. `paid` and `free`: so many free for so many paid.
    """

    class Scope(models.TextChoices):
        LINE = "line"
        ORDER = "order"
        DELIVERY = "delivery"

    key = models.SlugField(max_length=60, unique=True)
    labels = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    terms = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    percent = models.IntegerField(null=True)
    minor = models.BigIntegerField(null=True)
    money_code = models.TextField(default="")
    most_minor = models.BigIntegerField(null=True)  # a percent takes no more than this
    least_minor = models.BigIntegerField(null=True)  # a basket must be worth so much
    valid_days = models.IntegerField()
    coupons_max = models.BigIntegerField(null=True)
    issued = models.BigIntegerField(default=0)
    scope = models.TextField(choices=Scope.choices, default=Scope.ORDER, db_default="order")
    paid = models.IntegerField(null=True)
    free = models.IntegerField(null=True)
    priority = models.IntegerField(default=0, db_default=0)
    products = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    categories = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    is_of_last_purchase = models.BooleanField(default=False, db_default=False)
    rounds_to_units = models.BooleanField(default=False, db_default=False)  # of money, not cents
    is_shared = models.BooleanField(default=False, db_default=False)
    uses_max = models.IntegerField(null=True)  # of a shared code, by all
    member_max = models.IntegerField(null=True)  # of the pool, by one customer
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    made_by = models.TextField(default="", db_default="")
    made_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="coupons_stay_within_their_pool",
                condition=Q(coupons_max__isnull=True) | Q(issued__lte=F("coupons_max")),
            ),
            models.CheckConstraint(
                name="a_coupon_is_worth_money_or_percent",
                condition=Q(percent__gte=1, percent__lte=100, minor__isnull=True)
                | Q(percent__isnull=True, minor__gt=0) & ~Q(money_code="")
                | Q(percent__isnull=True, minor__isnull=True, paid__gt=0, free__gt=0),
            ),
            models.CheckConstraint(name="a_coupon_lives_a_while", condition=Q(valid_days__gt=0)),
        ]

    def __str__(self) -> str:
        return self.key


class Reward(models.Model):
    """Something points buy. Of kinds in `BY_BLOCKS` the customer chooses how many points, in blocks
    of the price; `money_minor` is what one block is worth. `audience`: a condition, and
    `audience_view` a saved list; both empty is everybody. `blackouts`: `[[first, last], …]`, days.
    """

    class Kind(models.TextChoices):
        COUPON = "coupon"
        MONEY_OFF = "money_off"
        PERCENT_OFF = "percent_off"
        PRODUCT = "product"
        BILL_CREDIT = "bill_credit"
        SERVICE_MONTH = "service_month"
        WARRANTY = "warranty"
        MILES = "miles"
        GIFT_CARD = "gift_card"
        WALLET = "wallet"
        CASH = "cash"
        TRAVEL = "travel"

    BY_BLOCKS: ClassVar = (
        Kind.MONEY_OFF,
        Kind.BILL_CREDIT,
        Kind.MILES,
        Kind.GIFT_CARD,
        Kind.WALLET,
        Kind.CASH,
    )
    BY_CODE: ClassVar = (Kind.COUPON, Kind.MONEY_OFF, Kind.PERCENT_OFF)
    HELD: ClassVar = (Kind.CASH, Kind.TRAVEL)  # a person decides before the points are used

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    key = models.SlugField(max_length=60, unique=True)
    kind = models.TextField(choices=Kind.choices)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="rewards")
    labels = models.JSONField(default=dict)
    terms = models.JSONField(default=dict)
    position = models.IntegerField(default=0)
    stock = models.BigIntegerField(null=True)  # null: as many as are wanted
    taken = models.BigIntegerField(default=0)
    member_max = models.IntegerField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    pool = models.ForeignKey(CouponPool, null=True, on_delete=models.PROTECT)
    money_minor = models.BigIntegerField(null=True)
    money_code = models.TextField(default="")
    points_min = models.BigIntegerField(null=True)
    partner = models.TextField(default="")
    travel_from_on = models.DateField(null=True)
    travel_until_on = models.DateField(null=True)
    reply_hours = models.IntegerField(null=True)
    supplier = models.ForeignKey(
        Partner, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    # steps of the share given back, see rules.travel: [{"days": 30, "percent": 100}]
    cancellation = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    # limits of cash, see rules.cash: {} is a second person for everything and no limit
    cash_terms = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    points_max = models.BigIntegerField(null=True)
    share_max = models.IntegerField(null=True)  # percent of a purchase that points may pay
    price_code = models.TextField(default="", db_default="")  # of the money beside the points
    audience = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    audience_view = models.UUIDField(null=True)
    blackouts = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, db_index=False)
    quantity = models.IntegerField(null=True)  # pieces, months or miles
    plan = models.TextField(default="", db_default="")  # of warranty, by its code
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="stock_is_never_oversold",
                condition=Q(taken__gte=0) & (Q(stock__isnull=True) | Q(taken__lte=F("stock"))),
            ),
            models.CheckConstraint(
                name="a_reward_has_what_its_kind_needs",
                condition=Q(kind__in=("coupon", "money_off", "percent_off"), pool__isnull=False)
                | Q(kind__in=("cash", "bill_credit", "gift_card", "wallet"), money_minor__gt=0)
                & ~Q(money_code="")
                | Q(kind="travel", reply_hours__gt=0) & ~Q(partner="")
                | Q(kind="product", product__isnull=False, quantity__gt=0)
                | Q(kind="service_month", quantity__gt=0)
                | Q(kind="warranty", quantity__gt=0) & ~Q(plan="")
                | Q(kind="miles", quantity__gt=0) & ~Q(partner=""),
            ),
            models.CheckConstraint(
                name="points_pay_a_share_of_a_purchase",
                condition=Q(share_max__isnull=True) | Q(share_max__gte=1, share_max__lte=100),
            ),
            models.CheckConstraint(
                name="a_journey_begins_before_it_ends",
                condition=Q(travel_from_on__isnull=True)
                | Q(travel_until_on__isnull=True)
                | Q(travel_until_on__gte=F("travel_from_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("rew", self.id)


class RewardPrice(models.Model):
    """What a reward costs in points, and in money beside them; for a tier, or for everybody."""

    reward = models.ForeignKey(Reward, on_delete=models.CASCADE, related_name="prices")
    tier = models.ForeignKey(Tier, null=True, on_delete=models.PROTECT)
    points = models.BigIntegerField()
    money_minor = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reward", "tier"], name="one_price_for_each_tier", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="a_price_is_positive", condition=Q(points__gt=0, money_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} for {self.reward_id}"
