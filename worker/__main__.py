"""The workers' shell: `python -m worker VERB …`. JSON on stdout; 0 done, 1 to be mended, 2 usage, 3 a fault of ours."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

DONE, REFUSED, USAGE, FAULT = range(4)

# Before any numerics are loaded: threads of BLAS would fight over the cores with the other workers, and do not survive a fork.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit code."""
    given = _parser().parse_args(arguments)
    # The verbs load numerics, databases or nothing at all: each its own.
    from arena.errors import ArenaError  # noqa: PLC0415

    try:
        found, code = VERBS[given.verb](given)
    except ArenaError as error:
        found, code = {"errors": [_error(error)]}, REFUSED
    if found is not None:
        json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m worker", description="The scoring side of Arena.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("keygen", help="make the labels' keys and the gate's secret where they are missing")
    key = verbs.add_parser("key", help="what belongs to the labels' key")
    key.add_argument("action", choices=("export", "fingerprint"), help="export prints the private key: keep it safe")
    make = verbs.add_parser("make", help="make a challenge's folder complete, as it is published")
    make.add_argument("folder", type=Path)
    make.add_argument("out", type=Path)
    drawn = make.add_mutually_exclusive_group()
    drawn.add_argument("--seal", action="store_true", help="draw from this instance's secret and seal the labels")
    drawn.add_argument("--secret", type=_secret, metavar="HEX", help="draw again from a secret that was disclosed")
    drawn.add_argument(
        "--secret-file", type=Path, help="draw from the secret in this file, which is made if it is missing"
    )
    score = verbs.add_parser("score", help="score a prediction file against a folder's own labels")
    score.add_argument("folder", type=Path)
    score.add_argument("predictions", type=Path)
    score.add_argument("--json", action="store_true", help="the only form there is; accepted for clarity")
    report = verbs.add_parser(
        "report", help="score a prediction file on the validation part of a folder's training file"
    )
    report.add_argument("folder", type=Path)
    report.add_argument("predictions", type=Path)
    report.add_argument(
        "--against", type=Path, help="another prediction file, from which the first one's differences are told"
    )
    check = verbs.add_parser("check", help="check a challenge's folder")
    check.add_argument("folder", type=Path)
    check.add_argument("--report", type=Path, help="write the datasheet there, as .html or .json")
    check.add_argument("--language", choices=("ko", "en"), default="en", help="of the progress and of an HTML report")
    relabel = verbs.add_parser("relabel", help="compare a made folder's sealed labels with those of a hosted challenge")
    relabel.add_argument("slug")
    relabel.add_argument("folder", type=Path)
    disclose = verbs.add_parser("disclose", help="publish the secret of a revealed challenge, for good")
    disclose.add_argument("slug")
    verbs.add_parser("supervise", help="score what the site rings for, until SIGTERM")
    return parser


def _secret(text: str) -> bytes:
    # 64 hexadecimal digits and nothing between them, which `fromhex` would overlook.
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError("a secret is 64 hexadecimal digits")
    return bytes.fromhex(text)


def _keygen(_given: argparse.Namespace) -> tuple[Any, int]:
    from arena import sealing  # noqa: PLC0415
    from worker import keys, settings  # noqa: PLC0415

    public = keys.make(settings.load())
    return {"key": public.hex(), "fingerprint": sealing.fingerprint(public)}, DONE


def _key(given: argparse.Namespace) -> tuple[Any, int]:
    from arena import sealing  # noqa: PLC0415
    from worker import keys, settings  # noqa: PLC0415

    loaded = settings.load()
    private = keys.private_key(loaded.labels_key)
    fingerprint = sealing.fingerprint(private.public_key.encode())
    if given.action == "fingerprint":
        return {"fingerprint": fingerprint}, DONE
    gate = keys.existing(loaded.gate_secret)
    return {"labels_key": private.encode().hex(), "gate_secret": gate.hex(), "fingerprint": fingerprint}, DONE


def _make(given: argparse.Namespace) -> tuple[Any, int]:
    from worker import folders, keys, settings  # noqa: PLC0415

    return _with_mistakes(
        lambda: (
            folders.make(
                given.folder,
                given.out,
                settings=settings.load() if given.seal else None,
                secret=keys.secret(given.secret_file) if given.secret_file else given.secret,
            ),
            DONE,
        )
    )


def _score(given: argparse.Namespace) -> tuple[Any, int]:
    from worker import folder_scores  # noqa: PLC0415

    return _with_mistakes(lambda: folder_scores.score(given.folder, given.predictions))


def _report(given: argparse.Namespace) -> tuple[Any, int]:
    from worker import folder_reports  # noqa: PLC0415

    return _with_mistakes(lambda: folder_reports.report(given.folder, given.predictions, given.against))


def _check(given: argparse.Namespace) -> tuple[Any, int]:
    from worker import checking  # noqa: PLC0415

    def told(words: Any) -> None:
        sys.stderr.write(f"  {words.pick(given.language)} …\n")
        sys.stderr.flush()

    return _with_mistakes(
        lambda: checking.check(given.folder, report_to=given.report, language=given.language, progress=told)
    )


def _relabel(given: argparse.Namespace) -> tuple[Any, int]:
    from worker import relabelling, settings  # noqa: PLC0415

    return _with_mistakes(lambda: (relabelling.compare(settings.load(), given.slug, given.folder), DONE))


def _disclose(given: argparse.Namespace) -> tuple[Any, int]:
    from worker import disclosing, settings  # noqa: PLC0415

    return disclosing.disclose(settings.load(), given.slug), DONE


def _supervise(_given: argparse.Namespace) -> tuple[Any, int]:
    from worker import settings, supervisor  # noqa: PLC0415

    supervisor.supervise(settings.load())
    return None, DONE


def _with_mistakes(act: Callable[[], tuple[Any, int]]) -> tuple[Any, int]:
    from challenges.definition import DefinitionError  # noqa: PLC0415
    from challenges.labels import LabelsError  # noqa: PLC0415
    from challenges.predictions import PredictionProblems  # noqa: PLC0415
    from challenges.tables import TableError  # noqa: PLC0415

    try:
        return act()
    except DefinitionError as error:
        return {"mistakes": [mistake_dict(one) for one in error.mistakes]}, REFUSED
    except PredictionProblems as found:
        return {"problems": found.as_dicts(), "total": found.total}, REFUSED
    except (LabelsError, TableError) as error:
        column = getattr(error, "column", None)
        return {
            "mistakes": [
                {"code": error.code, "line": error.line, "column": column, "message": error.message._asdict()}
            ],
        }, REFUSED


def mistake_dict(one: Any) -> dict[str, Any]:
    """Return a definition's mistake as JSON."""
    return {
        "file": one.file,
        "line": one.line,
        "column": one.where,
        "found": one.found,
        "message": one.message._asdict(),
    }


def _error(error: Any) -> dict[str, Any]:
    return {"code": error.code, "message": error.message._asdict()}


VERBS: dict[str, Callable[[argparse.Namespace], tuple[Any, int]]] = {
    "keygen": _keygen,
    "key": _key,
    "make": _make,
    "score": _score,
    "report": _report,
    "check": _check,
    "relabel": _relabel,
    "disclose": _disclose,
    "supervise": _supervise,
}

if __name__ == "__main__":
    sys.exit(main())
