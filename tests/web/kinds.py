"""Small drawings of the shipped challenges of other kinds than survival, published and scored by the real worker's code."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from flask import Flask

from arena import hosting, publishing
from arena.store.engine import reading, transaction
from arena.web import create_app
from challenges.cause_of_death import cohort as competing_cohort
from challenges.colorectal_cohort import releasing
from challenges.fitness_effect import cohort as effect_cohort
from challenges.one_year_mortality import cohort as binary_cohort
from tests.web.conftest import DeadQueue, Visitor
from tests.worker.site import Site, now
from worker import jobs

SECRET = bytes(range(32))
SLUGS = {"binary": "one-year-mortality", "competing": "cause-of-death", "effect": "fitness-effect"}
RECIPES = {"binary": binary_cohort.RECIPE, "competing": competing_cohort.RECIPE}


def risk(patients: pd.DataFrame, knows: float) -> np.ndarray:
    """A rough three-year risk that heeds age and stage as far as it knows."""
    logit = -2.2 + knows * (0.03 * (patients["age"] - 65) + 0.9 * (patients["ajcc"] - 2.3))
    return (1 / (1 + np.exp(-logit))).to_numpy()


def predictions(kind: str, patients: pd.DataFrame, knows: float) -> pd.DataFrame:
    """A prediction file for a challenge's rows; for effects `knows` is how wide the intervals are."""
    if kind == "effect":
        wide = np.full(len(patients), 0.02 + 0.05 * knows)
        found = np.linspace(-0.08, -0.02, len(patients))
        columns = {"estimate": found, "lower": found - wide, "upper": found + wide}
        return pd.DataFrame({"estimand": patients["estimand"], **columns})
    p = risk(patients, knows)
    columns = {"p_1y": 0.5 * p} if kind == "binary" else {"p_1y": 0.4 * p, "p_3y": p, "p_5y": np.minimum(1.3 * p, 1)}
    return pd.DataFrame({"patient_id": patients["patient_id"], **columns})


def write_folder(kind: str, folder: Path) -> None:
    """Write a shipped challenge with few patients and plain baselines, as an organizer would hold it."""
    shipped = Path(competing_cohort.__file__).parents[1] / SLUGS[kind].replace("-", "_")
    folder.mkdir(parents=True)
    for path in [*shipped.glob("*.md"), shipped / "challenge.toml", shipped / "dictionary.csv"]:
        shutil.copy(path, folder)
    if kind == "effect":
        for name in ("test.csv", "labels.csv"):
            shutil.copy(shipped / name, folder)
        patients, ids = releasing.training(effect_cohort.TRAIN_SEED, 300)
        releasing.write(folder / "train.csv", ids, releasing.release(patients))
    else:
        recipe = replace(RECIPES[kind], train=400, public=700, private=500)
        releasing.make(folder, recipe, secret=SECRET)
    train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
    predictions(kind, test, 0.0).to_csv(folder / "sample_submission.csv", index=False)
    for place, path in enumerate(sorted(_baselines(shipped))):
        rows = train if path.endswith("_train.csv") else test
        predictions(kind, rows, 0.3 * (place // 2)).to_csv(folder / path, index=False)


def _baselines(shipped: Path) -> list[str]:
    text = (shipped / "challenge.toml").read_text(encoding="utf-8")
    return [line.split('"')[1] for line in text.splitlines() if '"baseline_' in line]


@dataclass
class Published:
    """A site with its pages, and one published challenge."""

    site: Site
    app: Flask
    queue: DeadQueue
    slug: str

    def visitor(self, language: str, email: str = "") -> Visitor:
        found = Visitor(self.app.test_client(), language)
        return found.sign_in(email) if email else found

    @property
    def hosted(self) -> hosting.Hosted:
        with reading(self.site.engine) as session:
            return hosting.find(session, self.slug)

    def reveal(self) -> None:
        """Close, score the private rows and compare, as the organizer's command and the workers do."""
        with transaction(self.site.engine) as session:
            publishing.close(session, hosting.find(session, self.slug), now())
        with transaction(self.site.engine) as session:
            rings = publishing.start_reveal(session, hosting.find(session, self.slug), now())
        for ring in rings:
            jobs.score(ring)
        jobs.compare(self.hosted.id)
        with transaction(self.site.engine) as session:
            assert publishing.finish_reveal(session, hosting.find(session, self.slug), now())


def publish(site: Site, folder: Path, out: Path) -> Published:
    """Publish a folder, opened now, and score its baselines."""
    from worker import folders

    folders.make(folder, out, settings=site.worker)
    collected = publishing.collect(site.blobs, out)
    with transaction(site.engine) as session:
        _, rings = publishing.publish(
            session, collected, opens_at=now(), closes_at=None, at=now(), sign=site.signer.sign
        )
    for ring in rings:
        jobs.score(ring)
    queue = DeadQueue()
    app = create_app(site.settings, engine=site.engine, blobs=site.blobs, queue=queue, sign=site.signer.sign, clock=now)
    return Published(site, app, queue, collected.definition.slug)
