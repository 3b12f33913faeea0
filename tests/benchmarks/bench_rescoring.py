"""New labels under 1,000 submissions: the rate against single submissions' on the same worker, the leaderboard meanwhile."""

import statistics
import time
from pathlib import Path

import numpy as np
from sqlmodel import func, select

from arena import hosting, leaderboards, publishing, replacing, rescoring
from arena.store.engine import reading, transaction
from arena.store.models import Evaluation, LedgerEntry, User
from challenges.text import Text
from tests.benchmarks.bench_jobs import timed
from tests.worker import site as sites
from tests.worker import small
from tests.worker.site import Site, now, wait_until
from worker import folders, relabelling

SUBMISSIONS = 1_000
TEAMS = 20
ROWS = 5_600
SINGLE = 15
NOTE = Text("사망일을 고쳤습니다.", "Dates of death corrected.")


def scored(site: Site, labels_version: int) -> int:
    with reading(site.engine) as session:
        wanted = select(func.count()).select_from(Evaluation).where(Evaluation.state == "scored")
        return session.exec(wanted.where(Evaluation.labels_version == labels_version)).one()


def replaced(site: Site, folder: Path, rows: small.Cohort) -> list[int]:
    """Publish the challenge again with the fate of every patient turned round; return the evaluations to ring for."""
    order = np.argsort(rows.probability())
    days, died = np.empty(ROWS, dtype=int), np.empty(ROWS, dtype=int)
    days[order], died[order] = rows.days[order[::-1]], rows.died[order[::-1]]
    small.write(folder, gate="none", rows=ROWS, days=days, died=died)
    path = folder / "challenge.toml"
    path.write_text(path.read_text().replace('version = "1.0.0"', 'version = "1.0.1"'))
    made = folder.with_name("made")
    folders.make(folder, made, settings=site.worker)
    compared = relabelling.compare(site.worker, "small-challenge", made)
    collected = publishing.collect(site.blobs, made)
    with transaction(site.engine) as session:
        done = replacing.replace_with(
            session,
            site.hosted(),
            collected,
            note=NOTE,
            keep_labels=compared["same_labels"],
            same_splits=compared["same_splits"],
            user_id=None,
            at=now(),
            sign=site.signer.sign,
        )
    return list(done.rings)


def test_a_thousand_submissions_under_new_labels(home: Path, tmp_path: Path):
    site = sites.make(home)
    rows = small.write(tmp_path / "folder", gate="none", rows=ROWS)
    rings = site.publish(tmp_path / "folder", tmp_path / "out")
    users: list[User] = [site.team(site.hosted(), f"team{number}") for number in range(TEAMS)]

    def submit(number: int) -> int:
        content = small.predictions(rows.ids, rows.probability(0.5, noise=0.3, seed=number))
        return site.submit(users[number % TEAMS], site.hosted(), content)[1] or 0

    def opened() -> int:
        with reading(site.engine) as session:
            return session.exec(
                select(func.count()).select_from(LedgerEntry).where(LedgerEntry.kind == "labels_opened")
            ).one()

    def page() -> float:
        began = time.perf_counter()
        with reading(site.engine) as session:
            found = leaderboards.board(
                session, hosting.find(session, "small-challenge"), split="public", viewer_team_id=None, at=now()
            )
        assert len(found.rows) == TEAMS + 1
        return time.perf_counter() - began

    workers = sites.supervise(site, WORKER_PROCESSES="1")
    with sites.running(sites.valkey(site), workers, sites.sweeper(site)):
        wait_until(lambda: scored(site, 1) == len(rings), 60, workers.log.read_text)
        single = []
        for number in range(SINGLE):
            found = submit(number)
            single.append(
                timed(
                    lambda found=found: site.queue.score(found),  # type: ignore[misc]
                    lambda number=number: scored(site, 1) == len(rings) + number + 1,  # type: ignore[misc]
                )
            )
        for number in range(SINGLE, SUBMISSIONS):
            site.queue.score(submit(number))
        whole = SUBMISSIONS + len(rings)
        wait_until(lambda: scored(site, 1) == whole, 600, workers.log.read_text)
        idle = [page() for _ in range(20)]
        ringing = replaced(site, tmp_path / "next", rows)
        before = opened()
        began = time.perf_counter()
        for evaluation_id in ringing:
            site.queue.score(evaluation_id)
        busy = []
        while scored(site, 2) < whole:
            assert time.perf_counter() - began < 600, workers.log.read_text()[-3000:]
            busy.append(page())
            time.sleep(0.2)
        took = time.perf_counter() - began
        with transaction(site.engine) as session:
            rescoring.finish(session, site.hosted(), now())  # unless the sweeper was first
        assert opened() - before <= 2
        assert scored(site, 2) == whole
    one = statistics.median(single)
    print(
        f"\n{SUBMISSIONS:,} submissions of {ROWS:,} rows under new labels: {took:.1f} s, {1000 * took / whole:.0f} ms each"
    )
    print(f"a single one {1000 * one:.0f} ms, ratio {took / whole / one:.2f}; labels opened {opened() - before} times")
    print(
        f"the leaderboard meanwhile: median {1000 * statistics.median(busy):.0f} ms, longest {1000 * max(busy):.0f} ms, "
        f"{len(busy)} readings; idle {1000 * statistics.median(idle):.0f} ms"
    )
    site.engine.dispose()
