"""Publishing without a shell, in a real browser: R's colon data becomes a challenge, and no outcome of a test patient leaves it."""

import csv
import io
import itertools
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from nacl.public import PrivateKey, SealedBox
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.formparser import parse_form_data
from werkzeug.serving import make_server

import challenges
from arena.store.models import DryRun, Publication
from arena.web import create_app
from challenges import dividing, sealed
from challenges.definition import parse
from tests.support import publishing
from tests.support.publishing import World
from tests.web.test_browser import RULES
from tests.worker import site as sites
from worker import jobs, keys

pytestmark = [
    pytest.mark.browser,
    # The development server leaves a static file to the collector when the browser has gone on before it was sent whole.
    pytest.mark.filterwarnings("ignore:unclosed file .*/static/.*:ResourceWarning"),
]

COLON = Path(challenges.__path__[0]) / "colon_adjuvant"
SOURCE = COLON / "source_colon.csv"
ANSWERS = {
    "slug": "colon-recurrence",
    "title_ko": "대장암 보조 화학요법 뒤의 재발",
    "title_en": "Recurrence after adjuvant treatment of colon cancer",
    "summary_ko": "누가 먼저 재발합니까?",
    "summary_en": "Who recurs first?",
    "license": "LGPL-2.0-or-later",
    "provenance_ko": "R의 survival 패키지에 든 공개 자료.",
    "provenance_en": "Public data of R's survival package.",
}


class Recorder:
    """Keeps the body of every request that reaches the site."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app
        self.bodies: list[tuple[str, str, bytes]] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            self.bodies.append((environ["PATH_INFO"], environ.get("CONTENT_TYPE", ""), body))
            environ["wsgi.input"] = io.BytesIO(body)
        return self.app(environ, start)

    def texts(self) -> Iterator[tuple[str, bytes]]:
        """Yield everything that was sent: bodies as they came, and the files in each bundle."""
        for path, kind, body in self.bodies:
            yield path, body
            if kind.startswith("multipart/"):
                environ = {
                    "wsgi.input": io.BytesIO(body),
                    "CONTENT_LENGTH": str(len(body)),
                    "CONTENT_TYPE": kind,
                    "REQUEST_METHOD": "POST",
                }
                _, form, files = parse_form_data(environ)
                yield from ((path, value.encode()) for value in form.values())
                if "bundle" in files:
                    with zipfile.ZipFile(files["bundle"].stream) as archive:
                        yield from ((f"{path}: {name}", archive.read(name)) for name in archive.namelist())
                for file in files.values():
                    file.close()


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with publishing.world(home) as made:
        made.person("creator", creator=True)
        made.queue.deaf = True
        yield made


@pytest.fixture
def recorder(world: World) -> Recorder:
    site = world.site
    app: Flask = create_app(
        site.settings, engine=site.engine, blobs=site.blobs, queue=world.queue, sign=site.signer.sign, clock=world.now
    )
    return Recorder(app)


@pytest.fixture
def address(recorder: Recorder) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, recorder, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A window of somebody who may publish; whatever the policy refuses or a script throws fails the test."""
    made = chromium.new_context(locale="en-GB", viewport={"width": 1440, "height": 900}, accept_downloads=True)
    made.set_default_timeout(15_000)
    said: list[str] = []
    foreign: list[str] = []
    made.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    made.on("weberror", lambda error: said.append(str(error.error)))
    made.on("request", lambda one: foreign.append(one.url) if not one.url.startswith((address, "blob:")) else None)
    page = made.new_page()
    page.goto(f"{address}/signin")
    page.fill("[name=email]", "creator@example.org")
    page.fill("[name=password]", sites.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")
    page.close()
    made.add_cookies([{"name": "arena_language", "value": "en", "url": address}])
    yield made
    # The browser itself reports a refusal's status; nothing else may be said, and nobody else asked.
    assert [one for one in said if "Failed to load resource" not in one] == []
    assert foreign == []
    made.close()


def clean(page: Page, width: int = 1440) -> None:
    """Assert that axe has nothing to object to, and that nothing is wider than the window."""
    answer = Axe().run(page, options=RULES)
    assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in answer.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def fill(page: Page, **changed: str) -> None:
    for name, value in {**ANSWERS, **changed}.items():
        page.fill(f"[name={name}]", value)


def chosen(page: Page, name: str) -> str:
    return str(page.eval_on_selector(f"[name={name}]", "one => one.options[one.selectedIndex].textContent"))


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))


