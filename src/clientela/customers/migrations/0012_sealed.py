from django.db import migrations, models

SENSITIVE = """
UPDATE customers_field SET sealed = true
WHERE sensitive OR data_class IN ('identification', 'health', 'vulnerability')
"""
BY_MARK = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS customers_by_sealed_value ON customers_customer
USING gin (jsonb_path_query_array(attributes, '$.*.mark') jsonb_path_ops)
WHERE attributes @? '$.*.sealed'
"""


class Migration(migrations.Migration):
    """Values of sensitive fields are sealed from now on; the worker seals those there are."""

    atomic = False
    dependencies = [("customers", "0011_words")]
    operations = [
        migrations.AddField(
            model_name="field",
            name="sealed",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.RunSQL(SENSITIVE, migrations.RunSQL.noop),
        migrations.RunSQL(BY_MARK, "DROP INDEX CONCURRENTLY IF EXISTS customers_by_sealed_value"),
    ]
