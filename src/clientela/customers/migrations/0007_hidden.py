from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_kin")]

    operations = [
        migrations.AddField("customer", "hidden_since", models.DateTimeField(null=True)),
    ]