def test_the_colon_data_become_a_challenge_and_no_outcome_of_a_test_patient_leaves_the_browser(
    world, recorder, context, address, tmp_path
):
    page = context.new_page()
    page.goto(f"{address}/organize/new")
    clean(page)
    page.click("text=Open the form")
    clean(page)
    page.set_input_files("#f-file_one", SOURCE)
    # Two rows a patient: the column that tells them apart is found, and recurrence is its first kind.
    page.wait_for_selector("[data-kept]:has-text('929 of 1,858 rows are kept. Every id stands once.')")
    assert [chosen(page, name) for name in ("id", "time", "event", "keep_column", "keep_value")] == [
        "id",
        "time",
        "status",
        "etype",
        "1",
    ]
    page.wait_for_selector("[data-parts] td:has-text('465')")
    assert not page.is_checked("[name='release:study']")
    page.click("form[data-publishing] button[type=submit]")
    page.wait_for_selector("[data-trouble]:not([hidden])")
    assert page.evaluate("document.activeElement.matches('[data-trouble]')")
    fill(page)
    page.check("[name=practice]")
    page.check("[name='strata:rx']")
    page.check("[name='group:sex']")
    page.fill("[name='en:rx']", "Randomised treatment.")
    assert recorder.bodies[1:] == []  # all so far was read in the browser: only the sign-in was sent
    page.click("form[data-publishing] button[type=submit]")
    page.wait_for_selector("[data-verdict-line]:has-text('464 test patients')")
    clean(page)
    page.click("summary:has-text('overview.en.md')")
    page.fill("[data-text='overview.en.md']", "# Mine\n\nWritten by hand.\n")
    with page.expect_download() as saved:
        page.click("[data-keep]")
    saved.value.save_as(tmp_path / "kept.zip")
    page.click("[data-send]")
    page.wait_for_url(f"{address}/organize/colon-recurrence/publication")
    assert "A worker is verifying it" in page.inner_text("h1")
    clean(page)
    jobs.verify(world.rows(Publication)[0].id)
    page.wait_for_selector("h1:has-text('Verified')")
    clean(page)
    assert world.hosted("colon-recurrence").row.state == "ready"
    _nothing_leaked(recorder, tmp_path / "kept.zip")
    _sealed_as_kept(world, tmp_path / "kept.zip")
    _divided_as_the_shell_would(tmp_path / "kept.zip")
    _previewed_tried_and_opened(world, page, address, tmp_path)


def _nothing_leaked(recorder: Recorder, kept: Path) -> None:
    with zipfile.ZipFile(kept) as archive:
        labels = rows_of(archive.read("labels.csv"))
        key = rows_of(archive.read("private/ids.csv"))[1:]
        seed = json.loads(archive.read("private/split.json"))["seed"]
    source = {row[0]: row for row in rows_of(SOURCE.read_bytes()) if row[15] == "1"}
    hidden = {row[0]: row[2] for row in key if row[1] != "train"}
    sent = list(recorder.texts())
    everything = b"\n\n".join(content for _, content in sent)
    assert len(labels) == 465
    assert {path for path, _ in sent} >= {"/organize/new", "/organize/new: train.csv", "/organize/new/texts"}
    for id_, time, status, split in labels[1:]:
        patient = source[hidden[id_]]
        assert (time, status) == (patient[14], patient[9])
        forms = [f"{id_},{time}", f"{id_},{status},", f"{time},{status},{split}", ",".join(patient)]
        assert not any(form.encode() in everything for form in forms), id_
    for path, content in sent:
        assert seed.encode() not in content, path
        assert b"etype" not in content.replace(b"etype = 1", b"").replace("etype 열이 1".encode(), b""), path


