"""The report of a submission in numbers: what its page draws, when its page may draw it."""

from typing import Any

from apiflask import APIBlueprint

from arena import viewing, wire_reports
from arena.api.parts import caller, now, reading, signed_in
from arena.errors import Conflict, Forbidden, NotFound
from challenges.text import Text

blueprint = APIBlueprint("reports", __name__, tag="Reports")


@blueprint.get("/submissions/<submission:submission_id>/report")
@signed_in
@blueprint.output(wire_reports.SubmissionReport)
@blueprint.doc(
    security="BearerAuth",
    responses={403: "Its scores are not shown, or not yet: not_revealed.", 409: "It has not been scored yet."},
)
def one(submission_id: str) -> wire_reports.SubmissionReport:
    """Show the report of a submission of the own team: subgroups and curves, as soon as its scores are shown."""
    with reading() as session:
        hosted, view = viewing.one(session, caller(), submission_id, now())
    if view.status in ("received", "scoring"):
        raise Conflict("not_scored", Text("아직 채점하지 않은 제출입니다.", "This submission has not been scored yet."))
    if not view.scores:
        raise Forbidden(
            "not_revealed",
            Text(
                "점수가 보이는 제출에만 보고서가 있습니다. 공개 뒤에는 팀의 최종 제출이 그렇습니다.",
                "Only a submission whose scores are shown has a report; after the reveal that is the team's final.",
            ),
        )
    if view.report is None:
        raise NotFound(Text("이 제출에는 보고서가 없습니다.", "This submission has no report."))
    return _described(view.public_id, hosted.slug, view.report)


def _described(public_id: str, slug: str, content: dict[str, Any]) -> wire_reports.SubmissionReport:
    return wire_reports.SubmissionReport(
        id=public_id,
        challenge=slug,
        split=content["split"],
        rows=content["rows"],
        events=content["events"],
        subgroups=[
            wire_reports.Subgroups(column=group["column"], values=[_value(one) for one in group["values"]])
            for group in content["subgroups"]
        ],
        survival=[wire_reports.RiskGroup.model_validate(group) for group in content.get("survival") or []],
        incidence=[wire_reports.RiskGroup.model_validate(group) for group in content.get("incidence") or []],
        calibration=_calibration(content.get("calibration") or {}),
    )


def _value(given: dict[str, Any]) -> wire_reports.SubgroupValue:
    return wire_reports.SubgroupValue(
        subgroup=given["value"],
        masked=given["masked"],
        rows=given.get("rows"),
        events=given.get("events"),
        value=given.get("score"),
        se=given.get("se"),
        ci=given.get("ci"),
        reason=given.get("reason"),
    )


def _calibration(found: dict[str, Any]) -> list[wire_reports.Calibration]:
    """Return the curves by horizon; a binary outcome has one, without."""
    if "bins" in found:
        return [wire_reports.Calibration(horizon=None, bins=found["bins"])]
    return [
        wire_reports.Calibration(horizon=float(horizon), bins=found[horizon]["bins"])
        for horizon in sorted(found, key=float)
    ]
