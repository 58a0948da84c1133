import django.contrib.postgres.fields
from django.db import migrations, models

import clientela.events.models


class Migration(migrations.Migration):
    dependencies = [("purchases", "0006_details")]

    operations = [
        migrations.AddField(
            model_name="return",
            name="tx",
            field=clientela.events.models.TransactionIdField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="return",
            name="tx",
            field=clientela.events.models.TransactionIdField(
                db_default=clientela.events.models.CurrentTransaction(), editable=False, null=True
            ),
        ),
        migrations.CreateModel(
            name="HabitMonth",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "customer_id", "month_on", "category_id", "channel", "currency",
                        blank=True, editable=False, primary_key=True, serialize=False,
                    ),
                ),
                ("customer_id", models.UUIDField()),
                ("month_on", models.DateField()),
                ("category_id", models.UUIDField()),
                ("channel", models.TextField()),
                ("currency", models.TextField()),
                ("purchases", models.BigIntegerField()),
                ("visit_day_mask", models.IntegerField()),
                ("lines", models.BigIntegerField()),
                ("units_milli", models.BigIntegerField()),
                ("spent_minor", models.BigIntegerField()),
                ("discount_minor", models.BigIntegerField()),
                ("returned_minor", models.BigIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("month_on__day", 1)),
                        name="a_habit_begins_with_its_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purchases__gt", 0), models.Q(("visit_day_mask", 0), _negated=True)
                        ),
                        name="a_habit_was_seen_at_least_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HabitProfile",
            fields=[
                ("customer_id", models.UUIDField(primary_key=True, serialize=False)),
                ("is_stale", models.BooleanField(db_default=True, default=True)),
                ("first_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
                ("purchases", models.BigIntegerField(db_default=0, default=0)),
                ("visit_days", models.IntegerField(db_default=0, default=0)),
                ("gap_median_days", models.IntegerField(null=True)),
                ("gap_80_days", models.IntegerField(null=True)),
                (
                    "gaps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                (
                    "hours",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("channel", models.TextField(db_default="", default="")),
                ("place", models.TextField(db_default="", default="")),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("currency", models.TextField(db_default="", default="")),
                ("basket_minor", models.BigIntegerField(null=True)),
                ("basket_lines_milli", models.BigIntegerField(null=True)),
                ("discounted_permille", models.IntegerField(null=True)),
                ("lapses_on", models.DateField(null=True)),
                ("lapsed_on", models.DateField(null=True)),
                ("basket_change", models.SmallIntegerField(db_default=0, default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_stale", True)),
                        fields=["customer_id"],
                        name="habits_to_look_at_again",
                    ),
                    models.Index(
                        condition=models.Q(("lapsed_on", None)),
                        fields=["lapses_on"],
                        name="habits_that_may_lapse",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HabitPosition",
            fields=[
                (
                    "node",
                    models.SmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("tx", clientela.events.models.TransactionIdField()),
                ("zone", models.TextField()),
                ("rebuilt_through", models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="HabitStop",
            fields=[
                ("customer_id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "cause",
                    models.TextField(choices=[("objected", "Objected"), ("erased", "Erased")]),
                ),
                ("stopped_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="HabitCategory",
            fields=[
                ("product_id", models.UUIDField(primary_key=True, serialize=False)),
                ("category_id", models.UUIDField()),
                ("tx", clientela.events.models.TransactionIdField()),
            ],
        ),
    ]
