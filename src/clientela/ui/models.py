"""What a person likes: theme, row height, language; and the lists that were saved."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clientela.platform import ids


class Preference(models.Model):
    class Theme(models.TextChoices):
        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable"
        COMPACT = "compact"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE
    )
    theme = models.TextField(choices=Theme.choices, default=Theme.SYSTEM)
    density = models.TextField(choices=Density.choices, default=Density.COMFORTABLE)
    language = models.TextField(default="")

    def __str__(self) -> str:
        return f"preferences of {self.person_id}"


class View(models.Model):
    """A list as somebody saved it: which rows, in which columns and order.

    `owner`: public id of who made it. `role`: whose it is where it is shared with a team;
    `default_for`: the role that sees it first.
    """

    class Sharing(models.TextChoices):
        PRIVATE = "private"
        TEAM = "team"
        EVERYONE = "everyone"

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    list = models.TextField()
    name = models.TextField()
    state = models.JSONField(default=dict)
    owner = models.TextField()
    sharing = models.TextField(choices=Sharing.choices, default=Sharing.PRIVATE)
    role = models.TextField(default="", db_default="")
    default_for = models.TextField(default="", db_default="")
    is_demo = models.BooleanField(default=False, db_default=False)
    saved_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["list", "default_for"],
                condition=~Q(default_for="") & Q(removed_at__isnull=True),
                name="one_default_per_role_and_list",
            ),
            models.UniqueConstraint(
                fields=["list", "owner", "name"],
                condition=Q(removed_at__isnull=True),
                name="a_view_has_a_name_of_its_own",
            ),
            models.CheckConstraint(
                name="a_team_view_names_its_team",
                condition=(Q(sharing="team") & ~Q(role="")) | (~Q(sharing="team") & Q(role="")),
            ),
            models.CheckConstraint(
                name="a_default_view_is_shared",
                condition=Q(default_for="")
                | Q(sharing="everyone")
                | Q(default_for=models.F("role")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return ids.public("lst", self.id)
