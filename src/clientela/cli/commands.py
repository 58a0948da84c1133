"""Every command at one look."""

from __future__ import annotations

import typer

from clientela.cli import (
    access,
    around,
    backup,
    bench,
    calls,
    cards,
    cash_outs,
    codes,
    company,
    customers,
    demo,
    doctor,
    drill,
    exchange_rates,
    exports,
    granting,
    imports,
    issues,
    journeys,
    key,
    lists,
    loyalty,
    loyalty_checks,
    loyalty_notices,
    loyalty_rules,
    loyalty_tiers,
    merging,
    notes,
    offers,
    partners,
    people,
    points,
    privacy,
    products,
    profile,
    promotions,
    rights,
    roles,
    sealing,
    serve,
    verify,
    warranty,
    webhooks,
)
from clientela.cli.surroundings import EVERYWHERE

app = typer.Typer(
    name="clientela",
    help="Know every customer: who they are, what they hold, what they bought and earned.",
    epilog=EVERYWHERE,
    no_args_is_help=False,
    invoke_without_command=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.callback(invoke_without_command=True)(serve.overview)
_ = loyalty_rules, loyalty_tiers  # their commands are under `loyalty`
for part in (serve, demo, doctor, verify, backup, imports, exports, bench, drill):
    part.register(app)
app.add_typer(access.app, name="access")
app.add_typer(backup.app, name="backup")
app.add_typer(rights.branches, name="branches")
app.add_typer(calls.app, name="calls")
app.add_typer(company.app, name="company")
lists.register(customers.app)
points.register(loyalty.app)
app.add_typer(customers.app, name="customers")
app.add_typer(imports.app, name="imports")
app.add_typer(issues.app, name="issues")
granting.register(loyalty.app)
loyalty_checks.register(loyalty.app)
promotions.register(loyalty.app)
loyalty.app.add_typer(exchange_rates.app, name="exchange-rates")
loyalty.app.add_typer(cards.app, name="cards")
loyalty.app.add_typer(codes.app, name="codes")
app.add_typer(loyalty.app, name="loyalty")
loyalty.app.add_typer(loyalty_notices.app, name="notices")
loyalty.app.add_typer(journeys.app, name="travel")
loyalty.app.add_typer(cash_outs.app, name="cash-outs")
loyalty.app.add_typer(partners.app, name="partners")
app.add_typer(merging.app, name="duplicates")
app.add_typer(key.app, name="key")
app.add_typer(offers.app, name="offers")
app.add_typer(notes.app, name="notes")
app.add_typer(notes.tasks, name="tasks")
app.add_typer(people.app, name="people")
app.add_typer(privacy.app, name="privacy")
app.add_typer(products.app, name="products")
around.register(customers.app)
app.add_typer(profile.app, name="profile")
app.add_typer(rights.app, name="rights")
app.add_typer(roles.app, name="roles")
app.add_typer(sealing.app, name="sealing")
app.add_typer(warranty.app, name="warranty")
app.add_typer(webhooks.app, name="webhooks")
