from django.db import migrations, models

COLUMNS = "loyalty_posting (customer_id, purchase_id, currency_id)"
BEFORE = "WHERE kind = 'earn' AND purchase_id IS NOT NULL"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("loyalty", "0023_rates_wanted")]

    operations = [
        migrations.AddField(
            model_name="tierset",
            name="late",
            field=models.TextField(
                choices=[("raises", "Raises"), ("re_rates", "Re Rates")],
                db_default="raises",
                default="raises",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_purchase_earns_once"
                    f" ON {COLUMNS} {BEFORE} AND source = 'purchase'",
                    "DROP INDEX CONCURRENTLY IF EXISTS a_purchase_earns_once",
                ),
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY IF EXISTS purchase_earns_once",
                    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS purchase_earns_once"
                    f" ON {COLUMNS} {BEFORE}",
                ),
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name="posting", name="purchase_earns_once"),
                migrations.AddConstraint(
                    model_name="posting",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "earn"), ("purchase_id__isnull", False), ("source", "purchase")
                        ),
                        fields=("customer_id", "purchase_id", "currency"),
                        name="a_purchase_earns_once",
                    ),
                ),
            ],
        ),
    ]
