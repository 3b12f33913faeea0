"""Another version of a hosted challenge: what may change when, what it takes, and that nothing of before is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from arena import publishing, replacing, versions
from arena.errors import Conflict, Invalid
from arena.replacing import Replaced
from arena.store import ledger, models
from arena.store import rescoring as rescoring_store
from arena.store import submissions as store
from arena.store.engine import reading, transaction
from challenges.text import Text
from tests.arena.conftest import OPENS, Site, predictions


@pytest.fixture
def engine(sqlite_engine):
    """One kind of database: what both must do alike is in test_rescoring."""
    return sqlite_engine


NOTE = Text("날짜를 고쳤습니다.", "Dates corrected.")


def revise(site: Site, *changes: tuple[str, str, str], **facts: Any) -> publishing.Collected:
    """Change the folder, (file, from, to) each, and collect it as a worker has verified it."""
    folder = site.folder / "small"
    for name, old, new in changes:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    collected = publishing.collect(site.blobs, folder)
    return replace(collected, facts=collected.facts | facts)


def install(site: Site, collected: publishing.Collected, **given: Any) -> Replaced:
    wanted = {"note": NOTE, "keep_labels": True, "same_splits": True, "user_id": None} | given
    with transaction(site.engine) as session:
        return replacing.replace_with(session, site.hosted(), collected, at=site.now, sign=site.signer.sign, **wanted)


@pytest.fixture
def opened(site: Site) -> Site:
    for ring in site.publish():
        assert site.decide(ring, "shown")
    return site


def refusal(act: Callable[[], object], error: type[Conflict | Invalid] = Invalid) -> Conflict | Invalid:
    with pytest.raises(error) as found:
        act()
    return found.value


def test_texts_change_at_once_and_every_version_stays(opened: Site):
    before = opened.hosted()
    done = install(
        opened,
        revise(opened, ("challenge.toml", "A small challenge", "A challenge"), ("overview.en.md", "Text", "Words")),
        note=Text("", ""),
    )
    after = opened.hosted()
    assert (done.new_labels, done.rings, done.version.number) == (False, (), 2)
    assert after.definition.title.en == "A challenge"
    assert after.row.definition_sha256 == after.definition.digest() != before.row.definition_sha256
    assert after.files["overview.en.md"].sha256 != before.files["overview.en.md"].sha256
    assert after.labels == before.labels
    assert after.row.rescoring_started_at is None
    with reading(opened.engine) as session:
        first, second = versions.every(session, after)
        assert versions.one(session, after, 1) == first
    assert first.definition["title"]["en"] == "A small challenge"
    assert first.definition_sha256 == before.row.definition_sha256
    assert {".".join(map(str, one.path)) for one in second.changes} == {"title.en", "files.overview.en.md"}
    assert (first.labels_version, second.labels_version, first.changes) == (1, 1, ())


def test_a_new_version_needs_its_number_and_a_note_in_both_languages(opened: Site):
    collected = revise(opened, ("challenge.toml", "per_day = 3", "per_day = 4"))
    assert refusal(lambda: install(opened, collected)).code == "same_version"
    collected = revise(opened, ("challenge.toml", 'version = "1"\nlicense', 'version = "2"\nlicense'))
    assert refusal(lambda: install(opened, collected, note=Text("고침", " "))).code == "invalid_field"
    assert opened.hosted().row.version == "1"
    done = install(opened, collected, note=Text("고침\n둘째 줄", "Mended"))
    assert (done.version.note_ko, done.version.note_en) == ("고침 둘째 줄", "Mended")
    assert opened.hosted().definition.limits.per_day == 4
    back = revise(
        opened, ("challenge.toml", 'version = "2"', 'version = "1"'), ("challenge.toml", "per_day = 4", "per_day = 3")
    )
    assert refusal(lambda: install(opened, back)).code == "version_used"


@pytest.mark.parametrize(
    "change",
    [
        ("challenge.toml", "horizon = 1095\nprimary", "horizon = 1095.0\ntie_break = false\nprimary"),  # the same
        ("challenge.toml", 'name = "p_3y"', 'name = "p3"'),
        ("challenge.toml", 'gate = "significant"', 'gate = "none"'),
        ("challenge.toml", 'name = "null"\nfile', 'name = "other"\nfile'),
        ("challenge.toml", 'event = "died"', 'event = "dead"'),
    ],
)
def test_what_would_be_another_contest_is_refused_once_opened(opened: Site, change: tuple[str, str, str]):
    if "tie_break = false" in change[2]:
        assert refusal(lambda: install(opened, revise(opened, change)), Conflict).code == "nothing_changed"
        return
    folder = opened.folder / "small"
    if "p3" in change[2]:
        for name in ("baseline_null.csv", "baseline_simple.csv"):
            path = folder / name
            path.write_text(path.read_text().replace("p_3y", "p3"))
    before = opened.hosted()
    refused = refusal(
        lambda: install(opened, revise(opened, change, ("challenge.toml", '"1"\nlicense', '"2"\nlicense')))
    )
    assert refused.code == "locked"
    assert {problem.code for problem in refused.problems} == {"locked"}
    assert refused.problems[0].column
    assert opened.hosted() == before


def test_the_same_changes_are_a_new_version_before_the_opening(opened: Site):
    opened.now = OPENS - timedelta(days=1)
    collected = revise(
        opened,
        (
            "challenge.toml",
            "horizon = 1095\nprimary",
            'horizon = 1095\nprimary = true\n[[metrics]]\nname = "harrell_c"\ntie_break',
        ),
        ("challenge.toml", 'version = "1"\nlicense', 'version = "2"\nlicense'),
        ("labels.sealed", "sealed", "sealed again"),
    )
    assert refusal(lambda: install(opened, collected)).code == "labels_needed"
    done = install(opened, collected, keep_labels=False)
    assert done.new_labels
    assert [one.name for one in opened.hosted().definition.metrics] == ["ipa", "harrell_c"]


@pytest.mark.parametrize("fact", [{"ids_sha256": "f" * 64}, {"rows_public": 31}, {"same_splits": False}])
def test_test_rows_and_their_splits_stay_once_opened(opened: Site, fact: dict[str, Any]):
    given = {"same_splits": fact.pop("same_splits", True)}
    collected = revise(opened, ("challenge.toml", 'version = "1"\nlicense', 'version = "2"\nlicense'), **fact)
    refused = refusal(lambda: install(opened, collected, keep_labels=False, **given))
    assert refused.code == "locked"
    opened.now = OPENS - timedelta(days=1)
    assert install(opened, collected, keep_labels=False, **given).new_labels


def test_new_labels_start_a_rescoring_and_leave_the_submissions_alone(opened: Site):
    person, team = opened.team("A")
    recorded = opened.submit(person, 1)
    opened.decide(recorded.evaluation_id, "accepted", gain=0.02)
    with reading(opened.engine) as session:
        before = session.get(models.Submission, recorded.submission.id).model_dump()
    collected = revise(
        opened,
        ("challenge.toml", 'version = "1"\nlicense', 'version = "2"\nlicense'),
        ("labels.sealed", "sealed", "mended"),
    )
    done = install(opened, collected, keep_labels=False)
    hosted = opened.hosted()
    assert (hosted.labels.version, hosted.labels.ciphertext_sha256) == (2, collected.sealed.sha256)
    assert len(done.rings) == 3  # the file and two baselines
    assert hosted.row.rescoring_started_at == opened.now
    with reading(opened.engine) as session:
        assert session.get(models.Submission, recorded.submission.id).model_dump() == before
        assert store.count(session, team.id, refunded=False) == 1
        assert [one.data["labels_sha256"] for one in _entries(session, "challenge_version")] == [
            collected.sealed.sha256
        ]
        assert len(_entries(session, "rescoring_started")) == 1
    received = opened.submit(person, 2).submission.receipt
    assert received["challenge"]["version"] == "2"
    assert received["labels"] == {"version": 2, "ciphertext_sha256": collected.sealed.sha256}


def _entries(session, kind: str) -> list[models.LedgerEntry]:
    return [one for one in ledger.of_challenge(session, 1) if one.kind == kind]


def test_what_is_printed_beside_decisions_is_frozen_with_the_opening(opened: Site):
    collected = revise(opened, ("challenge.toml", '"1"\nlicense', '"2"\nlicense'), row=0.1, se=0.2, baseline_value=0.9)
    before = opened.hosted().facts
    install(opened, collected)
    assert opened.hosted().facts == before
    opened.now = OPENS - timedelta(days=1)
    install(opened, revise(opened, ("challenge.toml", '"2"\nlicense', '"3"\nlicense'), row=0.1))
    assert opened.hosted().facts["row"] == 0.1


def test_a_baseline_may_come_and_be_replaced(opened: Site):
    folder = opened.folder / "small"
    (folder / "baseline_null.csv").write_bytes(predictions(opened.ids, 9))
    (folder / "baseline_new.csv").write_bytes(predictions(opened.ids, 10))
    collected = revise(
        opened,
        (
            "challenge.toml",
            "[agreement]",
            '[[baselines]]\nname = "new"\nfile = "baseline_new.csv"\ntitle.ko = "새"\ntitle.en = "New"\n[agreement]',
        ),
        ("challenge.toml", '"1"\nlicense', '"2"\nlicense'),
    )
    done = install(opened, collected)
    assert len(done.rings) == 2
    for ring in done.rings:
        assert opened.decide(ring, "shown")
    hosted = opened.hosted()
    with reading(opened.engine) as session:
        standing = rescoring_store.submissions(session, hosted.id)
        assert len(standing) == 3
        assert not rescoring_store.is_stale(session, hosted.id, rescoring_store.Under(1, "1"))
    (folder / "baseline_simple.csv").write_bytes(predictions(opened.ids, 11))
    collected = revise(opened, ("challenge.toml", '"2"\nlicense', '"3"\nlicense'))
    assert refusal(lambda: install(opened, collected)).code == "locked", "every gain is counted from the reference"


def test_the_close_moves_back_only_and_not_after_it(opened: Site):
    hosted = opened.hosted()
    path = opened.folder / "small" / "challenge.toml"
    original = path.read_text(encoding="utf-8")

    def closing(days: float, version: str) -> publishing.Collected:
        moment = (hosted.row.closes_at + timedelta(days=days)).isoformat()
        text = original.replace("team_freeze_days = 0", f"team_freeze_days = 0\ncloses = {moment}")
        path.write_text(text.replace('version = "1"\nlicense', f'version = "{version}"\nlicense'), encoding="utf-8")
        return publishing.collect(opened.blobs, path.parent)

    assert refusal(lambda: install(opened, closing(-1, "2"))).code == "locked"
    install(opened, closing(2, "2"))
    assert opened.hosted().row.closes_at == hosted.row.closes_at + timedelta(days=2)
    opened.now = hosted.row.closes_at + timedelta(days=3)
    assert refusal(lambda: install(opened, closing(9, "3"))).code == "locked"
    # Closed by hand before its time, a challenge still takes a better text: its folder says what it always said.
    with transaction(opened.engine) as session:
        row = session.get(models.Challenge, hosted.id)
        row.closes_at = hosted.row.closes_at
        session.add(row)
    collected = closing(2, "2")
    (path.parent / "overview.en.md").write_text("Better.\n")
    install(opened, publishing.collect(opened.blobs, path.parent), note=Text("", ""))
    assert collected.definition.version == "2"
    assert opened.hosted().row.closes_at == hosted.row.closes_at


def test_words_of_the_agreement_need_its_version(opened: Site):
    refused = refusal(lambda: install(opened, revise(opened, ("agreement.en.md", "Text", "Other words"))))
    assert [problem.column for problem in refused.problems] == ["agreement.version"]


def test_nothing_changes_while_the_results_are_revealed(opened: Site):
    with transaction(opened.engine) as session:
        row = session.get(models.Challenge, opened.hosted().id)
        row.reveal_started_at = opened.now
        session.add(row)
    collected = revise(opened, ("overview.en.md", "Text", "Words"))
    assert refusal(lambda: install(opened, collected), Conflict).code == "reveal_under_way"
