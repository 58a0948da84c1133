from django.db import migrations


class Migration(migrations.Migration):
    """The sequence behind customers' numbers; the number people see has a check digit behind it."""

    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE customers_number START 10001", "DROP SEQUENCE customers_number"
        ),
    ]
