"""Where letters, bills and goods go. An address that is over is kept with its last day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from clientela.platform import ids
from clientela.platform.postal import Place


class Address(models.Model):
    """A postal address of a customer for a purpose, from a day on, perhaps until another.

    `norm`: what two writings of one address have in common.
    """

    class Purpose(models.TextChoices):
        HOME = "home"
        POSTAL = "postal"
        BILLING = "billing"
        DELIVERY = "delivery"
        WORK = "work"
        SEAT = "seat"

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    purpose = models.TextField(choices=Purpose.choices)
    care_of = models.TextField(default="", db_default="")
    street = models.TextField()
    more = models.TextField(default="", db_default="")
    postcode = models.TextField(default="", db_default="")
    city = models.TextField()
    region = models.TextField(default="", db_default="")
    country = models.TextField(default="", db_default="")
    norm = models.TextField()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    source = models.TextField(default="", db_default="")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "addresses"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "purpose", "norm"],
                condition=Q(ends_on__isnull=True),
                name="an_address_is_listed_once_per_purpose",
            ),
            models.CheckConstraint(
                name="an_address_ends_after_it_starts",
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="an_address_has_a_street_and_a_city",
                condition=~Q(street="") & ~Q(city=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "purpose"], name="addresses_of_a_customer"),
            models.Index(fields=["norm"], name="addresses_by_their_words"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return ids.public("adr", self.id)

    @property
    def place(self) -> Place:
        return Place(
            street=self.street, city=self.city, postcode=self.postcode, region=self.region,
            more=self.more, care_of=self.care_of, country=self.country,
        )  # fmt: skip
