"""The tables of the programme; Django looks for them here."""

from __future__ import annotations

from clientela.loyalty.models.benefits import Benefit, BenefitStep
from clientela.loyalty.models.books import ClosedMonth, Estimate, Liability
from clientela.loyalty.models.clawbacks import ClawbackDecision
from clientela.loyalty.models.coupon_codes import CodeUse, CodeUseEnd, PoolCode
from clientela.loyalty.models.granting import (
    Adjustment,
    AdjustmentDecision,
    Cap,
    EarningPause,
    GrantKey,
    Limit,
    LotWait,
    Occasion,
    Referral,
)
from clientela.loyalty.models.holds import Hold, HoldEnd, HoldLot
from clientela.loyalty.models.ledger import Account, Allocation, Entry, Lot, Posting
from clientela.loyalty.models.lives import DayStep, LotLife, PostingReason
from clientela.loyalty.models.notices import Notice, NoticeSent
from clientela.loyalty.models.partners import (
    Partner,
    PartnerEarning,
    PartnerEarningReversal,
    PartnerKey,
    PartnerLine,
    PartnerMessage,
    PartnerStatement,
    Voucher,
)
from clientela.loyalty.models.payouts import (
    AutomaticAct,
    CashOut,
    CashOutDecision,
    CashOutPayment,
    CashOutReturn,
    Payer,
    PaymentFile,
    PaymentLine,
    PayoutIdentity,
    StandingOrder,
)
from clientela.loyalty.models.pools import Pool, PoolMember
from clientela.loyalty.models.programme import Currency, Programme, Rule, RuleVersion, Stamp
from clientela.loyalty.models.promotions import Budget, Promotion, PromotionRule
from clientela.loyalty.models.purses import CardTerms, Purse, PurseBlock, PurseEntry, PurseKey
from clientela.loyalty.models.redemptions import (
    Coupon,
    CouponKey,
    CouponUse,
    CouponUseEnd,
    Redemption,
    RedemptionKey,
    RedemptionReversal,
)
from clientela.loyalty.models.rewards import CouponPool, Reward, RewardPrice
from clientela.loyalty.models.terms import CurrencyTerms, ExchangeRate, RateWanted
from clientela.loyalty.models.tiers import Standing, Tier, TierSet
from clientela.loyalty.models.till import TillPayment, TillRefund
from clientela.loyalty.models.travel import (
    TravelCancellation,
    TravelCare,
    TravelOffer,
    TravelOrder,
    TravelOrderStep,
)
from clientela.loyalty.models.trials import Trial

__all__ = [
    "Account",
    "Adjustment",
    "AdjustmentDecision",
    "Allocation",
    "AutomaticAct",
    "Benefit",
    "BenefitStep",
    "Budget",
    "Cap",
    "CardTerms",
    "CashOut",
    "CashOutDecision",
    "CashOutPayment",
    "CashOutReturn",
    "ClawbackDecision",
    "ClosedMonth",
    "CodeUse",
    "CodeUseEnd",
    "Coupon",
    "CouponKey",
    "CouponPool",
    "CouponUse",
    "CouponUseEnd",
    "Currency",
    "CurrencyTerms",
    "DayStep",
    "EarningPause",
    "Entry",
    "Estimate",
    "ExchangeRate",
    "GrantKey",
    "Hold",
    "HoldEnd",
    "HoldLot",
    "Liability",
    "Limit",
    "Lot",
    "LotLife",
    "LotWait",
    "Notice",
    "NoticeSent",
    "Occasion",
    "Partner",
    "PartnerEarning",
    "PartnerEarningReversal",
    "PartnerKey",
    "PartnerLine",
    "PartnerMessage",
    "PartnerStatement",
    "Payer",
    "PaymentFile",
    "PaymentLine",
    "PayoutIdentity",
    "Pool",
    "PoolCode",
    "PoolMember",
    "Posting",
    "PostingReason",
    "Programme",
    "Promotion",
    "PromotionRule",
    "Purse",
    "PurseBlock",
    "PurseEntry",
    "PurseKey",
    "RateWanted",
    "Redemption",
    "RedemptionKey",
    "RedemptionReversal",
    "Referral",
    "Reward",
    "RewardPrice",
    "Rule",
    "RuleVersion",
    "Stamp",
    "Standing",
    "StandingOrder",
    "Tier",
    "TierSet",
    "TillPayment",
    "TillRefund",
    "TravelCancellation",
    "TravelCare",
    "TravelOffer",
    "TravelOrder",
    "TravelOrderStep",
    "Trial",
    "Voucher",
]
