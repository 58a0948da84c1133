"""People of the company, their roles, the keys of machines, and the company's settings."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from clientela.platform import ids
from clientela.platform.http.actors import Actor


class Role(models.Model):
    """A list of rights with a name people use: attendant, marketer, manager."""

    key = models.SlugField(primary_key=True, max_length=40)
    name = models.TextField()
    rights = ArrayField(models.TextField(), default=list)
    shipped = ArrayField(
        models.TextField(), null=True
    )  # as the house made it; None: a company's own

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Branch(models.Model):
    """A part of the company that has customers of its own: a branch, a shop, a team."""

    key = models.SlugField(primary_key=True, max_length=40)
    name = models.TextField()
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name_plural = "branches"

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").casefold())

    def active(self) -> models.QuerySet[Person]:
        return self.filter(is_active=True)


class Person(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.TextField()
    roles = models.ManyToManyField(Role, related_name="people")
    branches = ArrayField(
        models.TextField(), default=list, db_default=[]
    )  # none: the whole company
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = People()
    known_rights: frozenset[str] | None = None
    known_roles: frozenset[str] | None = None

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return ids.public("per", self.id)

    def rights(self) -> frozenset[str]:
        """Union over the person's roles; one query where they did not come with the person."""
        if self.known_rights is not None:
            return self.known_rights
        return frozenset(right for role in self.roles.all() for right in role.rights)

    def as_actor(self) -> Actor:
        return Actor(
            id=self.public_id, name=self.name, rights=self.rights(), roles=self.role_keys(),
            branches=frozenset(self.branches),
        )  # fmt: skip

    def role_keys(self) -> frozenset[str]:
        if self.known_roles is not None:
            return self.known_roles
        return frozenset(role.key for role in self.roles.all())


class Invitation(models.Model):
    """A sign-in link that works once, for 72 hours; only the digest of its token is kept."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation of {self.person_id}"


class ApiKey(models.Model):
    """A machine's way in. The secret is shown once and stored as its SHA-256."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.TextField()
    shown = models.TextField()  # the first characters, to recognise a key by
    digest = models.BinaryField(max_length=32, unique=True)
    rights = ArrayField(models.TextField())
    branches = ArrayField(
        models.TextField(), default=list, db_default=[]
    )  # none: the whole company
    rate = models.IntegerField(default=100)  # calls a second; 0 = no limit
    is_demo = models.BooleanField(default=False)
    created_by = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.TextField(default="")
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="a_rate_is_not_negative", condition=models.Q(rate__gte=0)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return ids.public("key", self.id)


class RateBucket(models.Model):
    """How many calls a subject may still make at once; unlogged, see `sql/take_token.sql`."""

    subject = models.TextField(primary_key=True)
    tokens = models.FloatField()
    refilled_at = models.DateTimeField()
    granted = models.BooleanField()

    def __str__(self) -> str:
        return self.subject


class IdempotentCall(models.Model):
    """The answer given to one Idempotency-Key, kept 30 days."""

    pk = models.CompositePrimaryKey("actor", "route", "key")
    actor = models.TextField()
    route = models.TextField()
    key = models.CharField(max_length=255)
    body_sha256 = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(null=True)
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotent_calls_by_age")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class Setting(models.Model):
    """A setting of the company; every change is kept, the newest row of a name counts."""

    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    value = models.JSONField(null=True)
    changed_by = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["name", "-id"], name="settings_newest_first")]

    def __str__(self) -> str:
        return self.name


class Calendar(models.Model):
    """When a desk is open. `time_zone`: "" is the company's own.

    `revision` is new with every change of its week, days or closures, so that what was compiled
    from it can be kept.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    key = models.SlugField(max_length=60, unique=True)
    name = models.TextField()
    time_zone = models.TextField(default="", db_default="")
    is_default = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    revision = models.UUIDField(default=ids.uuid7)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True),
                name="one_calendar_is_the_company_s",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return ids.public("cal", self.id)


class CalendarVersion(models.Model):
    """A week as it was published: `frames` is `{"0": [["09:00", "17:00"]], …}`, 0 is Monday."""

    id = models.BigAutoField(primary_key=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    frames = models.JSONField()
    published_by = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["calendar", "number"], name="a_calendar_version_is_numbered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.calendar_id}"


class CalendarDay(models.Model):
    """A date whose frames replace the week's: closed, short or extra."""

    id = models.BigAutoField(primary_key=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    frames = models.JSONField(default=list)
    name = models.TextField(default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["calendar", "day"], name="a_calendar_says_one_thing_of_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Closure(models.Model):
    """A stretch of time that a desk was closed without a plan: a fire alarm, a power cut."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="closures")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField()
    declared_by = models.TextField()
    declared_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_closure_ends_after_it_starts",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.reason
