"""Mutates every comparison and every weight of the kernels, one at a time, and sees whether a test turns red.

    python tests/scorers/mutants.py [--all] [--part 0/4] [MODULE or MODULE.FUNCTION …]

Works on a copy of the package in a temporary folder. By default the inner loops (`compiled`) and what weighs them (`timeline`, `sample`)
are mutated; `--all` adds every estimator. Prints the survivors; those that are argued below are marked. Exit 1 if there is another.

Each mutant is tried in a fork of one process that has loaded the libraries, so it costs what the tests cost until the first is red.
Mutated kernels are interpreted, since compiling each would take longer than all tests together (and an index beyond its array is an
error then). A mutant is killed by a test that fails or hangs, by nothing else.
"""

import argparse
import ast
import copy
import functools
import inspect
import itertools
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numba
import pytest

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
# What tries a mutant, the quickest to turn red first, and after how many seconds of the processor one test is taken to hang: several
# times what the slowest takes. Kernels must be told apart by their own tests, from their twins in numpy.
INTERPRETED = {"test_kernels.py": 3}
COMPILED = {
    "test_timeline.py test_fixtures.py test_oracles.py": 20,
    "test_common.py test_bad_input.py test_reporting.py test_properties.py test_sensitivity.py": 30,
    "test_ranking.py test_significance.py test_peers.py test_uncertainty.py": 60,
}
COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.Pow: ast.Mult}

# module.function: the mutant's text: why no test can tell it from the original.
ZERO = "a weight of zero adds zero"
LAST = "the last cell of the tree is never read: a row asks for the ranks below its own"

ARGUED: dict[str, str] = {
    "compiled.pair_sums: weight[j] >= 0.0": ZERO,
    "compiled.other_cause_sums: other[last] >= 0.0": ZERO,
    "compiled.other_cause_sums: anchor[first] >= 0.0": ZERO,
    "compiled.squared_errors: weight >= 0.0": ZERO,
    "compiled.squared_errors: weight <= 0.0": ZERO,
    "compiled.auc_horizons: weight >= 0.0": ZERO,
    "compiled_lanes.concordance_lanes: shared[level] >= 1": "a rank of one row gets a number too, and the next line takes it away",
    "compiled_lanes.concordance_lanes: slot >= 0": "slot 0 is either never written or never read: the other guard stands",
    "compiled_lanes.concordance_lanes: place < levels": LAST,
    "compiled_lanes.weighted_concordance_lanes: place < levels": LAST,
    "compiled.auc_horizons: i - 1": "the way of groups gives the same for a group of one; its own way is only quicker",
}


class Mutant(ast.NodeTransformer):
    """Changes the operator with one number and leaves the rest."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.seen = -1
        self.inside = ""
        self.found: tuple[int, str, str, str] | None = None

    def _hit(self) -> bool:
        self.seen += 1
        return self.seen == self.wanted

    def _changed(self, node: ast.AST, before: str) -> None:
        self.found = (getattr(node, "lineno", 0), self.inside, before, ast.unparse(node))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer, self.inside = self.inside, node.name
        self.generic_visit(node)
        self.inside = outer
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        for place, operator in enumerate(node.ops):
            if type(operator) in COMPARISONS and self._hit():
                before = ast.unparse(node)
                node.ops[place] = COMPARISONS[type(operator)]()
                self._changed(node, before)
        return node

    def visit_BinOp(self, node: ast.BinOp | ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if type(node.op) in ARITHMETIC and self._hit():
            before = ast.unparse(node)
            node.op = ARITHMETIC[type(node.op)]()
            self._changed(node, before)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        return self.visit_BinOp(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if type(node.value) is float and node.value in (0.5, 1.0, 2.0) and self._hit():
            before = repr(node.value)
            node.value *= 1.5
            self._changed(node, before)
        return node


def without_annotations(tree: ast.Module) -> ast.Module:
    """Leave out annotations: the `|` and defaults in them compute nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for argument in (*node.args.args, *node.args.kwonlyargs):
                argument.annotation = None
    return tree


def mutants(path: Path) -> Iterator[tuple[tuple[int, str, str, str], str]]:
    """Yield (line, function, before, after) and the mutated source."""
    tree = without_annotations(ast.parse(path.read_text(encoding="utf-8")))
    number = 0
    while True:
        mutant = Mutant(number)
        mutated = mutant.visit(copy.deepcopy(tree))
        if mutant.found is None:
            return
        yield mutant.found, ast.unparse(ast.fix_missing_locations(mutated))
        number += 1


class Manners:
    """Runs first what names the mutated function; ends the process, by the signal's own action, when one test hangs."""

    def __init__(self, function: str, patience: int) -> None:
        self.function = function
        self.patience = patience

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        source = functools.cache(inspect.getsource)
        items.sort(key=lambda item: f".{self.function}(" not in source(item.function))

    def pytest_runtest_logstart(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, self.patience)


