"""Reading every page of a database that is stopped: each carries a sum over its content."""

from __future__ import annotations

from clientela.platform.home import Home
from clientela.platform.postgres import account as accounts
from clientela.platform.postgres.programs import program


def check(home: Home) -> list[str]:
    """Sentences of `pg_checksums` on what is wrong; none when all is well."""
    account = accounts.choose(program("postgres"))
    with account.reaching(home.database) as reach:
        done = account.run(
            [program("pg_checksums"), "--check", "--pgdata", reach.names[home.database]],
            inherit=reach.descriptors,
        )
    if done.returncode == 0:
        return []
    return [line for line in done.stderr.splitlines() if line.strip()][:10] or [
        "A page is damaged."
    ]
