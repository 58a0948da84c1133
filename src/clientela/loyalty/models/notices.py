"""What members are told by themselves, and what each of them was told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q, Value

from clientela.loyalty.models.programme import Currency
from clientela.loyalty.models.rewards import Reward
from clientela.loyalty.models.tiers import TierSet
from clientela.platform import ids


class Notice(models.Model):
    """A kind of letter to members, with what it asks: points that end, a tier or a reward near.

    `purpose`: one the customer may refuse; without one it tells what must be told.
    """

    class Kind(models.TextChoices):
        EXPIRING = "expiring"  # points that end within `days_ahead`
        TIER = "tier"  # no more than `distance` to the next tier of a ladder
        REWARD = "reward"  # enough points for a reward

    key = models.SlugField(max_length=40, unique=True)
    kind = models.TextField(choices=Kind.choices)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="notices")
    days_ahead = models.IntegerField(default=0, db_default=0)
    points_min = models.BigIntegerField(default=0, db_default=0)
    ladder = models.ForeignKey(TierSet, null=True, on_delete=models.PROTECT)
    distance = models.BigIntegerField(default=0, db_default=0)
    reward = models.ForeignKey(Reward, null=True, on_delete=models.PROTECT)
    moved_days = models.IntegerField(default=0, db_default=0)  # 0: also who did nothing lately
    every_days = models.IntegerField()
    purpose = models.TextField(default="", db_default="")
    words = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    is_on = models.BooleanField(default=False, db_default=False)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_notice_is_repeated_after_a_day", condition=Q(every_days__gt=0)
            ),
            models.CheckConstraint(
                name="a_notice_names_what_it_is_about",
                condition=Q(kind="expiring", days_ahead__gt=0, ladder=None, reward=None)
                | Q(kind="tier", distance__gt=0, ladder__isnull=False, reward=None)
                | Q(kind="reward", ladder=None, reward__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class NoticeSent(models.Model):
    """A member was told: once for each notice and day, with the letter."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer_id = models.UUIDField()
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, db_index=False)
    day_on = models.DateField()
    until_on = models.DateField(null=True)  # the last day of points it told of
    letter = models.TextField()
    told_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "notice", "day_on"], name="a_member_is_told_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("ntc", self.id)
