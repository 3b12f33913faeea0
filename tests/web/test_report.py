"""The report of a submission by the real worker's code: its figures, their numbers as files, who may have them, in both languages."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from sqlmodel import select

from arena import publishing
from arena.store.engine import reading, transaction
from arena.store.models import Evaluation, Report, Submission, Team
from arena.web import create_app
from arena.web.charts import standalone
from scorers.evaluation import Columns, Spec, paired_difference, reports
from scorers.inputs import SurvivalTruth
from tests.web import kinds
from tests.web.conftest import DeadQueue, Visitor
from tests.worker import site as sites
from tests.worker import small
from worker import jobs

H = 1095.0
SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class Told:
    """One site, signed-in readers of its pages, and the reports on them by what they are."""

    site: sites.Site
    slug: str
    visitor: dict[str, Visitor]
    pages: dict[str, str] = field(default_factory=dict)
    rows: small.Cohort | None = None
    folder: Path | None = None

    def get(self, page: str, language: str = "en", tail: str = ""):
        return self.visitor[language].get(f"/submissions/{self.pages[page]}{tail}")

    def figures(self, page: str, language: str = "en") -> list[str]:
        return list(dict.fromkeys(re.findall(r'/figures/([a-z0-9.-]+)\.svg"', self.get(page, language).text)))

    def csv(self, page: str, figure: str) -> list[dict[str, str]]:
        answer = self.get(page, tail=f"/figures/{figure}.csv")
        assert answer.status_code == 200, figure
        return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def _open(site: sites.Site, slug: str, names: tuple[str, ...] = ("mina", "jun")) -> Told:
    app = create_app(
        site.settings, engine=site.engine, blobs=site.blobs, queue=DeadQueue(), sign=site.signer.sign, clock=sites.now
    )
    readers = {}
    for reader, language, name in (("en", "en", names[0]), ("ko", "ko", names[0]), ("jun", "en", names[1])):
        visitor = Visitor(app.test_client(), language)
        token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/signin").text)[1]
        sent = {"csrf_token": token, "email": f"{name}@example.org", "password": sites.PASSWORD}
        assert visitor.client.post("/signin", data=sent).status_code == 303
        visitor.client.set_cookie("arena_language", language)
        readers[reader] = visitor
    readers["nobody"] = Visitor(app.test_client(), "en")
    return Told(site, slug, readers)


@pytest.fixture(scope="module")
def instances(tmp_path_factory) -> Iterator[object]:
    """Instances whose jobs are called in this process, one after another."""
    before = jobs._station, jobs._vault
    made = []

    def make() -> tuple[sites.Site, Path]:
        folder = tmp_path_factory.mktemp("report")
        site = sites.make(folder / "home")
        jobs.open_station(site.worker)
        made.append(site)
        return site, folder

    yield make
    for site in made:
        site.engine.dispose()
    jobs._station, jobs._vault = before


def _small(instances, gate: str, shares: tuple[float, ...], rows: int = 600) -> Told:
    site, folder = instances()
    cohort = small.write(folder / "folder", rows=rows, gate=gate)
    for ring in site.publish(folder / "folder", folder / "out"):
        jobs.score(ring)
    hosted = site.hosted()
    users = {name: site.team(hosted, name) for name in ("mina", "jun")}
    told = _open(site, hosted.slug)
    told.rows, told.folder = cohort, folder / "folder"
    for number, share in enumerate(shares):
        content = small.predictions(cohort.ids, cohort.probability(share, noise=0.2, seed=number))
        public_id, evaluation_id = site.submit(users["mina"], hosted, content)
        jobs.score(evaluation_id)
        told.pages[f"file {number}"] = public_id
    return told


@pytest.fixture(scope="module")
def practice(instances) -> Told:
    return _small(instances, "none", (0.3, 1.0))


@pytest.fixture(scope="module")
def gated(instances) -> Told:
    return _small(instances, "significant", (-0.5, 1.0))


@pytest.fixture(scope="module")
def revealed(instances) -> Told:
    told = _small(instances, "significant", (-0.5, 1.0))
    with transaction(told.site.engine) as session:
        publishing.close(session, told.site.hosted(), sites.now())
    with transaction(told.site.engine) as session:
        rings = publishing.start_reveal(session, told.site.hosted(), sites.now())
    for ring in rings:
        jobs.score(ring)
    with transaction(told.site.engine) as session:
        assert publishing.finish_reveal(session, told.site.hosted(), sites.now())
    return told


@pytest.fixture(scope="module", params=["binary", "competing", "effect"])
def other(request, instances) -> Told:
    site, folder = instances()
    kind = request.param
    kinds.write_folder(kind, folder / "folder")
    published = kinds.publish(site, folder / "folder", folder / "out")
    hosted = published.hosted
    users = {name: site.team(hosted, name) for name in ("mina", "jun")}
    told = _open(site, hosted.slug)
    test = pd.read_csv(folder / "folder" / "test.csv")
    content = kinds.predictions(kind, test, 1.0).to_csv(index=False).encode()
    told.pages[kind], ring = site.submit(users["mina"], hosted, content)
    jobs.score(ring)
    if kind != "effect":
        published.reveal()
    return told


def truth_of(told: Told, split: str) -> tuple[SurvivalTruth, np.ndarray]:
    labels = pd.read_csv(told.folder / "labels.csv").set_index("patient_id").loc[list(told.rows.ids)]
    return SurvivalTruth(labels["days"], labels["died"]), (labels["split"] == split).to_numpy()


def columns_of(told: Told, number: int, share: float) -> Columns:
    p = np.round(told.rows.probability(share, noise=0.2, seed=number), 6)
    return Columns(risk=p, event_probability={H: p})


def numbers(rows: list[dict[str, str]], *names: str) -> np.ndarray:
    return np.array([[float(row[name]) for name in names] for row in rows])


@pytest.mark.parametrize(
    ("world", "page", "split"), [("practice", "file 1", "public"), ("revealed", "file 1", "private")]
)
def test_the_files_hold_the_scorers_numbers(request, world, page, split):
    told = request.getfixturevalue(world)
    truth, rows = truth_of(told, split)
    found = reports(truth, columns_of(told, 1, 1.0), horizons=(H,), rows=rows)
    survival = told.csv(page, "survival")
    for place, group in enumerate(found["survival"], 1):
        mine = [row for row in survival if row["group"] == str(place)]
        steps = numbers([row for row in mine if row["series"] == "observed"], "time", "value", "low", "high")
        assert steps == pytest.approx(np.array(group["steps"]), abs=1e-12)
        assert (steps[:, 0] % 30 == 0).all()
        ends = numbers([row for row in mine if row["series"] == "observed_at_horizon"], "time", "value", "low", "high")
        assert ends == pytest.approx(np.array(group["observed"]), abs=1e-12)
        risk = [(float(row["time"]), row["value"]) for row in mine if row["series"] == "at_risk"]
        assert risk == [(at, "" if left is None else str(left)) for at, left in group["at_risk"]]
    curve = found["calibration"]["1095"]
    calibration = told.csv(page, "calibration-1095")
    bins = numbers(
        [row for row in calibration if row["series"] == "group"], "predicted", "observed", "low", "high", "rows"
    )
    assert bins[:, :4] == pytest.approx(np.array(curve["bins"]), abs=1e-12)
    assert bins[:, 4].tolist() == curve["rows"]
    smooth = numbers([row for row in calibration if row["series"] == "smooth"], "predicted", "observed")
    assert smooth == pytest.approx(np.array(curve["smooth"]), abs=1e-12)
    decision = numbers(told.csv(page, "decision-1095"), "threshold", "net_benefit", "net_benefit_treat_all")
    assert decision == pytest.approx(np.array(found["decision"]["1095"]), abs=1e-12)
    roc = numbers(told.csv(page, "roc-1095"), "false_positive_rate", "sensitivity")
    assert roc == pytest.approx(np.array(found["roc"]["1095"]), abs=1e-12)
    spans = numbers(told.csv(page, "predictions-1095"), "from", "to", "rows")
    assert spans[:, 2].tolist() == found["predictions"]["1095"]["rows"]
    assert spans[:, 2].sum() == rows.sum()


def test_is_it_better_than_my_last(practice):
    truth, rows = truth_of(practice, "public")
    files = [columns_of(practice, 1, 1.0), columns_of(practice, 0, 0.3)]
    expected = paired_difference(truth, *files, Spec("ipa", horizon=H), rows=rows)
    row = next(one for one in practice.csv("file 1", "differences") if one["series"] == "previous")
    assert (row["name"], row["metric"]) == ("submission 1", "ipa@1095")
    assert numbers([row], "value", "se")[0] == pytest.approx((expected.value, expected.se), abs=1e-12)
    text = practice.get("file 1").text
    assert "Is it better than my last?" in text
    assert "On the same patients this file differs from submission 1 by +" in text
    assert "This is your team’s first file" in practice.get("file 0").text


def test_a_gated_final_says_nothing_of_another_submission(revealed, gated):
    page = revealed.get("file 1")
    assert "your other submissions keep their shown state" in page.text
    assert "The decision before the reveal:" in page.text
    assert revealed.get("file 1", tail="/figures/differences.csv").status_code == 404
    for site in (revealed.site, gated.site):
        with reading(site.engine) as session:
            assert all("previous" not in one.content for one in session.exec(select(Report)))
    # The other submission keeps its shown state: a decision and what was shown, and no figure of the hidden rows.
    assert revealed.figures("file 0") == ["shown", "history"]


BEFORE = {"shown", "history"}
AFTER = {"scores", "survival", "calibration-1095", "predictions-1095", "decision-1095", "roc-1095", "subgroups"}


@pytest.mark.parametrize(
    ("world", "page", "expected"),
    [
        ("gated", "file 0", BEFORE),
        ("gated", "file 1", BEFORE),
        ("revealed", "file 1", AFTER),
        ("practice", "file 1", AFTER | {"differences"}),
    ],
)
def test_what_is_drawn_and_nothing_else_is_to_be_had(request, world, page, expected):
    told = request.getfixturevalue(world)
    assert set(told.figures(page)) == expected
    for name in BEFORE | AFTER | {"differences", "answer", "incidence", "estimates", "roc", "..", "a/b", "%00"}:
        for kind in ("svg", "csv"):
            status = told.get(page, tail=f"/figures/{name}.{kind}").status_code
            assert status == (200 if name in expected else 404), (name, kind)


@pytest.mark.parametrize("world", ["gated", "revealed", "practice"])
def test_figures_are_the_teams_alone(request, world):
    told = request.getfixturevalue(world)
    for page, public_id in told.pages.items():
        for name in told.figures(page):
            for kind in ("svg", "csv"):
                address = f"/submissions/{public_id}/figures/{name}.{kind}"
                assert told.visitor["jun"].get(address).status_code == 404
                answer = told.visitor["nobody"].get(address)
                assert answer.status_code == 303
                assert answer.location.startswith("/signin")


def test_every_figure_has_its_words_its_table_and_files_that_stand_alone(request):
    for world, page in (("gated", "file 1"), ("revealed", "file 1"), ("practice", "file 1")):
        _whole(request.getfixturevalue(world), page)


def test_the_other_kinds_are_whole(other):
    (kind,) = other.pages
    expected = {
        "binary": {"scores", "calibration", "predictions", "decision", "roc", "subgroups"},
        "competing": {"scores", "incidence", "calibration-1095", "predictions-1095", "roc-1095", "subgroups"},
        "effect": {"scores", "estimates"},
    }[kind]
    assert expected <= set(other.figures(kind))
    _whole(other, kind)


def _whole(told: Told, page: str) -> None:
    for language in ("en", "ko"):
        text = told.get(page, language).text
        blocks = re.findall(r'(?s)<figure class="fig reported".*?</figure>', text)
        names = told.figures(page, language)
        assert len(blocks) == len(names) > 0
        numbered = [int(re.search(r"<b>(?:그림|Figure) (\d+)\.", block)[1]) for block in blocks]
        assert numbered == list(range(1, len(blocks) + 1))
        for block in blocks:
            finding = re.search(r'<p class="title">(.+?)</p>', block)[1]
            assert finding.endswith("."), finding
            assert re.search(r'role="img" aria-labelledby="[^"]+"><title', block)
            assert "<details" in block
            assert "<th scope" in block
        if language == "en":
            words = re.sub(r"<[^>]+>", " ", " ".join(blocks))
            assert not re.search(r"[가-힣]", words), re.findall(r"[가-힣]+", words)
        idents = re.findall(r' id="([^"]+)"', text)
        assert len(idents) == len(set(idents))
    for name in names:
        _alone(told, page, name)


def _alone(told: Told, page: str, name: str) -> None:
    drawn = {language: told.get(page, language, f"/figures/{name}.svg") for language in ("en", "ko")}
    for language, answer in drawn.items():
        assert answer.mimetype == "image/svg+xml"
        assert answer.data == told.get(page, language, f"/figures/{name}.svg").data, "not the same bytes twice"
        root = ET.fromstring(answer.data)
        assert root.tag == f"{SVG}svg"
        assert root.find(f".//{SVG}title") is not None
        style = root.find(f"{SVG}style").text
        assert not re.search(r"var\(|@|url\(|rem\b|style=", style), "the file leans on the page"
        classes = {one for element in root.iter() for one in (element.get("class") or "").split()}
        unknown = {one for one in classes - {"axis", "name", "wide", "finding"} if f".{one}" not in style}
        assert not unknown, (name, unknown)
    assert drawn["en"].data != drawn["ko"].data
    lines = told.csv(page, name)
    assert lines
    answer = told.get(page, "ko", f"/figures/{name}.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")


def test_an_effects_truth_is_drawn_in_practice(other):
    if "effect" not in other.pages:
        pytest.skip("another kind")
    rows = other.csv("effect", "estimates")
    assert set(rows[0]) == {"effect", "estimate", "lower", "upper", "truth"}
    held = sum(float(row["lower"]) <= float(row["truth"]) <= float(row["upper"]) for row in rows)
    assert f"{held} of {len(rows)} intervals hold the truth." in other.get("effect").text


def test_a_rescored_submission_says_by_what(practice):
    assert "computed again" not in practice.get("file 0").text
    with reading(practice.site.engine) as session:
        scorer = session.exec(select(Evaluation.scorer_version)).first()
    _mark(practice, 7, "9.9")
    try:
        assert "version 7 of the labels by scorer 9.9" in practice.get("file 0").text
        assert "결과 파일 7판과 채점기 9.9" in practice.get("file 0", "ko").text
    finally:
        _mark(practice, 1, scorer)


def _mark(told: Told, labels: int, scorer: str) -> None:
    wanted = select(Evaluation).join(Submission).where(Submission.public_id == told.pages["file 0"])
    with transaction(told.site.engine) as session:
        one = session.exec(wanted).one()
        one.labels_version, one.scorer_version = labels, scorer


def test_a_name_that_is_a_formula_stays_text(practice):
    _rename(practice, "mina", "=1+1<b>")
    try:
        answer = practice.get("file 1", tail="/figures/scores.csv")
        assert not re.search(r"(?m)(^|,)=", answer.text)
        drawn = practice.get("file 1", tail="/figures/scores.svg").data
        assert b"<b>" not in drawn
        ET.fromstring(drawn)
    finally:
        _rename(practice, "=1+1<b>", "mina")


def _rename(told: Told, before: str, after: str) -> None:
    with transaction(told.site.engine) as session:
        session.exec(select(Team).where(Team.name == before)).one().name = after


def test_the_rules_of_a_file_are_the_sheets():
    assert "--" not in standalone.rules()
    assert "svg .line{fill: none; stroke: #14202b" in standalone.rules()