def _sealed_as_kept(world: World, kept: Path) -> None:
    digest = world.rows(Publication)[0].sealed_sha256
    with world.site.blobs.open(digest) as stream:
        ciphertext = stream.read()
    key: PrivateKey = keys.private_key(world.site.worker.labels_key)
    header, table = sealed.unpack(SealedBox(key).decrypt(ciphertext))
    with zipfile.ZipFile(kept) as archive:
        assert table == archive.read("labels.csv")
        definition = parse(archive.read("challenge.toml").decode())
        assert archive.read("overview.en.md") == b"# Mine\n\nWritten by hand.\n"
        assert b"Randomised treatment." in archive.read("dictionary.csv")
    assert header.binding == definition.binding(header.ids_sha256)


def _divided_as_the_shell_would(kept: Path) -> None:
    with zipfile.ZipFile(kept) as archive:
        record = json.loads(archive.read("private/split.json"))
        key = rows_of(archive.read("private/ids.csv"))[1:]
    rows = [row for row in rows_of(SOURCE.read_bytes())[1:] if row[15] == "1"]
    shares = [record["shares"][part] for part in dividing.PARTS]
    strata = dividing.strata([[row[9] for row in rows], [row[2] for row in rows]])
    assert [row[1] for row in key] == dividing.divide(strata, shares, record["seed"])
    assert [row[0] for row in key] == dividing.ids(len(rows), record["seed"])


def _previewed_tried_and_opened(world: World, page: Page, address: str, tmp_path: Path) -> None:
    publication = page.url
    page.click("#publication >> text=Overview >> nth=1")
    assert "Written by hand." in page.inner_text("main")
    page.goto(publication)
    with page.expect_download() as sample:
        page.click("text=Get the sample submission")
    sample.value.save_as(tmp_path / "sample.csv")
    page.set_input_files("#f-file", tmp_path / "sample.csv")
    page.click("text=Try it")
    page.wait_for_selector("#trial[hx-get]")
    jobs.dry_run(world.rows(DryRun)[0].id)
    page.wait_for_selector("#trial:has-text('It works')")
    page.click("button[value=now]")
    page.wait_for_selector("h1:has-text('It is published')")
    clean(page)
    assert world.hosted("colon-recurrence").status(world.now()) == "open"


