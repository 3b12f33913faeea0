"""The scripts that prepare a challenge in the browser agree with the Python that reads what they made; run in a real browser."""

import base64
import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from nacl.public import PrivateKey, SealedBox
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from arena import accounts, sealing
from arena.receipts import Signer
from arena.settings import load as load_settings
from arena.store.blobs import FolderBlobs
from arena.store.engine import make_engine, transaction
from arena.web import create_app
from challenges import bundle, crude, dividing, outcome_columns, plaintext, sealed, tables, validation
from challenges.definition import parse
from challenges.lines import TableError
from tests.support import databases
from tests.web.conftest import PASSWORD, TOML, DeadQueue

pytestmark = pytest.mark.browser

KEY = PrivateKey(b"\x05" * 32)
GOOD = TOML.format(slug="small", gate="none", practice="true", synthetic="false", before="submission", admission="open")
DEFINITION = parse(GOOD)
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a key and somebody who may publish; one for all tests, since none of them changes anything."""
    folder, at = tmp_path_factory.mktemp("scripts"), datetime(2026, 11, 23, 3, tzinfo=UTC)
    url = f"sqlite:///{folder}/arena.sqlite"
    databases.migrate(url)
    (folder / "home").mkdir()
    (folder / "home" / "labels.pub").write_text(KEY.public_key.encode().hex() + "\n", encoding="ascii")
    settings = load_settings({"ARENA_HOME": str(folder / "home"), "ARENA_SECRET_KEY": "k" * 40})
    engine = make_engine(url)
    with transaction(engine) as session:
        accounts.create_user(
            session, email="creator@example.org", name="Creator", admin=False, password=PASSWORD, at=at
        )
        accounts.grant(session, email="creator@example.org", role="creator", slug=None, at=at)
    app = create_app(
        settings, engine=engine, blobs=FolderBlobs(folder / "blobs"), queue=DeadQueue(), sign=Signer(b"\x07" * 32).sign
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


@pytest.fixture(scope="module")
def opened(address: str, chromium: Browser) -> Iterator[Page]:
    """The form, opened by somebody who may publish; whatever the policy refuses or a script throws fails at the end."""
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}/signin")
    page.fill("[name=email]", "creator@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")
    context.add_cookies([{"name": "arena_language", "value": "en", "url": address}])
    page.goto(f"{address}/organize/new/form")
    page.wait_for_selector("form[data-publishing]:not([hidden])")
    yield page
    assert said == []
    context.close()


def _packed(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return {name: _packed(one) for name, one in value.items()} if isinstance(value, dict) else value


@pytest.fixture(scope="module")
def run(opened: Page) -> Run:
    """Call an exported function of one of the page's modules. Bytes travel as base64."""

    def call(module: str, name: str, *arguments: Any) -> Any:
        answer = opened.evaluate(
            """async ([module, name, packed]) => {
              const entry = document.querySelector("script[type=module]").src;
              const found = await import(new URL(`./${module}.js`, entry));
              const unpack = (one) => {
                if (one === null || typeof one !== "object" || Array.isArray(one)) return one;
                if (typeof one.base64 === "string") return Uint8Array.from(atob(one.base64), (c) => c.charCodeAt(0));
                return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, unpack(value)]));
              };
              try {
                const answer = found[name](...packed.map(unpack));
                if (!(answer instanceof Uint8Array)) return { value: answer };
                let text = "";
                for (let at = 0; at < answer.length; at += 8192) text += String.fromCharCode(...answer.subarray(at, at + 8192));
                return { bytes: btoa(text) };
              } catch (error) {
                return { error: error.message };
              }
            }""",
            [module, name, [_packed(one) for one in arguments]],
        )
        if "error" in answer:
            raise ValueError(answer["error"])
        return base64.b64decode(answer["bytes"]) if "bytes" in answer else answer["value"]

    return call


def test_what_the_browser_seals_the_workers_key_opens(run):
    draw = random.Random(7)
    for size in (0, 1, 63, 64, 65, 4096, 1_500_001):
        content = draw.randbytes(size)
        box = run("seal", "seal", content, KEY.public_key.encode())
        assert len(box) == size + 48
        assert SealedBox(KEY).decrypt(box) == content
    again = run("seal", "seal", b"same", KEY.public_key.encode()), run("seal", "seal", b"same", KEY.public_key.encode())
    assert again[0] != again[1]
    with pytest.raises(ValueError, match=r"."):
        run("seal", "seal", b"x", b"\x00" * 31)


def test_digests_and_fingerprints_are_those_of_python(run):
    ids = ["b", "a", "Z", "10", "9", "가", "\ue000", "\U0001f600", "\U00010000", "\uffff", "", "e\u0301", "é", "aa"]
    for held in (ids, ids[::-1], ["one"]):
        assert run("digest", "idsDigest", held) == sealed.ids_digest(held)
    assert run("digest", "fingerprint", KEY.public_key.encode()) == sealing.fingerprint(KEY.public_key.encode())


