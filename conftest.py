"""What every test may use: hypothesis, a browser, pictures; and the budget of the whole suite."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest

SUITE_SECONDS_MAX = 300
LONGEST = {
    "test_attendant.py", "test_backup.py", "test_bench.py", "test_call.py", "test_demo_loaded.py",
    "test_drill.py", "test_files_by_every_door.py", "test_first_run.py", "test_look.py",
    "test_own_server.py", "test_real_data.py", "test_redeeming.py", "test_terminal.py",
    "test_tutorial.py", "test_webhooks.py", "test_wheel.py",
}  # fmt: skip
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
BROWSER = [
    *("--disable-gpu", "--disable-quic", "--disable-sync", "--no-first-run"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

OF_DJANGO = {"auth_permission", "django_content_type"}
EXAMPLES, EXAMPLES_LONG = 30, 300  # of a property that says no number itself


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", metavar="FOLDER", help="keep the pictures browser tests take")
    parser.addoption("--long", action="store_true", help="run just the long tests (make drill)")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[BEGAN] = time.monotonic()
    is_ci, is_long = bool(os.environ.get("CI")), config.getoption("--long")
    hypothesis.settings.register_profile(
        "clientela", deadline=None, max_examples=EXAMPLES_LONG if is_long else EXAMPLES,
        derandomize=is_ci, print_blob=is_ci,
    )  # fmt: skip
    hypothesis.settings.load_profile("clientela")


def pytest_collection_finish() -> None:
    """What was collected stays until the end, and need not be looked at for garbage."""
    from clientela.platform import memory

    memory.collect_rarely()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests run by `make drill`, where properties are tried on ten times as many examples, or
    with the others where pictures are taken. The longest begin first, so that no worker is left
    alone with one at the end.
    """
    if not config.getoption("--pictures"):
        wanted = config.getoption("--long")
        left = [
            item for item in items
            if is_long(item) is not wanted and not (wanted and is_property(item))
        ]  # fmt: skip
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    items.sort(key=lambda item: item.path.name not in LONGEST)


def is_long(item: pytest.Item) -> bool:
    return item.get_closest_marker("long") is not None


def is_property(item: pytest.Item) -> bool:
    return bool(hypothesis.is_hypothesis_test(getattr(item, "obj", None)))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say it when the suite grows out of its five minutes on two cores."""
    took = time.monotonic() - config.stash[BEGAN]
    if took > SUITE_SECONDS_MAX:
        terminalreporter.section("over budget", red=True)
        terminalreporter.line(f"{took:.0f} s; the suite may take {SUITE_SECONDS_MAX} s")


BEGAN = pytest.StashKey[float]()


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Processes keep the company's settings and keys for a second; tests must not share them."""
    from clientela.customers import sight
    from clientela.staff import company, keys

    company.forget()
    keys.forget()
    sight.forget()
    yield
    company.forget()
    keys.forget()
    sight.forget()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Hold the PostgreSQL of the tests, which has a data folder of its own; see `environment`."""
    from django.conf import settings

    from clientela.platform import postgres

    with postgres.running(settings.HOME, label="tests"):
        if not os.environ.get("CLIENTELA_DATABASE_URL"):
            wait_for_no_disk(postgres.connection_parameters(settings.HOME))
        yield


def wait_for_no_disk(parameters: dict[str, str]) -> None:
    """What tests write need not outlive the machine, only the processes that they kill."""
    import psycopg

    from clientela.platform.postgres.configuration import SUPERUSER

    parameters = {**parameters, "user": SUPERUSER}
    with psycopg.connect(**parameters, autocommit=True) as connection:  # type: ignore[arg-type]
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session", autouse=True)
def rows_go_by_deletion() -> Iterator[None]:
    """After a test that committed only tables that hold rows are emptied, and none is made anew;
    only the rows that a company begins with are written again, since functions and rights stay.
    """
    from django.core.management.commands import flush
    from django.db.backends.postgresql.operations import DatabaseOperations

    from clientela.flows import lay_out
    from clientela.platform import transactions

    def ship(*_: Any, **__: Any) -> None:
        with transactions.open():
            lay_out.ship(now=datetime.now(UTC))

    def statements(self: Any, style: Any, tables: list[str], **_: Any) -> list[str]:
        names = [self.quote_name(table) for table in tables if table not in OF_DJANGO]
        with self.connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join(f"SELECT '{n}' WHERE EXISTS (SELECT FROM {n})" for n in names)  # noqa: S608
            )
            return [f"DELETE FROM {name}" for (name,) in cursor.fetchall()]  # noqa: S608

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", statements)
        patch.setattr(flush, "emit_post_migrate_signal", ship)
        yield


@pytest.fixture(scope="session", autouse=True)
def files_are_looked_for_once() -> Iterator[None]:
    """Each test client has its own middleware, and that of files goes through the whole tree."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    found: dict[tuple[Any, ...], dict[str, Any]] = {}

    def remembering(way: Callable[..., None]) -> Callable[..., None]:
        def look(self: Any, *asked: Any, **more: Any) -> None:
            key = (way.__name__, *asked, *sorted(more.items()))
            if key not in found:
                before = dict(self.files)
                way(self, *asked, **more)
                found[key] = {name: self.files[name] for name in self.files.keys() - before.keys()}
            self.files.update(found[key])

        return look

    with pytest.MonkeyPatch.context() as patch:
        for name in ("add_files", "add_files_from_finders"):
            patch.setattr(
                WhiteNoiseMiddleware, name, remembering(getattr(WhiteNoiseMiddleware, name))
            )
        yield


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Any]:
    """Start the machine's Chromium; without one the tests that need it are skipped.

    While its loop runs in this thread Django has connections of its own for it; they are closed
    with the browser, before the database of the tests goes.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium on this machine: apt install chromium")
    from django.db import connections
    from playwright.sync_api import sync_playwright

    # Playwright's event loop runs in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=BROWSER)
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """Open one page of a fresh browser; what goes wrong in it unseen fails the test."""
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/Riga")
    page, faults = context.new_page(), list[str]()
    watch(page, faults)
    yield page
    context.close()
    assert not faults, "the browser reported:\n" + "\n".join(faults)


def watch(page: Any, faults: list[str]) -> None:
    """Note scripts that fail, policy violations, lost requests and requests to other hosts."""
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda said: faults.extend(of_console(said)))
    page.on("request", lambda request: faults.extend(of_request(request.url)))
    page.on("response", lambda response: faults.extend(of_response(response)))


def of_console(said: Any) -> list[str]:
    answered = "Failed to load resource" in said.text  # judged by the response itself
    return [f"console: {said.text}"] if said.type == "error" and not answered else []


def of_request(url: str) -> list[str]:
    parts = urlsplit(url)
    outside = parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in LOOPBACK
    return [f"outside host: {url}"] if outside else []


def of_response(response: Any) -> list[str]:
    lost = response.status >= 500 or (response.status == 404 and "/static/" in response.url)
    return [f"{response.status}: {response.url}"] if lost else []


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """Keep a picture of a page under a name, when the run was asked for pictures (`make look`)."""
    folder = request.config.getoption("--pictures")

    def take(page: Any, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)

    return take
