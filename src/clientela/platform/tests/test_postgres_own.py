"""The company's own server: nothing is started, and nothing hidden is said aloud."""

from pathlib import Path

import pytest

from clientela.platform import postgres
from clientela.platform.home import Home
from clientela.platform.postgres import PostgresUnavailable

NOWHERE = "postgresql://clientela:canary-7391@127.0.0.1:1/clientela"


def test_ones_own_server_is_asked_for_and_never_started_or_stopped(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.running(home):
        where = postgres.connection_parameters(home)
        url = f"postgresql:///{where['dbname']}?host={where['host']}&user={where['user']}"
        monkeypatch.setenv("CLIENTELA_DATABASE_URL", url)
        untouched = Home(tmp_path)
        with postgres.running(untouched):
            state = postgres.status(untouched)
            assert (state.own_server, state.ready, state.pid) == (True, True, None)
            assert [it.label for it in state.holders] == ["clientela"]
            assert postgres.connection_parameters(untouched)["user"] == "clientela_owner"
            assert not postgres.ensure(untouched)
            assert not postgres.stop(untouched)
        assert not untouched.database.exists()
        monkeypatch.delenv("CLIENTELA_DATABASE_URL")
        assert postgres.status(home).ready


@pytest.mark.parametrize("url", [NOWHERE, "postgresql://a:canary-7391@[::1/x", "canary-7391"])
def test_an_address_that_does_not_work_is_named_without_its_password(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    monkeypatch.setenv("CLIENTELA_DATABASE_URL", url)
    with (
        pytest.raises(PostgresUnavailable, match="CLIENTELA_DATABASE_URL") as refusal,
        postgres.running(home),
    ):
        pass
    assert "canary-7391" not in str(refusal.value)
    assert not postgres.status(home).ready
