"""Folders of every kind with a validation part, and the truth of practice as a reader of the two files alone computes it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from challenges import definition, validation
from scorers.evaluation import Columns, Spec, evaluate, paired_difference
from scorers.inputs import BinaryTruth, SurvivalTruth
from tests.web import kinds
from tests.worker import small

KINDS = ("survival", "competing", "binary")


@dataclass(frozen=True)
class Case:
    """A folder, its definition, the training patients of its validation part, and two prediction files of them."""

    folder: Path
    definition: definition.Definition
    patients: pd.DataFrame
    first: bytes
    second: bytes

    def columns(self, content: pd.DataFrame) -> Columns:
        timed = {one.horizon: content[one.name].to_numpy() for one in self.definition.columns if one.horizon}
        if self.definition.kind == "binary":
            return Columns(probability=content[self.definition.columns[0].name].to_numpy())
        return Columns(risk=timed[1095.0], event_probability=timed)

    @property
    def truth(self):
        named = self.definition.labels
        if self.definition.kind == "binary":
            return BinaryTruth(self.patients[named.outcome].to_numpy().astype(np.int8))
        time, event = self.patients[named.time].to_numpy(), self.patients[named.event].to_numpy()
        return SurvivalTruth(time.astype(np.float64), event.astype(np.int8))

    @property
    def specs(self) -> list[Spec]:
        return [
            Spec(one.name, horizon=one.horizon, tau=one.tau, grid=one.grid, threshold=one.threshold, level=one.level)
            for one in self.definition.metrics
        ]

    def expected(self) -> tuple[dict, dict]:
        """Every metric by `scorers.evaluation`, and every paired difference that is defined."""
        first, second = (self.columns(one) for one in self.tables)
        scores = evaluate(self.truth, first, self.specs)
        keys = [one.key for one in self.definition.metrics]
        apart = {
            key: paired_difference(self.truth, first, second, spec) for key, spec in zip(keys, self.specs, strict=True)
        }
        return scores, apart

    @property
    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        from io import BytesIO

        found = [pd.read_csv(BytesIO(one), dtype={self.definition.labels.id: str}) for one in (self.first, self.second)]
        order = self.patients[self.definition.labels.id]
        return tuple(one.set_index(self.definition.labels.id).loc[order] for one in found)


def write(kind: str, folder: Path, *, gate: str = "significant") -> Case:
    """Write a folder of a kind, with its validation part, and two prediction files of different worth."""
    if kind == "survival":
        small.write(folder, gate=gate)
        path = folder / "challenge.toml"
        named = 'train = "train.csv"\n'
        path.write_text(path.read_text("utf-8").replace(named, named + 'validation = "validation.csv"\n'), "utf-8")
        validation.write(folder, "patient_id")
    else:
        kinds.write_folder(kind, folder)
    loaded = definition.load(folder)
    train = pd.read_csv(folder / "train.csv")
    ids = validation.read(folder / "validation.csv", "patient_id")
    patients = train.set_index("patient_id").loc[ids].reset_index()
    return Case(folder, loaded, patients, predictions(kind, patients, 1.0), predictions(kind, patients, 0.2))


def predictions(kind: str, patients: pd.DataFrame, knows: float) -> bytes:
    """A prediction file of these rows that heeds the covariates as far as it knows, in an order of its own."""
    if kind == "survival":
        risk = 1 / (1 + np.exp(1.5 - knows * patients["x"]))
        found = pd.DataFrame({"patient_id": patients["patient_id"], "p_3y": risk})
    else:
        found = kinds.predictions(kind, patients, knows)
    return found.iloc[::-1].to_csv(index=False).encode()
