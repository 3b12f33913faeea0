"""Mutates every comparison and every weight of the kernels, one at a time, and sees whether a test turns red.

    python tests/scorers/mutants.py [--all] [NAME …]

Works on a copy of the package in a temporary folder. By default the inner loops (`compiled`) and what weighs them (`timeline`, `sample`)
are mutated; `--all` adds every estimator. Prints the survivors; those that are argued below are marked. Exit 1 if there is another.
"""

import argparse
import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
KERNELS = ("compiled", "compiled_lanes", "timeline", "sample")
ESTIMATORS = (
    "survival",
    "accuracy",
    "competing",
    "calibration",
    "classification",
    "effects",
    "cox",
    "resampled_errors",
    "resampled_curves",
    "resampled_ranks",
    "ranking",
    "significance",
)
# In stages, the quickest to turn red first.
STAGES = (
    "test_kernels.py",
    "test_fixtures.py test_oracles.py",
    "test_common.py test_bad_input.py test_reporting.py",
    "test_uncertainty.py",
)
COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.Pow: ast.Mult}
HANGS = 300

# module:line's text: why no test can tell it from the original.
ARGUED = {
    "weight[first] > 0.0": "a weight of zero adds zero, or leaves sums that are multiplied by zero",
    "weight[j] > 0.0": "as above: adding a weight of zero changes nothing",
    "anchor[j] > 0.0": "the sums of a row without weight are multiplied by that weight, zero",
    "anchor[first] > 0.0": "adding a weight of zero changes nothing",
    "other[last] > 0.0": "adding a weight of zero changes nothing",
    "other[j] > 0.0": "the sums of a row without weight are multiplied by that weight, zero",
    "weight > 0.0": "adding a weight of zero changes nothing",
    "known and weight > 0.0": "adding a weight of zero changes nothing",
    "known and weight < 0.0": "adding a weight of zero changes nothing",
    "deaths > 0": "a factor of 1 - 0 / risk, or the risk set of a group, which is never empty",
    "values + 0.0": "zeros of either sign stand side by side, and mending compares the numbers themselves",
    "second.size > 0": "one bit more is lost, and put right afterwards",
    "other < value": "equal numbers come in order of `second` already: it is a part of their keys",
    "second[key[j]] <= second[row]": "rows that are equal in both may stand in any order",
    "left < 0": "only how long mending may take before another sort does it",
    "left -= 1": "only how long mending may take",
    "16 * key.size": "only how long mending may take",
    "rest > 0": "zero is divided nowhere else: the curve is zero from there on, and so is what depends on it",
    "kept <= 0.0": "a survival curve is never negative",
    "last == i + 1": "the general way gives the same for a group of one",
    "shared[level] > 1": "a slot for a rank of its own holds zeros when it is asked",
}


class Mutant(ast.NodeTransformer):
    """Changes the operator with one number and leaves the rest."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.seen = -1
        self.found: tuple[int, str, str] | None = None

    def _hit(self) -> bool:
        self.seen += 1
        return self.seen == self.wanted

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        for place, operator in enumerate(node.ops):
            if type(operator) in COMPARISONS and self._hit():
                before = ast.unparse(node)
                node.ops[place] = COMPARISONS[type(operator)]()
                self.found = (node.lineno, before, ast.unparse(node))
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if type(node.op) in ARITHMETIC and self._hit():
            before = ast.unparse(node)
            node.op = ARITHMETIC[type(node.op)]()
            self.found = (node.lineno, before, ast.unparse(node))
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if type(node.op) in ARITHMETIC and self._hit():
            before = ast.unparse(node)
            node.op = ARITHMETIC[type(node.op)]()
            self.found = (node.lineno, before, ast.unparse(node))
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if type(node.value) is float and node.value in (0.5, 1.0, 2.0) and self._hit():
            self.found = (node.lineno, repr(node.value), repr(node.value * 1.5))
            return ast.Constant(node.value * 1.5)
        return node


def without_annotations(tree: ast.Module) -> ast.Module:
    """Leave out annotations: the `|` and defaults in them compute nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for argument in (*node.args.args, *node.args.kwonlyargs):
                argument.annotation = None
    return tree


def mutants(path: Path) -> Iterator[tuple[tuple[int, str, str], str]]:
    """Yield (line, before, after) and the mutated source."""
    tree = without_annotations(ast.parse(path.read_text(encoding="utf-8")))
    number = 0
    while True:
        mutant = Mutant(number)
        mutated = mutant.visit(copy.deepcopy(tree))
        if mutant.found is None:
            return
        yield mutant.found, ast.unparse(ast.fix_missing_locations(mutated))
        number += 1


def red(folder: Path, *, kernels: bool) -> bool:
    """Run the tests in a copy; a hang is red too.

    Mutated kernels are interpreted, since compiling each would take longer than all tests together; tests of the compiler itself are
    left out then, and so are resamples, which would take minutes.
    """
    environment = {**os.environ, "PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "1" if kernels else "0"}
    for stage in STAGES[:2] if kernels else STAGES[1:]:
        files = [f"tests/scorers/{name}" for name in stage.split()]
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "-k",
            "not numba and not warm",
            *files,
        ]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=HANGS, check=False, env=environment)
        except subprocess.TimeoutExpired:
            return True
        if done.returncode:
            return True
    return False


def copied(folder: Path) -> None:
    shutil.copytree(ROOT / "scorers", folder / "scorers")
    shutil.copytree(
        ROOT / "tests" / "scorers", folder / "tests" / "scorers", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", folder)


def tried(name: str, folder: Path, part: tuple[int, int]) -> tuple[int, list[str]]:
    """Return how many mutants of a module there were, and the survivors that nobody has argued for."""
    target = folder / "scorers" / f"{name}.py"
    original = target.read_text(encoding="utf-8")
    count, unargued = 0, []
    for number, ((line, before, after), source) in enumerate(mutants(ROOT / "scorers" / f"{name}.py")):
        if number % part[1] != part[0]:
            continue
        count += 1
        target.write_text(source, encoding="utf-8")
        if red(folder, kernels=name.startswith("compiled")):
            continue
        reason = next((why for text, why in ARGUED.items() if text in before), "")
        print(
            f"survivor {name}:{line}  {before}  →  {after}  {f'({reason})' if reason else '(not argued)'}", flush=True
        )
        if not reason:
            unargued.append(f"{name}:{line}")
    target.write_text(original, encoding="utf-8")
    return count, unargued


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--part", default="0/1", help="which share of the mutants, such as 0/4")
    chosen = parser.parse_args()
    names = chosen.names or (KERNELS + ESTIMATORS if chosen.all else KERNELS)
    part = tuple(int(number) for number in chosen.part.split("/"))
    total, unargued = 0, []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        copied(folder)
        if red(folder, kernels=True) or red(folder, kernels=False):
            print("the tests are red before any mutation")
            return 1
        for name in names:
            count, left = tried(name, folder, part)
            total, unargued = total + count, unargued + left
            print(f"{name}: {count} mutants, {len(left)} survivors not argued for", flush=True)
    print(f"{total} mutants, {len(unargued)} survivors not argued for")
    return 1 if unargued else 0


if __name__ == "__main__":
    sys.exit(main())
