from django.db import migrations, models

LADDERS = ("programme", "currency", "tierset", "tier")
REST = ("currencyterms", "rule", "ruleversion", "cap", "earningpause", "promotion")
STAMP = """
CREATE FUNCTION loyalty_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO loyalty_stamp (id, version, ladders) VALUES (1, 1, 1)
    ON CONFLICT (id) DO UPDATE SET
        version = loyalty_stamp.version + 1,
        ladders = loyalty_stamp.ladders + TG_ARGV[0]::bigint;
    RETURN NULL;
END
$$
"""
MEASURE_ANEW = """
CREATE FUNCTION loyalty_measure_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loyalty_account AS account SET measure_at = 0
    FROM (
        SELECT listed.customer_id, listed.id FROM loyalty_account AS listed
        WHERE listed.customer_id IN (SELECT moved.customer_id FROM moved)
        ORDER BY listed.customer_id, listed.id
        FOR NO KEY UPDATE
    ) AS held
    WHERE account.customer_id = held.customer_id AND account.id = held.id;
    RETURN NULL;
END
$$
"""
EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


def each(table, moves_ladders):
    return migrations.RunSQL(
        f"CREATE TRIGGER stamped AFTER INSERT OR UPDATE OR DELETE ON loyalty_{table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION loyalty_stamped({moves_ladders})",
        f"DROP TRIGGER stamped ON loyalty_{table}",
    )


def after(event, rows):
    return migrations.RunSQL(
        f"CREATE TRIGGER measure_anew_after_{event} AFTER {event} ON loyalty_standing"
        f" REFERENCING {rows} TABLE AS moved"
        " FOR EACH STATEMENT EXECUTE FUNCTION loyalty_measure_anew()",
        f"DROP TRIGGER measure_anew_after_{event} ON loyalty_standing",
    )


class Migration(migrations.Migration):
    """What is set up has a version, kept by the tables themselves; an account knows from which of
    its points on its owner may climb.
    """

    dependencies = [("loyalty", "0024_late_purchases")]

    operations = [
        migrations.CreateModel(
            name="Stamp",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("version", models.BigIntegerField()),
                ("ladders", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="earned",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="account",
            name="measure_at",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="account",
            name="measured_by",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(
            "INSERT INTO loyalty_stamp (id, version, ladders) VALUES (1, 1, 1)",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(STAMP, "DROP FUNCTION loyalty_stamped"),
        *[each(table, 1) for table in LADDERS],
        *[each(table, 0) for table in REST],
        migrations.RunSQL(MEASURE_ANEW, "DROP FUNCTION loyalty_measure_anew"),
        *[after(event, rows) for event, rows in EVENTS.items()],
    ]
