"""Who a customer is, and every value by which one can be found.

`customer_id` never changes on any row: a merge is a link (`merged_into`), reads take the family.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Reverse

from clientela.customers import sealed
from clientela.customers.access.models import Access, FieldRight  # noqa: F401 (its tables)
from clientela.customers.bulk.models import BulkChange, BulkRow  # noqa: F401 (their tables)
from clientela.customers.identities.models import Verification  # noqa: F401 (its table)
from clientela.customers.kin.models import Household, Membership, Relation  # noqa: F401
from clientela.customers.places.models import Address  # noqa: F401
from clientela.customers.quality.models import Flaw, QualityFigure  # noqa: F401
from clientela.customers.searching.models import WordCount  # noqa: F401 (its table)
from clientela.platform import ids
from clientela.platform.fields import AttributesField


class ProfileType(models.Model):
    """The shape of a kind of customer: which typed fields its record has."""

    class Party(models.TextChoices):
        PERSON = "person"
        COMPANY = "company"
        ANONYMOUS = "anonymous"

    key = models.SlugField(max_length=40, unique=True)
    party = models.TextField(choices=Party.choices)
    labels = models.JSONField(default=dict)
    position = models.IntegerField(default=0)
    groups = models.JSONField(default=list, db_default=[])
    calculated = models.JSONField(default=list, db_default=[])
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position", "key"]

    def __str__(self) -> str:
        return self.key


class Field(models.Model):
    """One typed datum of a profile type. The key is for ever; renaming touches labels only.

    `rules` holds what tightens the type, and `required`, `required_when` and `unique` beside it;
    `unit` is a text or labels by language, `group_key` names one of the type's `groups`.
    """

    profile_type = models.ForeignKey(ProfileType, on_delete=models.PROTECT, related_name="fields")
    key = models.SlugField(max_length=40)
    type = models.TextField()
    labels = models.JSONField(default=dict)
    help = models.JSONField(default=dict, db_default={})
    group_key = models.TextField(default="", db_default="")
    unit = models.JSONField(default=str, db_default="")
    rules = models.JSONField(default=dict)
    choices = models.JSONField(default=list)
    default_value = AttributesField(null=True)
    data_class = models.TextField(default="general")
    searchable = models.BooleanField(default=False)
    filterable = models.BooleanField(default=False, db_default=False)
    sensitive = models.BooleanField(default=False, db_default=False)
    sealed = models.BooleanField(default=False, db_default=False)  # values are written sealed
    personal = models.BooleanField(default=False, db_default=False)
    position = models.IntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["profile_type", "key"],
                name="a_field_key_is_used_once_per_profile_type",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class FieldIndex(models.Model):
    """The index of a filterable field, built in the background; the row is gone with the index."""

    class State(models.TextChoices):
        WAITING = "waiting"
        BUILDING = "building"
        READY = "ready"
        FAILED = "failed"
        DROPPING = "dropping"

    field = models.OneToOneField(
        Field, on_delete=models.PROTECT, related_name="index", primary_key=True
    )
    state = models.TextField(choices=State.choices, default=State.WAITING)
    phase = models.TextField(default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    tries = models.IntegerField(default=0)
    problem = models.TextField(default="")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"index of {self.field_id}"


class FieldPlan(models.Model):
    """A wish to tighten a field or change its type: checked over all customers first.

    `wanted` holds the values that would change. `examples` names customers that would not fit, by
    id and code, never a value of theirs. `after` is how far the check or the conversion has come.
    """

    class State(models.TextChoices):
        CHECKING = "checking"
        REFUSED = "refused"
        SCHEDULED = "scheduled"
        CONVERTING = "converting"
        APPLIED = "applied"
        CANCELLED = "cancelled"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, editable=False)
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="plans")
    wanted = AttributesField(default=dict)
    state = models.TextField(choices=State.choices, default=State.CHECKING)
    takes_effect_on = models.DateField(null=True)
    looked = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    offenders = models.BigIntegerField(default=0)
    rewritten = models.BigIntegerField(default=0)
    examples = models.JSONField(default=list)
    after = models.UUIDField(null=True)
    problem = models.TextField(default="")
    made_by = models.TextField()
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["field", "-made_at"], name="plans_of_a_field"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["field"],
                condition=Q(state__in=("checking", "scheduled", "converting")),
                name="a_field_has_one_open_plan",
            ),
        ]

    def __str__(self) -> str:
        return f"plan for {self.field_id}"

    @property
    def public_id(self) -> str:
        return ids.public("pln", self.id)


class FieldKey(models.Model):
    """What must be unique across customers of a type: the digest of a value -> its customer."""

    pk = models.CompositePrimaryKey("field", "digest")
    field = models.ForeignKey(Field, on_delete=models.PROTECT)
    digest = models.TextField()
    customer_id = models.UUIDField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="unique_values_of_a_customer")
        ]

    def __str__(self) -> str:
        return f"value of {self.field_id}"


class Customer(models.Model):
    """One party the company deals with: a person, a company, or a till's unnamed buyer."""

    class Status(models.TextChoices):
        PROVISIONAL = "provisional"
        PROSPECT = "prospect"
        ACTIVE = "active"
        FORMER = "former"
        DECEASED = "deceased"
        TOMBSTONE = "tombstone"

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.BigIntegerField(editable=False)
    profile_type = models.ForeignKey(ProfileType, on_delete=models.PROTECT)
    party = models.TextField(choices=ProfileType.Party.choices)
    status = models.TextField(choices=Status.choices, default=Status.ACTIVE)
    display_name = models.TextField()
    folded_name = models.TextField()
    sort_key = models.TextField(db_collation="C")
    language = models.TextField(default="", db_default="")
    country = models.TextField(default="", db_default="")
    time_zone = models.TextField(default="", db_default="")
    branch = models.TextField(default="", db_default="")  # "": of the whole company
    owner_id = models.UUIDField(null=True)  # the person who looks after them
    attributes = AttributesField(default=dict)
    attributes_folded = models.JSONField(default=dict)
    search = SearchVectorField(null=True)
    merged_into = models.UUIDField(null=True)
    known_since = models.DateField()
    last_activity_at = models.DateTimeField()
    hidden_since = models.DateTimeField(null=True)  # restricted: left out of search and lists
    is_demo = models.BooleanField(default=False, db_default=False)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="a_tombstone_points_to_a_survivor",
                condition=Q(status="tombstone", merged_into__isnull=False)
                | (~Q(status="tombstone") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="nobody_survives_into_themselves",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
            models.CheckConstraint(name="a_customer_has_a_name", condition=~Q(display_name="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-last_activity_at", "-id"], name="customers_latest_first"),
            models.Index(fields=["profile_type", "sort_key", "id"], name="customers_by_name"),
            models.Index(
                fields=["merged_into"],
                name="aliases_of_a_survivor",
                condition=Q(merged_into__isnull=False),
            ),
            models.Index(Coalesce("merged_into", "id"), name="customers_by_survivor"),
            GinIndex(fields=["search"], name="customers_by_word", fastupdate=True),
            models.Index(
                fields=["branch", "-last_activity_at", "-id"],
                name="customers_of_a_branch",
                condition=~Q(branch=""),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any
    ) -> Self:
        """As everybody reads it: what is sealed is opened."""
        found = super().from_db(db, field_names, values, **more)
        if "attributes" in found.__dict__:
            found.attributes = sealed.opened(found.attributes, customer_id=found.id)
        return found

    @property
    def public_id(self) -> str:
        return ids.public("cus", self.id)


class Identity(models.Model):
    """A value by which a customer can be found: a phone, an e-mail, an account or card number.

    `bounced_at`: what was sent to it came back. `ended_at`: it was theirs and finds nobody now.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    customer_id = models.UUIDField()
    kind = models.TextField()
    value_norm = models.TextField()
    value_shown = models.TextField()
    primary_since = models.DateTimeField(null=True)
    shared = models.BooleanField(default=False)
    bounced_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "kind", "value_norm"],
                name="an_identity_is_listed_once_per_customer",
            ),
            models.UniqueConstraint(
                fields=["customer_id", "kind"],
                condition=Q(primary_since__isnull=False),
                name="one_primary_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"

    @property
    def public_id(self) -> str:
        return ids.public("idn", self.id)


class IdentityKey(models.Model):
    """The look-up table: value -> customer. An exclusive identity belongs to one customer."""

    pk = models.CompositePrimaryKey("kind", "value_norm", "customer_id")
    kind = models.TextField()
    value_norm = models.TextField()
    customer_id = models.UUIDField()
    exclusive = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "value_norm"],
                condition=Q(exclusive=True),
                name="an_exclusive_identity_has_one_customer",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                OpClass(Reverse("value_norm"), name="text_pattern_ops"),
                name="phones_by_their_tail",
                condition=Q(kind="phone"),
            ),
            models.Index(fields=["customer_id"], name="identity_keys_of_a_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value_norm}"


class ExternalId(models.Model):
    """What another system calls this customer."""

    pk = models.CompositePrimaryKey("source", "external_id")
    source = models.TextField()
    external_id = models.TextField()
    customer_id = models.UUIDField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="external_ids_of_a_customer")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


class FieldChange(models.Model):
    """Old and new value of one field, by whom and why; erasable, unlike the log."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.UUIDField()
    field = models.TextField()
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    changed_at = models.DateTimeField()
    actor = models.TextField()
    cause = models.TextField(default="")
    request = models.TextField(default="", db_default="")
    is_masked = False  # read for somebody who is not shown its values

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-changed_at"], name="changes_of_a_customer")
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.customer_id}"

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any
    ) -> Self:
        found = super().from_db(db, field_names, values, **more)
        for which in {"old", "new"} & found.__dict__.keys():
            value = sealed.from_history(
                getattr(found, which), which, customer_id=found.customer_id, key=found.field,
                at=found.changed_at,
            )  # fmt: skip
            setattr(found, which, value)
        return found
