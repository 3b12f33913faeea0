"""What tests share: an instance's home, engines on both databases, a Valkey, a real `arena up`."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from arena.running import home as home_module
from arena.running import valkey as valkey_module
from arena.settings import Settings
from arena.settings import load as load_settings
from arena.store.engine import make_engine
from tests.support import databases, instance, postgres

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Who asks for the fixture `arena`.
WITH_INSTANCE = ("tests/test_journey.py", "tests/test_newcomer.py", "tests/test_two_people.py")
NO_BROWSER = "browser tests not tried: there is no Chromium"


def pytest_configure() -> None:
    # The command line chooses its language once, when it is imported; tests and the reference page read English.
    os.environ["LC_ALL"] = "C.UTF-8"
    # The test server of PostgreSQL runs as another user, who has to reach its programs.
    os.umask(0o022)


class OneInstance(LoadFileScheduling):
    """Give each file to one process, and the files that share the one whole instance, which is costly, to the same."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "instance" if file in WITH_INSTANCE else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneInstance:
    return OneInstance(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What takes longest begins first, so that no process is left with it at the end; what shares the instance keeps its order.
    def quick(item: pytest.Item) -> tuple[bool, bool]:
        apart = item.nodeid.partition("::")[0] not in WITH_INSTANCE
        return apart, apart and item.get_closest_marker("browser") is None

    items.sort(key=quick)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and CHROMIUM is None:
        pytest.skip(NO_BROWSER)


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    # A category of its own, so that pytest's last line says what has not been tried.
    if report.skipped and isinstance(report.longrepr, tuple) and NO_BROWSER in report.longrepr[2]:
        return NO_BROWSER, "b", "NO CHROMIUM"
    return None


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Give every test the umask of the whole: a process of the instance sets its own, and some of them are this one."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def at() -> datetime:
    """A moment, the same in every test."""
    return datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where an instance may be made; nothing is there yet."""
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    """The settings of an instance whose home has been made."""
    made = load_settings({"ARENA_HOME": str(home)})
    home_module.make(made)
    return load_settings({"ARENA_HOME": str(home)})


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/arena.sqlite"
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A migrated database of each kind."""
    databases.migrate(database_url)
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """A migrated SQLite database, for tests to which the kind of database is all one."""
    url = f"sqlite:///{tmp_path}/arena.sqlite"
    databases.migrate(url)
    made = make_engine(url)
    yield made
    made.dispose()


@pytest.fixture
def valkey(home: Path) -> Iterator[str]:
    """The URL of a Valkey that belongs to this test alone, started as `up` starts it."""
    (home / "valkey").mkdir(parents=True, exist_ok=True)
    path = valkey_module.make_socket_folder(home)
    command = valkey_module.command(valkey_module.find_binary(), home, path)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    try:
        valkey_module.wait_ready(path, process)
        yield f"unix://{path}"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(path.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[instance.Instance]:
    """A real `arena up` with the shipped challenges, ready; one for the whole session, since it is costly."""
    folder = tmp_path_factory.mktemp("arena")
    with instance.started(folder / "home", folder / "output.txt") as running:
        running.wait_for("ready", 300)
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven without a network of its own; tests that use it carry the mark `browser`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a visitor who has never been here and reads English."""
    context = chromium.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()
