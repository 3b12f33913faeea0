"""A second file beside a submission: bounded, replaceable until the close, and silent until the final's reveal."""

import io
import threading

import pytest

from arena import audit, companions, hosting, publishing, submissions, teams, viewing
from arena.errors import Conflict, Invalid, TooLarge
from arena.store import models
from arena.store.engine import reading, transaction
from tests.arena.conftest import CLOSES, Site, predictions


@pytest.fixture
def asked(site: Site) -> Site:
    site.publish(companion=True)
    return site


def prepare(site: Site, seed: int, beside: str = "", slug: str = "small") -> submissions.Prepared:
    stream = io.BytesIO(predictions(site.ids, seed))
    return companions.prepare(site.blobs, site.hosted(slug), stream=stream, filename="second.csv", beside=beside)


def attach(site: Site, person: models.User, recorded: submissions.Recorded, seed: int) -> models.Companion:
    prepared = prepare(site, seed)
    with transaction(site.engine) as session:
        submission = session.get_one(models.Submission, recorded.submission.id)
        return companions.attach(
            session, user=person, hosted=site.hosted(), submission=submission, prepared=prepared, at=site.now
        )


def view(site: Site, person: models.User, recorded: submissions.Recorded) -> viewing.SubmissionView:
    with reading(site.engine) as session:
        return viewing.one(session, person, recorded.submission.public_id, site.now)[1]


def test_the_newest_counts_and_the_ledger_knows_each(asked) -> None:
    person, _ = asked.team("A")
    recorded = asked.submit(person, 10)
    before = recorded.submission.model_dump()
    first, second = attach(asked, person, recorded, 20), attach(asked, person, recorded, 21)
    assert attach(asked, person, recorded, 21).id == second.id != first.id
    found = view(asked, person, recorded).companion
    assert found is not None
    assert (found.file_sha256, found.filename, found.rows, found.differences) == (
        second.file_sha256,
        "second.csv",
        len(asked.ids),
        {},
    )
    with reading(asked.engine) as session:
        assert session.get_one(models.Submission, recorded.submission.id).model_dump() == before
        kinds = [row.kind for row in session.exec(models.LedgerEntry.__table__.select())]
        assert kinds.count("companion_received") == 2
    with transaction(asked.engine) as session:
        audit.chain(session, asked.now)
        assert audit.verify(session) == []


def test_it_costs_no_quota_but_one_submission_keeps_only_a_few(asked) -> None:
    person, team = asked.team("A")
    recorded = asked.submit(person, 10)
    for seed in range(companions.MOST):
        attach(asked, person, recorded, 20 + seed)
    with pytest.raises(Conflict, match="too_many_companions"):
        attach(asked, person, recorded, 40)
    assert attach(asked, person, recorded, 20 + companions.MOST - 1).id is not None
    with reading(asked.engine) as session:
        assert teams.quota(session, asked.hosted(), team, asked.now).used_total == 1


def test_parallel_posts_keep_no_more_than_the_bound(asked) -> None:
    person, _ = asked.team("A")
    recorded = asked.submit(person, 10)
    prepared = [prepare(asked, 100 + seed) for seed in range(12)]
    main, hosted, outcomes = asked.prepare(10), asked.hosted(), []

    def post(one: submissions.Prepared) -> None:
        try:
            with transaction(asked.engine) as session:
                # As the entry points do: the submission is found under its team's lock, then the file is attached.
                again = submissions.record(
                    session,
                    user=person,
                    hosted=hosted,
                    prepared=main,
                    note="",
                    idempotency_key=None,
                    at=asked.now,
                    sign=asked.signer.sign,
                )
                companions.attach(
                    session, user=person, hosted=hosted, submission=again.submission, prepared=one, at=asked.now
                )
            outcomes.append("kept")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=post, args=(one,)) for one in prepared]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept"] * companions.MOST + ["refused"] * (12 - companions.MOST)
    assert recorded.submission.number == 1


def test_from_the_close_on_only_a_repeated_sending_is_answered(asked) -> None:
    person, _ = asked.team("A")
    recorded = asked.submit(person, 10)
    kept = attach(asked, person, recorded, 20)
    asked.now = CLOSES
    assert attach(asked, person, recorded, 20).id == kept.id
    with pytest.raises(Conflict, match="closed"):
        attach(asked, person, recorded, 21)


def test_the_same_predictions_twice_are_refused(asked) -> None:
    person, _ = asked.team("A")
    recorded = asked.submit(person, 10)
    with pytest.raises(Invalid, match="same_predictions"):
        attach(asked, person, recorded, 10)
    with pytest.raises(Invalid, match="same_predictions"):
        prepare(asked, 10, beside=recorded.submission.canonical_sha256)


def test_every_problem_is_told_as_the_second_files(asked) -> None:
    def check(content: bytes) -> None:
        companions.check(asked.blobs, asked.hosted(), stream=io.BytesIO(content), filename="second.csv", beside="")

    with pytest.raises(Invalid) as refused:
        check(b"patient_id,p_3y\nP0000,2\n")
    assert refused.value.code == "bad_companion"
    assert refused.value.total == 2
    assert {(one.line, one.code) for one in refused.value.problems} >= {(2, "out_of_range")}
    with pytest.raises(TooLarge, match="The second file"):
        check(b"x" * 100_001)


def test_a_challenge_that_asks_for_none_takes_none(site) -> None:
    site.publish()
    with pytest.raises(Invalid) as refused:
        prepare(site, 20)
    assert list(refused.value.fields) == ["companion"]


@pytest.mark.parametrize("final", [True, False])
def test_its_difference_is_told_of_the_final_after_the_reveal_alone(asked, final) -> None:
    person, _ = asked.team("A")
    recorded = asked.submit(person, 10)
    kept = attach(asked, person, recorded, 20)
    if not final:
        asked.submit(person, 11)
    for evaluation_id in (1, 2, 3, 4):
        asked.decide(evaluation_id, "not_improved")
    asked.now = CLOSES
    with transaction(asked.engine) as session:
        rings = publishing.start_reveal(session, asked.hosted(), asked.now)
    told = {"ipa@1095": {"value": 0.01, "se": 0.002, "ci": [0.006, 0.014], "reason": None}}
    report = {"companion": {"file_sha256": kept.file_sha256, "differences": told}}
    for ring in rings:
        asked.decide(ring, "", value=0.3, report=report)
        assert view(asked, person, recorded).companion.differences == {}
    with transaction(asked.engine) as session:
        assert publishing.finish_reveal(session, hosting.find(session, "small"), asked.now)
    found = view(asked, person, recorded).companion.differences
    if not final:
        assert found == {}
        return
    assert (found["ipa@1095"].value, found["ipa@1095"].ci) == (0.01, (0.006, 0.014))
    with transaction(asked.engine) as session:
        # Another file than the compared one: its figures are not this one's.
        session.get_one(models.Companion, kept.id).file_sha256 = "f" * 64
    assert view(asked, person, recorded).companion.differences == {}