CASES = {
    "plain": b"id,a,b\n1,2,3\n",
    "windows": b"\xef\xbb\xbfid,a\r\n1,2\r\n\r\n3,4",
    "old mac": b"id,a\r1,2\r",
    "quoted": b'id,a\n"1,2","say ""hi"""\nx"y,z\n,\n',
    "quoted end": b'id,a\n1,"b",\n',
    "open quote": b'id,a\n1,"b\n2,3"\n',
    "after quote": b'id,a\n1,"b"c\n',
    "ragged": b"id,a\n1\n",
    "blank": b"\n\nid,a\n\n1,2\n",
    "korean": "id,이름\n1,가나\n".encode(),
}


@pytest.mark.parametrize("case", CASES)
def test_tables_are_read_as_python_reads_them(run, case):
    try:
        rows = list(tables.rows(tables.decode(CASES[case])))
        wanted = {"names": rows[0][1], "rows": [row for _, row in rows[1:]], "lines": [line for line, _ in rows[1:]]}
        assert len({len(row) for row in [wanted["names"], *wanted["rows"]]}) == 1, "ragged"
    except (TableError, AssertionError):
        with pytest.raises(ValueError, match=r"t\.csv"):
            run("tables", "read", CASES[case], "t.csv")
        return
    found = run("tables", "read", CASES[case], "t.csv")
    assert {name: found[name] for name in wanted} == wanted
    again = run("tables", "written", found["names"], found["rows"]).encode()
    assert [row for _, row in tables.rows(tables.decode(again))] == [wanted["names"], *wanted["rows"]]


