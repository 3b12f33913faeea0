"""Examples for the description, made from the models themselves: a new field has one at once, and none can go stale."""

import inspect
from datetime import UTC, datetime
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
MOMENT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SUBMISSION = "4f0c2a9be1d7735a"
SCORE = {"value": 0.671, "se": 0.019, "ci": [0.634, 0.708]}
ADDRESS = "/api/v1/challenges/colon-adjuvant"
# What a field of this name usually holds, and what it holds in one model; a value that does not fit its field is passed over.
USUAL: dict[str, Any] = {
    "slug": "colon-adjuvant",
    "challenge": "colon-adjuvant",
    "title": {"ko": "대장암 보조 화학요법 시험의 생존", "en": "Survival in the colon cancer adjuvant trial"},
    "version": "1.0.0",
    "license": "LGPL-2.0-or-later",
    "kind": "survival",
    "status": "open",
    "state": "admitted",
    "gate": "none",
    "primary": "harrell_c",
    "timezone": "Asia/Seoul",
    "admission": "open",
    "key": "harrell_c",
    "better": "higher",
    "decimals": 3,
    "team": "Six hundred metres",
    "sha256": DIGEST,
    "definition_sha256": DIGEST,
    "filename": "predictions.csv",
    "rows": 312,
    "size": 18_204,
    "number": 3,
    "note": "Cox model with spline for age",
    "receipt": {"submission": SUBMISSION, "file_sha256": DIGEST},
    "scores": {"public": {"harrell_c": SCORE}},
    "column": "sex",
    "reason": "The training file is being mended.",
    "closes_at": MOMENT.replace(month=12),
    "url": ADDRESS,
    "next": None,
    "total": 1,
    "errors": [],
    "message": "A probability lies outside 0 to 1.",
    "reference": False,
    "facts": {"rows_public": 156},
    "received_at": MOMENT,
    "opens_at": MOMENT.replace(month=10),
    "refunded": False,
    "marks": [],
    "companion": None,
    "split": "public",
    "rank": 1,
    "used_today": 2,
    "per_day": 20,
    "left_today": 18,
    "used_total": 11,
    "left_total": 489,
    "team_size": 5,
    "max_bytes": 5_000_000,
    "labels_version": 1,
    "role": "train",
    "calibration": [{"horizon": 1095, "bins": [[0.21, 0.19, 0.12, 0.28]]}],
    "survival": [{"steps": [[365, 0.97, 0.94, 1.0]], "predicted": [[365, 0.96]], "at_risk": [[365, 48]]}],
    "incidence": [],
    "subgroup": "male",
}
IN_MODEL: dict[str, Any] = {
    "Acceptance.version": "1",
    "Accepted.version": "1",
    "AgreementTerms.version": "1",
    "BoardRow.scores": {"harrell_c": SCORE},
    "BaselineName.name": "full",
    "ChallengeState.state": "published",
    "ColumnAsked.name": "p_3y",
    "ColumnAsked.holds": "event_probability",
    "ColumnAsked.horizon": 1095,
    "DryRun.scores": {},
    "FileLink.name": "train.csv",
    "FileLink.url": f"{ADDRESS}/files/train.csv",
    "FinalChoice.final": True,
    "Invitation.code": "k3vY0mQ2hJwR",
    "Invitation.accept_url": "/api/v1/invitations/k3vY0mQ2hJwR/accept",
    "LabelsKey.key": DIGEST,
    "LabelsKey.fingerprint": "9f86 d081 884c 7d65",
    "Mark.kind": "hidden",
    "Member.name": "Lee",
    "Metric.name": "harrell_c",
    "Metric.title": {"ko": "Harrell의 C", "en": "Harrell’s C"},
    "NewTeam.name": "Six hundred metres",
    "Team.name": "Six hundred metres",
    "ParticipationRequest.answers": {"1": "Seoul"},
    "Submission.id": SUBMISSION,
    "Submission.url": f"/api/v1/submissions/{SUBMISSION}",
    "SubmissionReport.id": SUBMISSION,
    "Submission.status": "scored",
    "Submission.decision": "shown",
    "SubgroupValue.masked": False,
    "SubgroupValue.reason": None,
    "Score.value": 0.671,
    "Score.se": 0.019,
    "Score.ci": (0.634, 0.708),
    "Score.reason": None,
    "Participation.reason": None,
    "Finding.code": "missing_column",
    "Finding.message": "The file has no such column.",
    "VersionFile.name": "train.csv",
    "Changed.path": "metrics.0.tau",
    "VersionChoice.version": "1.1.0",
    "Words.ko": "한국어 글",
    "Words.en": "An English text",
}
# By type, when no name says more.
PLAIN: tuple[Any, ...] = (None, MOMENT, "text", 1, 0.5, True, [], {})


@cache
def example(model: type[BaseModel]) -> dict[str, Any]:
    """Return one body as it could travel."""
    fields = {name: _value(model, name, field.annotation) for name, field in model.model_fields.items()}
    return model.model_validate(fields).model_dump(mode="json")


def _value(model: type[BaseModel], name: str, annotation: Any) -> Any:
    # A model that extends another keeps its examples.
    kept = [IN_MODEL[f"{one.__name__}.{name}"] for one in model.__mro__ if f"{one.__name__}.{name}" in IN_MODEL]
    for value in (*kept, *([USUAL[name]] if name in USUAL else ()), *_within(annotation), *PLAIN):
        if _fits(annotation, value):
            return value
    raise TypeError(f"{model.__name__}.{name} needs an example")


def _within(annotation: Any) -> tuple[Any, ...]:
    """Return what is made of the models and the fixed words inside: one, or a list with one."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return (example(annotation),)
    inner = [value for part in get_args(annotation) if part is not NoneType for value in _within(part)]
    return tuple(one for value in inner for one in (value, [value]))


def _fits(annotation: Any, value: Any) -> bool:
    try:
        TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        return False
    return True
