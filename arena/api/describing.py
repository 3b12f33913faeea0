"""From rows and views to what travels: every object that the API answers with is put together here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import request

from arena import departing, disclosing, hosting, wire, wire_participation, wire_versions
from arena.admission import Standing
from arena.api.parts import language
from arena.hosting import Hosted
from arena.leaderboards import BoardRow
from arena.standings import Standings
from arena.store.blobs import Blobs
from arena.store.models import Agreement, Disclosure, Team, User
from arena.teams import Quota
from arena.versions import Version
from arena.viewing import CompanionView, MarkView, ScoreView, SubmissionView
from challenges.definition import Definition
from scorers.catalogue import METRICS

TEXTS = ("overview", "evaluation", "data", "rules")
# What is printed beside decisions; the rest of a challenge's facts is the site's own business.
FACTS = (
    "row",
    "step",
    "se",
    "baseline_value",
    "null_value",
    "train_rows",
    "rows_test",
    "rows_public",
    "rows_private",
    "ids_sha256",
    "secret_sha256",
)


def link(*steps: str | int, **arguments: object) -> str:
    """Return an address of this API, from the root of the site."""
    path = "/".join(quote(str(step), safe="") for step in steps)
    query = "&".join(f"{name}={value}" for name, value in arguments.items())
    return f"{request.root_path}/{path}" + (f"?{query}" if query else "")


def words(text: Any) -> wire.Words:
    return wire.Words(ko=text.ko, en=text.en)


def _of_summary(hosted: Hosted, at: datetime) -> dict[str, Any]:
    definition = hosted.definition
    return {
        "slug": hosted.slug,
        "title": words(definition.title),
        "summary": words(definition.summary),
        "kind": definition.kind,
        "version": definition.version,
        "status": hosted.status(at),
        "practice": definition.practice,
        "synthetic": definition.synthetic,
        "generator_version": hosted.generator_version,
        "license": definition.license,
        "gate": definition.leaderboard.gate,
        "primary": primary_key(definition),
        "opens_at": hosted.row.opens_at,
        "closes_at": hosted.row.closes_at,
        "paused": hosted.row.pause_reason,
        "stopped": hosted.row.stop_reason,
        "url": link("challenges", hosted.slug),
    }


def primary_key(definition: Definition) -> str | None:
    return definition.primary.key if definition.metrics else None


def summary(hosted: Hosted, at: datetime) -> wire.ChallengeSummary:
    return wire.ChallengeSummary(**_of_summary(hosted, at))


def detail(
    hosted: Hosted, blobs: Blobs, at: datetime, *, accepted: bool, disclosed: Disclosure | None
) -> wire.ChallengeDetail:
    definition = hosted.definition
    return wire.ChallengeDetail(
        **_of_summary(hosted, at),
        admission=definition.admission,
        timezone=definition.calendar.timezone,
        id_column=definition.labels.id if definition.columns else None,
        columns=[
            wire.ColumnAsked(name=column.name, holds=column.is_, horizon=column.horizon)
            for column in definition.columns
        ],
        metrics=_metrics(definition),
        limits=wire.Limits(
            per_day=definition.limits.per_day,
            total=definition.limits.total,
            team_size=definition.limits.team_size,
            max_bytes=definition.limits.max_bytes,
            late=definition.limits.late,
        ),
        baselines=[
            wire.BaselineName(name=one.name, title=words(one.title), reference=one.reference)
            for one in definition.baselines
        ],
        agreement=_agreement(hosted, blobs, accepted=accepted),
        companion=_asked(definition),
        files=[
            wire.FileLink(
                name=file.name,
                role=file.role,
                size=file.size,
                sha256=file.sha256,
                url=link("challenges", hosted.slug, "files", file.name),
            )
            for file in (*hosted.downloads, hosting.definition_file(hosted)[0])
        ],
        texts={name: _text(hosted, blobs, name) for name in TEXTS},
        facts={name: hosted.facts[name] for name in FACTS if name in hosted.facts},
        definition_sha256=hosted.row.definition_sha256,
        labels=_labels(hosted),
        disclosure=_disclosure(hosted, disclosed),
        versions_url=link("challenges", hosted.slug, "versions"),
    )


def _asked(definition: Definition) -> wire.CompanionAsked | None:
    found = definition.companion
    if found is None:
        return None
    return wire.CompanionAsked(
        title=words(found.title), description=words(found.description), question=words(found.question)
    )


def _labels(hosted: Hosted) -> wire.SealedLabels | None:
    labels = hosted.labels
    if labels is None:
        return None
    return wire.SealedLabels(
        version=labels.version,
        ciphertext_sha256=labels.ciphertext_sha256,
        ids_sha256=labels.ids_sha256,
        secret_sha256=labels.secret_sha256,
    )


def _disclosure(hosted: Hosted, disclosed: Disclosure | None) -> wire.Disclosure | None:
    if disclosed is None:
        return None
    return wire.Disclosure(
        secret=disclosed.secret,
        secret_sha256=disclosed.secret_sha256,
        ids_sha256=hosted.labels.ids_sha256 if hosted.labels else "",
        labels_sha256=disclosed.labels_sha256,
        labels_version=disclosed.labels_version,
        disclosed_at=disclosed.at,
        command=disclosing.command(hosted, disclosed),
    )


def version(hosted: Hosted, found: Version) -> wire_versions.Version:
    return wire_versions.Version(**_of_version(hosted, found))


def version_detail(hosted: Hosted, found: Version) -> wire_versions.VersionDetail:
    return wire_versions.VersionDetail(
        **_of_version(hosted, found),
        definition=found.definition,
        files=[wire_versions.VersionFile(**file) for file in found.files],
    )


def _of_version(hosted: Hosted, found: Version) -> dict[str, Any]:
    return {
        "number": found.number,
        "version": found.version,
        "since": found.at,
        "note": words(found.note),
        "changes": [
            wire_versions.Changed(path=".".join(map(str, one.path)), before=one.before, after=one.after)
            for one in found.changes
        ],
        "definition_sha256": found.definition_sha256,
        "labels_version": found.labels_version,
        "url": link("challenges", hosted.slug, "versions", found.number),
    }


def _text(hosted: Hosted, blobs: Blobs, name: str) -> wire.Words:
    return wire.Words(ko=hosting.text(blobs, hosted, name, "ko"), en=hosting.text(blobs, hosted, name, "en"))


def _metrics(definition: Definition) -> list[wire.Metric]:
    return [
        wire.Metric(
            key=entry.key,
            name=entry.name,
            title=wire.Words(ko=METRICS[entry.name].title_ko, en=METRICS[entry.name].title_en),
            better=METRICS[entry.name].better,
            primary=entry.primary,
            tie_break=entry.tie_break,
            decimals=METRICS[entry.name].decimals,
        )
        for entry in definition.metrics
    ]


def _agreement(hosted: Hosted, blobs: Blobs, *, accepted: bool) -> wire.AgreementTerms | None:
    agreement = hosted.definition.agreement
    if agreement is None:
        return None
    return wire.AgreementTerms(
        version=agreement.version,
        before=agreement.before,
        accepted=accepted,
        text=_text(hosted, blobs, agreement.file),
    )


def participation(hosted: Hosted, standing: Standing) -> wire_participation.Participation:
    row = standing.participation
    return wire_participation.Participation(
        challenge=hosted.slug,
        state=standing.state,
        reason=standing.reason or None,
        asked_at=row.asked_at if row else None,
        decided_at=row.decided_at if row else None,
        questions=[
            wire_participation.RegistrationQuestion(
                id=one.id or 0,
                kind="choice" if one.kind == "choice" else "text",
                text=words(one),
                required=one.required,
                options=[wire.Words(ko=option["ko"], en=option["en"]) for option in one.options],
            )
            for one in standing.questions
        ],
    )


def marks(found: Iterable[MarkView]) -> list[wire.Mark]:
    return [wire.Mark(kind=one.kind, reason=one.reason, since=one.since) for one in found]


def team(
    found: Team,
    hosted: Hosted,
    people: list[User],
    missing: list[User],
    accepted: Mapping[int, Sequence[Agreement]],
    quota: Quota,
    marked: Iterable[MarkView],
    frozen_from: datetime | None,
) -> wire.Team:
    without = {person.id for person in missing}
    return wire.Team(
        id=found.id or 0,
        name=found.name,
        challenge=hosted.slug,
        affiliation=found.affiliation,
        frozen_from=frozen_from,
        members=[
            wire.Member(
                name=departing.called(one).pick(language()),
                captain=one.id == found.captain_id,
                agreed=one.id not in without,
                agreements=[
                    wire.AgreementAccepted(version=signed.version, accepted_at=signed.accepted_at)
                    for signed in accepted.get(one.id or 0, ())
                ],
            )
            for one in people
        ],
        quota=wire.Quota(
            used_today=quota.used_today,
            per_day=quota.per_day,
            left_today=quota.left_today,
            used_total=quota.used_total,
            total=quota.total,
            left_total=quota.left_total,
            renews_at=quota.renews_at,
        ),
        marks=marks(marked),
    )


def score(view: ScoreView) -> wire.Score:
    return wire.Score(
        value=view.value,
        se=view.se,
        ci=view.ci,
        reason=view.reason,
        difference=view.difference,
        difference_se=view.difference_se,
    )


def _of_submission(view: SubmissionView) -> dict[str, Any]:
    return {
        "id": view.public_id,
        "number": view.number,
        "challenge": view.slug,
        "team": view.team,
        "status": view.status,
        "decision": view.decision,
        "shown_gain": view.shown_gain,
        "shown_value": view.shown_value,
        "received_at": view.received_at,
        "decided_at": view.decided_at,
        "sha256": view.file_sha256,
        "filename": view.filename,
        "rows": view.rows,
        "size": view.size,
        "note": view.note,
        "method": view.method,
        "final": view.final,
        "final_by_default": view.final_by_default,
        "refunded": view.refunded,
        "failure": view.failure,
        "place_in_line": view.place_in_line,
        "scores": {split: {key: score(one) for key, one in by_key.items()} for split, by_key in view.scores.items()},
        "receipt": view.receipt,
        "marks": marks(view.marks),
        "late": view.late,
        "companion": _companion(view.companion) if view.companion else None,
        "url": link("submissions", view.public_id),
    }


def _companion(view: CompanionView) -> wire.Companion:
    return wire.Companion(
        filename=view.filename,
        sha256=view.file_sha256,
        rows=view.rows,
        size=view.size,
        received_at=view.received_at,
        differences={key: score(one) for key, one in view.differences.items()},
    )


def submission(view: SubmissionView) -> wire.Submission:
    return wire.Submission(**_of_submission(view))


def submitted(view: SubmissionView, *, created: bool, advice: list[str]) -> wire.Submitted:
    return wire.Submitted(**_of_submission(view), created=created, advice=advice)


def row(given: BoardRow) -> wire.BoardRow:
    return wire.BoardRow(
        rank=given.rank,
        would_rank=given.would_rank,
        team=given.team,
        baseline=given.baseline,
        reference=given.reference,
        you=given.you,
        scores={key: score(one) for key, one in given.scores.items()},
        shown_gain=given.shown_gain,
        public_rank=given.public_rank,
        shift=given.shift,
        tie_group=given.tie_group,
    )


def leaderboard(
    hosted: Hosted,
    found: Standings,
    rows: list[BoardRow],
    *,
    limit: int,
    offset: int,
    labels: int | None,
    labels_versions: list[int],
) -> wire.Leaderboard:
    onward = offset + limit
    more = onward < len(found.lines)
    arguments = {"split": found.split, "limit": limit, "offset": onward} | ({"labels": labels} if labels else {})
    return wire.Leaderboard.model_validate(
        {
            "challenge": hosted.slug,
            "split": found.split,
            "state": found.state,
            "revealed": found.revealed,
            "primary": primary_key(hosted.definition),
            "total": len(found.lines),
            "rows": [row(one) for one in rows],
            "next": link("challenges", hosted.slug, "leaderboard", **arguments) if more else None,
            "labels_version": found.labels_version,
            "labels_versions": labels_versions,
        },
    )
