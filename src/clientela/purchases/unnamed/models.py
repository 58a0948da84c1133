"""Sales of which nobody knows who bought: kept for the sums, and of no customer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from clientela.platform import ids


class UnnamedSale(models.Model):
    """A till's sale to an unnamed buyer; below zero what was given back. No programme, list or
    figure of customers can count it, for it is of none. It goes when its reference gets a customer.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    source = models.TextField()
    external_ref = models.TextField()
    sold_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    currency = models.TextField()
    product_code = models.TextField(default="", db_default="")
    channel = models.TextField(default="", db_default="")
    place = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "external_ref"], name="an_unnamed_sale_is_kept_once"
            ),
            models.CheckConstraint(
                name="an_unnamed_sale_has_a_currency", condition=Q(currency__regex="^[A-Z]{3}$")
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-sold_at", "-id"], name="unnamed_sales_newest")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("uns", self.id)