def forget() -> None:
    """Unload the package and its tests, so that they are read again."""
    for name in [*sys.modules]:
        if name.partition(".")[0] in {"scorers", "tests"}:
            del sys.modules[name]


def tests(stage: str, patience: int, function: str, *, kernels: bool) -> int:
    """Run one stage of tests in a fork of this process; return its wait status, not 0 if a test was red or hung."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    if kernels:
        forget()
        numba.config.DISABLE_JIT = True
    loud = os.environ.get("MUTANTS_LOUD")
    if not loud:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
    options = [
        "-qx",
        "--tb=short" if loud else "--tb=no",
        "--assert=plain",
        "-p",
        "no:cacheprovider",
        "--hypothesis-seed=0",
    ]
    options += ["-k", "not numba and not warm"]
    files = [f"tests/scorers/{name}" for name in stage.split()]
    os._exit(int(pytest.main([*options, *files], plugins=[Manners(function, patience)])))


def stages(name: str) -> list[tuple[str, int]]:
    """Return what tries a module's mutants."""
    if name.startswith("compiled"):
        return [*INTERPRETED.items()]
    return [*COMPILED.items()][: 2 if name.partition(".")[0] in KERNELS else 3]


def red(name: str, function: str = "") -> int:
    """Return the first wait status that is not 0, of the stages that a module is tried by."""
    kernels = name.startswith("compiled")
    return next((s for stage in stages(name) if (s := tests(*stage, function, kernels=kernels))), 0)


def prepared(folder: Path) -> None:
    """Copy the package and its tests, and load from there what every fork needs."""
    shutil.copytree(ROOT / "scorers", folder / "scorers", ignore=shutil.ignore_patterns("*.pyc"))
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tests" / "scorers", folder / "tests" / "scorers", ignore=without)
    shutil.copy(ROOT / "pyproject.toml", folder)
    sys.path[0] = str(folder)
    os.chdir(folder)
    pytest.main(["-qqq", "--collect-only", "-p", "no:cacheprovider", "tests/scorers"])
    forget()
    # A mutant may have the size and the second of the last one, so its bytecode must never be kept.
    sys.dont_write_bytecode = True
    # The rest is read by each fork, when it is mutated.
    from scorers import kernels

    if not Path(kernels.__file__).is_relative_to(folder):
        raise RuntimeError("the package that is tested is not the copy")
    kernels.warm()


def tried(name: str, folder: Path, part: tuple[int, int]) -> tuple[int, list[str]]:
    """Return how many mutants of a module or function there were, and the survivors that nobody has argued for."""
    name, _, only = name.partition(".")
    target = folder / "scorers" / f"{name}.py"
    original = target.read_text(encoding="utf-8")
    total, left = 0, []
    unmet = {text for text in ARGUED if text.startswith(f"{name}.")}
    asked = (found for found in mutants(ROOT / "scorers" / f"{name}.py") if only in ("", found[0][1]))
    shared = itertools.islice(asked, part[0], None, part[1])
    for function, some in itertools.groupby(shared, key=lambda mutant: mutant[0][1]):
        count, failed, hung, began = 0, 0, 0, time.monotonic()
        for (line, _, before, after), source in some:
            count += 1
            target.write_text(source, encoding="utf-8")
            status = red(name, function)
            failed, hung = failed + os.WIFEXITED(status), hung + os.WIFSIGNALED(status)
            if status:
                continue
            failed -= 1
            text = f"{name}.{function}: {after}"
            unmet.discard(text)
            print(f"survivor {line}  {text}  (was {before}): {ARGUED.get(text, 'not argued')}", flush=True)
            if text not in ARGUED:
                left.append(text)
        seconds = time.monotonic() - began
        print(f"{name}.{function}: {count} mutants, {failed} failed, {hung} hung, {seconds:.0f} s", flush=True)
        total += count
    target.write_text(original, encoding="utf-8")
    print(f"{name}: {total} mutants, {len(left)} survivors not argued for", flush=True)
    if part == (0, 1) and not only:
        for text in sorted(unmet):
            print(f"argued for, but killed or not there: {text}", flush=True)
    return total, left


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--part", default="0/1", help="which share of the mutants, such as 0/4")
    chosen = parser.parse_args()
    names = chosen.names or (KERNELS + ESTIMATORS if chosen.all else KERNELS)
    share, of = (int(number) for number in chosen.part.split("/"))
    total, unargued = 0, []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        prepared(folder)
        if any(red(name) for name in {str(stages(name)): name for name in names}.values()):
            print("the tests are red before any mutation")
            return 1
        for name in names:
            count, left = tried(name, folder, (share, of))
            total, unargued = total + count, unargued + left
    print(f"{total} mutants, {len(unargued)} survivors not argued for")
    return 1 if unargued else 0


if __name__ == "__main__":
    sys.exit(main())