def test_a_zip_goes_without_labels_and_code_and_its_mistakes_are_told_first(
    world, recorder, context, address, tmp_path
):
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{address}/organize/new/zip")
    clean(page, 390)
    names = [path.name for path in COLON.iterdir() if path.is_file()]
    numbers = itertools.count()

    def offer(changes: dict[str, bytes] | None = None, without: tuple[str, ...] = ()) -> None:
        content = {name: (COLON / name).read_bytes() for name in names if name not in without} | (changes or {})
        offered = tmp_path / f"colon-{next(numbers)}.zip"  # a new name, or nothing has changed for the browser
        with zipfile.ZipFile(offered, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in content.items():
                archive.writestr(f"colon/{name}", data)
        page.set_input_files("#f-zip", offered)

    toml = (
        (COLON / "challenge.toml").read_text(encoding="utf-8").replace('slug = "colon-adjuvant"', 'slug = "colon-zip"')
    )
    offer({"challenge.toml": toml.replace('name = "uno_c"', 'name = "uno_x"').encode()})
    page.wait_for_selector("[data-mistakes]:has-text('uno_c')")
    clean(page, 390)
    labels = (COLON / "labels.csv").read_text(encoding="utf-8")
    twice = labels + labels.splitlines()[1] + "\n"
    sealed_name = "labels.csv"
    for change, word in (
        ({"notes.md": labels.encode()}, "notes.md holds unsealed outcomes"),
        ({sealed_name: twice.encode()}, "same id"),
        ({sealed_name: labels.replace(",public", ",open").encode()}, "line 2"),
        ({sealed_name: labels.replace("3192,0", "3192,2").encode()}, "line 2"),
        ({"test.csv": b"patient_id,x\nC0008,1\n"}, "do not name the same ids"),
        ({sealed_name: b"\xb0\xa1,a\n\xb0\xa1,1\n"}, "CP949"),
    ):
        offer({"challenge.toml": toml.encode(), **change})
        page.wait_for_selector(f"[data-trouble]:has-text('{word}')")
        assert page.is_hidden("[data-ready]")
    offer({"challenge.toml": toml.encode()}, without=("train.csv",))
    page.wait_for_selector("[data-trouble]:has-text('The zip holds no train.csv')")
    (tmp_path / "no.zip").write_bytes(b"not a zip")
    page.set_input_files("#f-zip", tmp_path / "no.zip")
    page.wait_for_selector("[data-trouble]:has-text('cannot be opened')")
    # Public rows alone are allowed in practice; the worker needs nothing else of this folder.
    offer({"challenge.toml": toml.encode()})
    page.wait_for_selector("[data-ready]:not([hidden])")
    left = page.inner_text("[data-left]")
    assert all(name in left for name in ("baseline.py", "split.py", "starter.py", "labels.csv"))
    clean(page, 390)
    assert {path for path, _, _ in recorder.bodies} == {"/signin", "/organize/new/definition"}
    page.click("[data-send]")
    page.wait_for_url(f"{address}/organize/colon-zip/publication")
    jobs.verify(world.rows(Publication)[0].id)
    page.wait_for_selector("h1:has-text('Verified')")
    clean(page, 390)
    everything = b"\n\n".join(content for _, content in recorder.texts())
    for id_, days, died, split in rows_of(labels.encode())[1:]:
        assert f"{id_},{days},{died}".encode() not in everything
        assert f"{days},{died},{split}".encode() not in everything


def test_three_files_and_other_kinds_go_by_form_too(world, context, address, tmp_path):
    page = context.new_page()
    page.goto(f"{address}/organize/new/form")
    page.check("[name=mode][value=three]")
    for name in ("train", "test", "labels"):
        page.set_input_files(f"#f-file_{name}", COLON / f"{name}.csv")
    page.wait_for_selector("[data-parts] td:has-text('558')")
    assert chosen(page, "split") == "split"
    fill(page, slug="colon-three")
    page.check("[name=practice]")
    page.click("form[data-publishing] button[type=submit]")
    page.wait_for_selector("[data-verdict-line]:has-text('371 test patients')")
    page.click("[data-send]")
    page.wait_for_url(f"{address}/organize/colon-three/publication")
    jobs.verify(world.rows(Publication)[0].id)
    page.wait_for_selector("h1:has-text('Verified')")
    # A binary outcome in words, from a table of old Korean Windows.
    rows = [
        "환자번호,나이,성별,결과",
        *(f"{n},{40 + n % 37},{'남여'[n % 2]},{'사망' if n % 3 == 0 else '생존'}" for n in range(240)),
    ]
    (tmp_path / "병원.csv").write_bytes("\r\n".join(rows).encode("cp949"))
    page.goto(f"{address}/organize/new/form")
    page.set_input_files("#f-file_one", tmp_path / "병원.csv")
    page.wait_for_selector("[data-notes]:has-text('CP949')")
    page.check("[name=kind][value=binary]")
    assert chosen(page, "outcome") == "결과"
    fill(page, slug="hospital-binary")
    page.click("form[data-publishing] button[type=submit]")
    page.wait_for_selector("[data-trouble]:has-text('which value is the event')")
    page.select_option("[data-code='사망']", "1")
    page.select_option("[data-code='생존']", "0")
    page.fill("[name=closes]", "2027-03-04T18:00")
    page.click("form[data-publishing] button[type=submit]")
    page.wait_for_selector("[data-verdict-line]:has-text('120 test patients')")
    # An answer changed after sealing takes the sealed files back; a reload keeps the answers.
    page.fill("[name=title_en]", "Another title")
    page.press("[name=title_en]", "Tab")
    assert page.is_hidden("[data-ready]")
    page.reload()
    page.set_input_files("#f-file_one", (tmp_path / "병원.csv").rename(tmp_path / "again.csv"))
    page.wait_for_selector("[data-notes]:has-text('gave before are back')")
    assert page.input_value("[name=title_en]") == "Another title"
    assert page.input_value("[data-code='사망']") == "1"
    page.click("form[data-publishing] button[type=submit]")
    page.wait_for_selector("[data-ready]:not([hidden])")
    page.click("[data-send]")
    page.wait_for_url(f"{address}/organize/hospital-binary/publication")
    jobs.verify(world.rows(Publication)[1].id)
    page.wait_for_selector("h1:has-text('Verified')")
    assert world.hosted("hospital-binary").definition.primary.name == "brier_binary"


def test_everything_that_is_missing_is_told_at_once(world, context, address):
    page = context.new_page()
    page.goto(f"{address}/organize/new/form")
    page.set_input_files("#f-file_one", SOURCE)
    page.wait_for_selector("[data-columns] tr")
    page.fill("#f-per_day", "0")
    page.click("form[data-publishing] button[type=submit]")
    page.wait_for_selector("[data-trouble] a[href='#f-slug']")
    told = page.locator("[data-trouble] a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    named = ("slug", "title_ko", "title_en", "summary_ko", "summary_en", "license", "per_day")
    assert told == [f"#f-{name}" for name in named]
    assert world.rows(Publication) == []


def test_what_the_server_refuses_is_told_and_costs_no_answer(world, context, address):
    page = context.new_page()
    page.goto(f"{address}/organize/new/form")
    page.set_input_files("#f-file_one", SOURCE)
    page.wait_for_selector("[data-columns] tr")
    fill(page, slug="Not a name")
    page.fill("[name=closes]", "2020-01-01T00:00")
    page.fill("[name=opens]", "2021-01-01T00:00")
    page.click("form[data-publishing] button[type=submit]")
    page.wait_for_selector("[data-trouble] a[href='#f-slug']")
    assert page.locator("[data-trouble] a[href='#f-closes']").count() == 1
    assert page.get_attribute("#f-slug", "aria-invalid") == "true"
    clean(page)
    fill(page)
    page.fill("[name=closes]", "")
    page.fill("[name=opens]", "")
    page.check("[name=practice]")
    context.set_offline(True)
    page.click("form[data-publishing] button[type=submit]")
    page.wait_for_selector("[data-trouble]:has-text('could not be reached')")
    context.set_offline(False)
    page.click("form[data-publishing] button[type=submit]")
    page.wait_for_selector("[data-ready]:not([hidden])")
    context.clear_cookies()
    page.click("[data-send]")
    page.wait_for_selector("[data-trouble]:has-text('sign-in has ended')")
    assert world.rows(Publication) == []
    other = context.new_page()
    other.goto(f"{address}/signin")
    other.fill("[name=email]", "creator@example.org")
    other.fill("[name=password]", sites.PASSWORD)
    other.click("main button[type=submit]")
    other.wait_for_url(f"{address}/")
    page.click("[data-send]")
    page.wait_for_url(f"{address}/organize/colon-recurrence/publication")
    assert len(world.rows(Publication)) == 1


def test_without_scripts_the_shells_way_is_shown_and_a_changed_key_is_noticed(chromium, address, context):
    cookies = context.cookies()
    made = chromium.new_context(java_script_enabled=False, locale="ko-KR")
    made.add_cookies([one for one in cookies if one["name"] == "arena_session"])
    made.add_cookies([{"name": "arena_language", "value": "ko", "url": address}])
    page = made.new_page()
    for path in ("/organize/new/form", "/organize/new/zip"):
        page.goto(address + path)
        assert "그 일을 스크립트가" in page.inner_text("main")
        assert "arena challenge publish DIR" in page.inner_text("main")
        assert page.is_hidden("form[data-publishing]")
    made.close()
    # With them, a key that is not the one of last time is noticed.
    page = context.new_page()
    page.goto(f"{address}/organize/new/zip")
    page.evaluate("localStorage.setItem('arena_labels_key', '0000 0000')")
    page.reload()
    assert "not the key that this browser used before (0000 0000)" in page.inner_text("[data-key-note]")
