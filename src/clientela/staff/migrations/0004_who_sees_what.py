from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models

# What the house gave its roles in earlier releases: a role that holds just one of these lists was
# never changed by anybody.
EARLIER: tuple[dict[str, str], ...] = (
    {
        "agent": "customers.edit customers.view loyalty.view products.view purchases.view",
        "marketer": "customers.view loyalty.view products.view purchases.view",
        "manager": (
            "customers.edit customers.import customers.view loyalty.view products.edit "
            "products.view purchases.view"
        ),
        "developer": (
            "customers.edit customers.import customers.view loyalty.view products.edit "
            "products.view purchases.view purchases.write staff.configure"
        ),
        "administrator": "all",
    },
    {
        "agent": (
            "calls.serve calls.view customers.edit customers.view issues.answer issues.view "
            "loyalty.redeem loyalty.view mail.view products.view purchases.view "
            "retention.serve retention.view warranty.claim warranty.sell warranty.view"
        ),
        "warranty-desk": (
            "customers.view products.view purchases.view warranty.claim warranty.decide "
            "warranty.sell warranty.view"
        ),
        "marketer": (
            "customers.view loyalty.view products.view purchases.view retention.configure "
            "retention.view warranty.view"
        ),
        "manager": (
            "calls.serve calls.view customers.edit customers.import customers.view "
            "issues.answer issues.configure issues.release_promise issues.view "
            "loyalty.configure loyalty.decide_cash_out loyalty.handle_travel loyalty.redeem "
            "loyalty.view mail.view products.edit products.view purchases.view "
            "retention.configure retention.serve retention.view warranty.claim "
            "warranty.decide warranty.sell warranty.view"
        ),
        "developer": (
            "customers.edit customers.import customers.view events.subscribe issues.answer "
            "issues.view loyalty.view mail.view products.edit products.view purchases.view "
            "purchases.write retention.configure retention.serve retention.view "
            "staff.configure warranty.claim warranty.configure warranty.sell warranty.view"
        ),
        "administrator": "all",
    },
)


def know_what_was_shipped(apps: Any, _editor: Any) -> None:
    """Say of each role of the house how it was made, so that later ones can tell it was changed."""
    for role in apps.get_model("staff", "Role").objects.filter(key__in=EARLIER[-1]):
        lists = [release[role.key].split() for release in EARLIER if role.key in release]
        made = next((one for one in lists if set(one) == set(role.rights)), lists[-1])
        role.shipped = made
        role.save(update_fields=["shipped"])


class Migration(migrations.Migration):
    """Branches, who belongs to which, and how the roles of the house were made."""

    dependencies = [("staff", "0003_calendars")]

    operations = [
        migrations.CreateModel(
            name="Branch",
            fields=[
                ("key", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("is_demo", models.BooleanField(db_default=False, default=False)),
            ],
            options={"verbose_name_plural": "branches", "ordering": ["name"]},
        ),
        migrations.AddField(
            model_name="apikey", name="branches",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="person", name="branches",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="role", name="shipped",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), null=True, size=None
            ),
        ),
        migrations.RunPython(know_what_was_shipped, migrations.RunPython.noop),
    ]
