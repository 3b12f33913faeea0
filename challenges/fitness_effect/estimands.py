"""The questions of the challenge: one effect in everybody, and in groups declared beforehand."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

# The columns of the training file by which groups are made, with their values.
GROUPING = {"sex": (1, 2), "age_band": (1, 2, 3), "ajcc": (1, 2, 3, 4), "cci_band": (0, 1, 2), "dm": (0, 1)}
FAMILIES: dict[str, tuple[str, ...]] = {
    "overall": (),
    "sex": ("sex",),
    "age": ("age_band",),
    "stage": ("ajcc",),
    "comorbidity": ("cci_band",),
    "diabetes": ("dm",),
    "sex_age": ("sex", "age_band"),
    "stage_age": ("ajcc", "age_band"),
}


@dataclass(frozen=True, slots=True)
class Estimand:
    """The effect among the patients who have these values; among everybody where there are none."""

    name: str
    family: str
    group: dict[str, int]


def every() -> Iterator[Estimand]:
    """Yield the estimands in the order of the files."""
    for family, columns in FAMILIES.items():
        for chosen in product(*(GROUPING[column] for column in columns)):
            values = dict(zip(columns, chosen, strict=True))
            name = "_".join(f"{column}_{value}" for column, value in values.items()) or family
            yield Estimand(name, family, values)


def write(path: Path) -> None:
    """Write test.csv: one row an estimand; an empty cell does not restrict."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["estimand", "family", *GROUPING])
        rows.writerows([one.name, one.family, *(one.group.get(column, "") for column in GROUPING)] for one in every())
