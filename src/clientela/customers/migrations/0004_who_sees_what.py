import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Who sees which fields and which customers; why something was revealed, and what asked for a
    change.
    """

    dependencies = [
        ("customers", "0003_fields"),
        ("staff", "0004_who_sees_what"),
    ]

    operations = [
        migrations.CreateModel(
            name="FieldRight",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("data_class", models.TextField(db_default="", default="")),
                ("sees", models.BooleanField()),
                ("edits", models.BooleanField()),
                ("reveals", models.BooleanField(db_default=False, default=False)),
                ("decided_by", models.TextField()),
                ("decided_at", models.DateTimeField()),
                ("field", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.CASCADE, related_name="rights",
                    to="customers.field",
                )),
                ("role", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="field_rights",
                    to="staff.role",
                )),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("data_class__gt", ""), ("field", None))
                        | Q(("data_class", ""), ("field__isnull", False)),
                        name="a_right_is_of_a_field_or_of_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=Q(("sees", True), ("edits", False), _connector="OR"),
                        name="what_is_edited_is_seen",
                    ),
                    models.CheckConstraint(
                        condition=Q(("sees", True), ("reveals", False), _connector="OR"),
                        name="what_is_revealed_is_seen",
                    ),
                    models.UniqueConstraint(
                        fields=("role", "data_class", "field"),
                        name="a_role_is_told_once_what_it_may", nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="access", name="reason",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="customer", name="branch",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="customer", name="owner_id", field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="fieldchange", name="request",
            field=models.TextField(db_default="", default=""),
        ),
    ]
