import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("loyalty", "0017_holds_of_orders")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY IF EXISTS loyalty_posting_currency_id_61d162ee",
                    "CREATE INDEX CONCURRENTLY IF NOT EXISTS loyalty_posting_currency_id_61d162ee"
                    " ON loyalty_posting (currency_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="posting",
                    name="currency",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="loyalty.currency",
                    ),
                )
            ],
        ),
        AddIndexConcurrently(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("purchase_id__isnull", False)),
                fields=["customer_id", "purchase_id"],
                name="postings_with_a_purchase",
            ),
        ),
        RemoveIndexConcurrently(model_name="posting", name="postings_of_a_purchase"),
    ]
