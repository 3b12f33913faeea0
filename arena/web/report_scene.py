"""Everything that a report shows to one reader, put together once for the page, its live part and its downloads."""

from dataclasses import dataclass
from typing import Any

from arena import datasets, listing, viewing
from arena.viewing import SubmissionView
from arena.web import answers, report_curves, report_differences, report_figures, reports, verdicts
from arena.web.account_pages import require_user
from arena.web.figures import Figure, Group, grouped
from arena.web.rendering import t
from arena.web.scenes import Scene, scene
from arena.web.site import now, reading, site
from arena.web.verdicts import Verdict

WAITING = ("received", "scoring")
# Headings that the page gives words of their own; the others follow as they come.
SPOKEN = ("shown", "history", "answer", "better", "scores")


@dataclass(frozen=True, slots=True)
class Told:
    """One submission as its team may see it, in words and figures."""

    here: Scene
    view: SubmissionView
    verdict: Verdict
    waiting: bool
    answer: answers.Answer | None
    better: report_differences.Better | None
    groups: tuple[Group, ...]

    @property
    def spoken(self) -> dict[str, Group]:
        return {group.ident: group for group in self.groups if group.ident in SPOKEN}

    @property
    def figures(self) -> dict[str, Figure]:
        """Every figure by the name under which it can be downloaded."""
        return {figure.name: figure for group in self.groups for figure in group.every}

    def context(self) -> dict[str, Any]:
        """Return what the template names."""
        return {
            "view": self.view,
            "waiting": self.waiting,
            "verdict": self.verdict,
            "answer": self.answer,
            "better": self.better,
            "spoken": self.spoken,
            "groups": [group for group in self.groups if group.ident not in SPOKEN],
            "scores": reports.scores(self.here.hosted, self.view),
            "rescored": rescored(self.view),
            "reason": reports.reason,
            "unit": reports.unit,
            "decided": report_figures.decided(self.view),
        }


def gather(public_id: str) -> Told:
    """Return one of the reader's own submissions; another team's is no submission at all."""
    user = require_user()
    with reading() as session:
        hosted, view = viewing.one(session, user, public_id, now())
        here = scene(session, hosted.slug)
        others = viewing.of_team(session, hosted, here.team, here.at) if here.team else []
        board = listing.board_now(session, hosted, here.team, here.at) if view.scores else None
    others = [other for other in others if not other.late]
    waiting = view.status in WAITING
    answer = answers.answer(hosted, view)
    better = report_differences.better(hosted, view)
    found: list[tuple[str, str, Figure | None]] = []
    if not view.scores and not waiting:
        found.append(("shown", t("보이는 점수", "The shown score"), report_figures.shown(hosted, others)))
        found.append(("history", t("우리 기록", "Your record"), report_figures.history(hosted, others, here.at)))
    found.append(("answer", answer.question if answer else "", answer.figure() if answer else None))
    found.append(("better", "", better.figure if better else None))
    found.append(("scores", "", report_figures.scores(hosted, view, board) if board else None))
    groups = [Group(ident, title, (figure,)) for ident, title, figure in found if figure is not None]
    groups += report_curves.groups(hosted, view)
    subgroups = _subgroups(here, view)
    if subgroups is not None:
        groups.append(Group("subgroups", t("하위 집단", "Subgroups"), (subgroups,)))
    return Told(here, view, verdicts.verdict(hosted, view), waiting, answer, better, tuple(grouped(groups)))


def _subgroups(here: Scene, view: SubmissionView) -> Figure | None:
    codes = {
        variable.column: dict(variable.codes)
        for block in (datasets.describe(site().blobs, here.hosted) if view.report else ())
        for variable in block.variables
    }
    found = reports.subgroups(here.hosted, view, codes)
    return report_figures.subgroups(here.hosted, view, found) if found else None


def rescored(view: SubmissionView) -> bool:
    """Whether the scores that are shown come from other labels, or another scorer, than the receipt names."""
    if view.labels_version is None:
        return False
    labels = view.receipt.get("labels") or {}
    return (view.labels_version, view.scorer_version) != (labels.get("version"), view.receipt.get("scorer"))
