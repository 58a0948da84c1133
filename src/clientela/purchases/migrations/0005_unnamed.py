from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchases", "0004_returns_that_wait")]

    operations = [
        migrations.CreateModel(
            name="UnnamedSale",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("source", models.TextField()),
                ("external_ref", models.TextField()),
                ("sold_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.TextField()),
                ("product_code", models.TextField(db_default="", default="")),
                ("channel", models.TextField(db_default="", default="")),
                ("place", models.TextField(db_default="", default="")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-sold_at", "-id"], name="unnamed_sales_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "external_ref"), name="an_unnamed_sale_is_kept_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                        name="an_unnamed_sale_has_a_currency",
                    ),
                ],
            },
        ),
    ]
