from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Retraction",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("customer_id", models.UUIDField()),
                ("consent_id", models.UUIDField()),
                ("cause", models.TextField()),
                ("retracted_at", models.DateTimeField()),
                ("actor", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer_id", "consent_id"), name="a_consent_is_retracted_once"
                    )
                ],
            },
        ),
    ]