def test_a_table_of_old_korean_windows_is_read_and_named_as_such(run):
    content = "번호,이름\n1,가나다\n".encode("cp949")
    found = run("tables", "read", content, "t.csv")
    assert (found["names"], found["converted"]) == (["번호", "이름"], True)
    for content, word in (
        (b"PK\x03\x04....", "workbook"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-8"),
        (b"a;b\n1;2\n", "commas"),
        (b"a,b\n\xff\xff\xff\xff,2\n", "UTF-8"),
        (b"\x1f\x8bnot gzip at all, only the mark", "unpack"),
        (b"a,b\n", "rows"),
        (b"", "rows"),
    ):
        with pytest.raises(ValueError, match=word):
            run("tables", "read", content, "t.csv")


LEAKS = {
    "labels under another name": ("notes.md", "patient_id,days,died,split\nP1,5,1,public\n", True),
    "semicolons": ("a.csv", "patient_id;days;died\nP2;5;1\n", True),
    "capitals and quotes": ("a.csv", '"Patient_ID","Days","Died"\n"P1","5","1"\n', True),
    "inside the training file": ("train.csv", "patient_id,age,days,died\nT1,60,5,1\nP2,61,6,0\n", True),
    "another name for the id": ("a.csv", "who,days,died\nP1,5,1\nP2,6,0\n", True),
    "a training file": ("train.csv", "patient_id,age,days,died\nT1,60,5,1\n", False),
    "an age that is an id": ("train.csv", "patient_id,age,days,died\nT1,7,5,1\nT2,7,6,0\n", False),
    "predictions": ("a.csv", "patient_id,p_3y\nP1,0.5\nP2,0.4\n", False),
    "a text about columns": ("a.md", "The columns are days, died and split.\nP1, that is a patient.\n", False),
}


@pytest.mark.parametrize("case", LEAKS)
def test_labels_are_recognised_by_what_a_file_holds_as_the_server_does(run, tmp_path, case):
    name, text, leaks = LEAKS[case]
    labels = {"id": "patient_id", "time": "days", "event": "died", "split": "split"}
    found = run("guard", "find", {name: text.encode()}, labels, ["P1", "P2", "7"])
    assert found == (name if leaks else None)
    (tmp_path / "test.csv").write_text("patient_id,age\nP1,60\nP2,61\n7,62\n", encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert plaintext.find(tmp_path, DEFINITION) == (name if leaks else None)


def test_a_bundle_packed_in_the_browser_is_one_that_the_server_unpacks(run, tmp_path):
    files = {"challenge.toml": GOOD, "rules.ko.md": "규칙\n" * 1000}
    packed = run("archive", "packed", {name: text.encode() for name, text in files.items()})
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "b.zip").write_bytes(packed)
    with (tmp_path / "b.zip").open("rb") as source:
        assert bundle.unpack(source, out).slug == "small"
    assert (out / "rules.ko.md").read_text(encoding="utf-8") == files["rules.ko.md"]


def test_the_same_seed_divides_shuffles_and_names_as_the_shell_does(run):
    draw = random.Random(3)
    for size, shares in ((7, (50, 25, 25)), (200, (60, 40, 0)), (1003, (34, 33, 33)), (60, (0, 50, 50))):
        strata = [(draw.choice("01"), draw.choice(["가", "b", "\U0001f600", ""])) for _ in range(size)]
        seed = f"{draw.getrandbits(128):032x}"
        assert run("split", "divided", seed, strata, shares) == dividing.divide(strata, shares, seed)
        assert run("split", "shuffled", seed, size) == dividing.shuffled(range(size), seed)
        assert run("split", "opaqueIds", seed, size) == dividing.ids(size, seed)
    seeds = {run("split", "newSeed") for _ in range(5)}
    assert len(seeds) == 5
    assert all(len(seed) == 32 for seed in seeds)


def test_the_sample_gives_everybody_the_training_patients_own_risk(run):
    draw = random.Random(5)
    outcomes = [(draw.randint(1, 60), draw.choice([0, 0, 1, 2])) for _ in range(400)]
    columns = [
        {"name": "risk", "is": "risk", "horizon": None},
        *({"name": f"p_{day}", "is": "event_probability", "horizon": day} for day in (10, 30, 59, 400)),
    ]
    written = [[str(time), str(event)] for time, event in outcomes]
    found = run("making", "sample", columns, "id", ["a", "b"], written)
    times, events = zip(*outcomes, strict=True)
    wanted = [f"{crude.incidence(times, events, day):.6f}" for day in (10, 30, 59, 400)]
    assert found["names"] == ["id", "risk", "p_10", "p_30", "p_59", "p_400"]
    assert found["rows"] == [[one, "0.000000", *wanted] for one in ("a", "b")]
    binary = run("making", "sample", [{"name": "p", "is": "probability"}], "id", ["a"], [["1"], ["0"], ["0"], ["0"]])
    assert binary["rows"] == [["a", "0.250000"]]


def test_the_validation_part_is_the_one_that_the_shell_would_choose(run):
    draw = random.Random(7)
    ids = [f"P{draw.randrange(10**6):06d}" for _ in range(300)] + ["가", "\U0001f600"]
    rows = [[one, "1", str(number % 3)] for number, one in enumerate(ids)]
    assert run("making", "validationPart", {"names": ["id", "x", "e"], "rows": rows}) == validation.chosen(sorted(ids))
    few = [[one, "1", "0"] for one in ids]
    assert run("making", "validationPart", {"names": ["id", "x", "e"], "rows": few}) == []
    assert run("making", "validationPart", {"names": ["id", "x", "e"], "rows": rows[:200]}) == []


TABLE = {
    "name": "t.csv",
    "names": ["id", "age", "months", "state"],
    "rows": [[f"a{n}", str(40 + n), str(n / 2), "dead" if n % 3 == 0 else "alive"] for n in range(40)],
    "lines": list(range(2, 42)),
}
ASKED = {
    "keep": None,
    "idPlace": 0,
    "roles": {
        "time": {"place": 2, "unit": "months"},
        "event": {"place": 3, "codes": {"dead": "1", "alive": "0"}},
    },
    "marks": True,
    "dropMissing": False,
    "released": [1],
    "strata": [],
    "percent": {"train": 50, "public": 25, "private": 25},
    "seed": "s",
    "columns": ["id", "age", "months", "state"],
    "names": {"id": "patient_id", "outcomes": ["months", "state"], "split": "split"},
}


def test_one_table_becomes_files_in_which_no_test_patient_has_an_outcome(run):
    made = run("making", "fromOne", TABLE, ASKED)
    assert made["train"]["names"] == ["patient_id", "age", "months", "state"]
    assert made["test"]["names"] == ["patient_id", "age"]
    assert made["labels"]["names"] == ["patient_id", "months", "state", "split"]
    sizes = [len(made[name]["rows"]) for name in ("train", "test", "labels")]
    assert sizes == [20, 20, 20]
    assert [row[0] for row in made["test"]["rows"]] == [row[0] for row in made["labels"]["rows"]]
    key = {row[0]: (row[1], row[2]) for row in made["key"]["rows"]}
    by_id = {row[0]: row for row in TABLE["rows"]}
    for id_, months, state, split in made["labels"]["rows"]:
        part, source = key[id_]
        assert part == split
        assert float(months) == pytest.approx(float(by_id[source][2]) * outcome_columns.DAYS["months"], abs=0.006)
        assert state == str(int(by_id[source][3] == "dead"))
    assert {row[0] for row in made["train"]["rows"]}.isdisjoint(row[0] for row in made["labels"]["rows"])


@pytest.mark.parametrize("unit", outcome_columns.DAYS)
def test_the_form_and_the_shell_make_the_same_days_of_a_time(run, opened, unit):
    times = ["0", "1", "12", "18.5", "36", "60.25", "0.37", "127"]
    wanted = {"time": {"place": 0, "unit": unit}}
    made = run("outcomes", "read", [[one] for one in times], wanted, [])
    assert [cells[0] for cells in made["values"]] == outcome_columns.days(times, "t", unit)
    said = opened.locator(f"[name=unit] option[value={unit}]").inner_text()
    if unit in ("months", "years"):
        assert f"({outcome_columns.DAYS[unit]} days)" in said


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (["a0", "50", "3", "dead"], "same id"),
        (["", "50", "3", "dead"], "no id"),
        (["x", "50", "-3", "dead"], "line 42"),
        (["x", "50", "3e999", "dead"], "line 42"),
        (["x", "50", "0x10", "dead"], "line 42"),
        (["x", "50", "3", "gone"], "state"),
        (["x", "50", "3", "constructor"], "state"),
        (["x", "50", "NA", "dead"], "no outcome"),
        (["x", "50", "3", ""], "no outcome"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_by_its_line_and_never_guessed_at(run, row, word):
    table = {**TABLE, "rows": [*TABLE["rows"], row], "lines": [*TABLE["lines"], 42]}
    with pytest.raises(ValueError, match=word):
        run("making", "fromOne", table, ASKED)
    if word == "no outcome":
        made = run("making", "fromOne", table, {**ASKED, "dropMissing": True})
        assert len(made["key"]["rows"]) == 40


THREE = {
    "train": {
        "name": "train.csv",
        "names": ["id", "x", "y"],
        "rows": [["1", "2", "0"], ["2", "3", "1"]],
        "lines": [2, 3],
    },
    "test": {
        "name": "test.csv",
        "names": ["id", "x"],
        "rows": [[str(n), "1"] for n in range(3, 13)],
        "lines": list(range(2, 12)),
    },
    "labels": {
        "name": "labels.csv",
        "names": ["id", "y"],
        "rows": [[str(n), str(n % 2)] for n in range(12, 2, -1)],
        "lines": list(range(2, 12)),
    },
}
ASKED_THREE = {
    "names": {"id": "id", "outcomes": ["y"], "split": "split"},
    "roles": {"outcome": {"place": 1, "codes": {"0": "0", "1": "1"}}},
    "trainRoles": {"outcome": {"place": 2, "codes": {"0": "0", "1": "1"}}},
    "marks": True,
    "splitPlace": -1,
    "percentPublic": 40,
    "seed": "s",
}


def test_three_files_are_checked_against_each_other(run):
    made = run("three", "fromThree", THREE, ASKED_THREE)
    assert made["labels"]["names"] == ["id", "y", "split"]
    assert sorted(row[2] for row in made["labels"]["rows"]) == ["private"] * 6 + ["public"] * 4
    for change, word in (
        ({"test": {**THREE["test"], "rows": THREE["test"]["rows"][1:]}}, "same ids"),
        ({"train": {**THREE["train"], "rows": [["3", "2", "0"], ["2", "3", "1"]]}}, "both"),
        ({"test": {**THREE["test"], "names": ["id", "y"]}}, "Remove it"),
        ({"labels": {**THREE["labels"], "rows": [[*row[:1], "2"] for row in THREE["labels"]["rows"]]}}, "line 2"),
    ):
        with pytest.raises(ValueError, match=word):
            run("three", "fromThree", {**THREE, **change}, ASKED_THREE)
    named = {
        **THREE,
        "labels": {
            **THREE["labels"],
            "names": ["id", "y", "s"],
            "rows": [[*row, "Public"] for row in THREE["labels"]["rows"]],
        },
    }
    assert {row[2] for row in run("three", "fromThree", named, {**ASKED_THREE, "splitPlace": 2})["labels"]["rows"]} == {
        "public"
    }


def test_columns_are_guessed_and_renamed_plainly(run):
    assert run("columns", "named", ["", "Age (years)", "age_years_", "나이", "-x", "AGE_years_"]) == [
        "column_1", "Age_years_", "age_years__2", "나이", "x", "AGE_years__3",
    ]  # fmt: skip
    rows = [[str(n // 2), str(n % 2 + 1), "NA" if n == 3 else str(n)] for n in range(8)]
    assert run("columns", "telling", rows, 0, ["id", "etype", "n"], True)["place"] == 1
    facts = run("columns", "facts", rows, 2, True)
    assert (facts["missing"], facts["low"], facts["high"], facts["whole"]) == (1, 0, 7, True)
    assert run("columns", "facts", rows, 2, False)["numbers"] is False
