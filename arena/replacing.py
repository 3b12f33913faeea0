"""Replacing what a hosted challenge is by its next version: texts at any time, labels and rules as far as is fair."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from arena import audit, hosting, names, publishing, rescoring, submissions, versions
from arena.errors import Conflict, Invalid
from arena.hosting import Hosted
from arena.publishing import Collected
from arena.store import challenges as store
from arena.store import rescoring as rescoring_store
from arena.store import submissions as submission_store
from arena.store import teams as team_store
from arena.store import versions as version_store
from arena.store.models import ChallengeFile, ChallengeVersion, Labels
from arena.submissions import Sign
from challenges import changes
from challenges.changes import FREE, LOCKED, NOTED, Change, State
from challenges.definition import Definition
from challenges.problems import Problem
from challenges.text import Text

LONGEST_NOTE = 2000
# What is printed beside decisions: frozen with the opening, since decisions have been told in its terms.
FROZEN = ("row", "step", "se", "baseline_value", "null_value", "baselines", "null")


@dataclass(frozen=True, slots=True)
class Replaced:
    """What came of it: the version that was written down, and the evaluations to ring for."""

    version: ChallengeVersion
    changes: tuple[Change, ...]
    new_labels: bool
    rings: tuple[int, ...]


def examine(
    session: Session, hosted: Hosted, collected: Collected, at: datetime, *, same_splits: bool = True
) -> list[Change]:
    """Return everything that another version would change, each with the rule that it falls under now."""
    state = _state(session, hosted, at)
    old, new = _as_it_is(hosted), _dated(hosted, collected.definition)
    before = versions.files_of(hosted.files)
    after = {name: (role, blob.sha256) for name, (role, blob) in collected.files.items()}
    found = [*changes.compare(old, new, state), *changes.compare_files(before, after, new, state)]
    silent = changes.silent_agreement(old, new, before, after)
    return [*found, *([silent] if silent else []), *_rows(hosted, collected, state, same_splits=same_splits)]


def replace_with(
    session: Session,
    hosted: Hosted,
    collected: Collected,
    *,
    note: Text,
    keep_labels: bool,
    same_splits: bool,
    user_id: int | None,
    at: datetime,
    sign: Sign,
) -> Replaced:
    """Make a verified folder the challenge's next version, in one transaction; every version of before stays readable.

    What only a worker sees has been seen by one: with `keep_labels` the labels stay those that there are, since the folder's own
    are the same; otherwise they are a new version of the labels, and every submission is evaluated again. `same_splits` says
    whether both divide the same test rows alike.
    """
    row = store.lock(session, hosted.id)
    hosted = hosting.by_id(session, hosted.id)
    if row.reveal_started_at is not None and row.revealed_at is None:
        raise Conflict(
            "reveal_under_way",
            Text(
                "결과를 공개하는 중입니다. 공개가 끝난 뒤에 바꾸십시오.",
                "The results are just being revealed. Change the challenge when that is done.",
            ),
        )
    found = examine(session, hosted, collected, at, same_splits=same_splits)
    _require_allowed(found)
    if not found and keep_labels and collected.definition.version == row.version:
        raise Conflict("nothing_changed", Text("달라진 것이 없습니다.", "Nothing is different."))
    said = _require_note(session, hosted, collected.definition, found, note, keep_labels=keep_labels)
    if keep_labels and not may_keep_labels(session, hosted, collected):
        raise Invalid(
            "labels_needed",
            Text(
                "지표, 열, 순위표의 규칙이나 시험 환자가 달라졌으므로 결과를 다시 봉인해야 합니다.",
                "Metrics, columns, leaderboard rules or test patients are different, so the labels have to be sealed again.",
            ),
        )
    _install(session, hosted, collected, at)
    labels = None if keep_labels else _add_labels(session, hosted, collected, at)
    session.flush()
    hosted = hosting.by_id(session, hosted.id)
    rings = _replace_baselines(session, hosted, collected, at=at, sign=sign, counts=labels is None)
    version = versions.record(session, hosted, note=said, at=at)
    audit.record(
        session,
        "challenge_version",
        hosted.id,
        {
            "slug": row.slug,
            "number": version.number,
            "version": row.version,
            "definition_sha256": row.definition_sha256,
            "labels_sha256": labels.ciphertext_sha256 if labels else None,
            "changes": sorted({".".join(map(str, one.path)) for one in found}),
            "note": said._asdict(),
            "user": user_id,
        },
        at,
    )
    if labels is not None:
        rings += rescoring.start(session, hosted, user_id=user_id, at=at)
    return Replaced(version, tuple(found), labels is not None, tuple(dict.fromkeys(rings)))


def _state(session: Session, hosted: Hosted, at: datetime) -> State:
    # A challenge that has once had a submission has been open, whatever its calendar says now.
    begun = team_store.counts_by_challenge(session).get(hosted.id, 0) > 0
    status = hosted.status(at)
    return State(opened=status != "announced" or begun, closed=status in ("closed", "revealed"))


def _as_it_is(hosted: Hosted) -> Definition:
    """Return the definition with the dates that hold now: a challenge may have been opened or closed by hand."""
    return _with_dates(hosted.definition, hosted.row.opens_at, hosted.row.closes_at)


def _dated(hosted: Hosted, new: Definition) -> Definition:
    """Return the new definition with its dates; one that it leaves out, or leaves as it was, stays what it is now."""
    given, before = new.calendar, hosted.definition.calendar
    opens = given.opens if given.opens not in (None, before.opens) else hosted.row.opens_at
    closes = given.closes if given.closes not in (None, before.closes) else hosted.row.closes_at
    return _with_dates(new, opens, closes)


def _with_dates(definition: Definition, opens: datetime | None, closes: datetime | None) -> Definition:
    calendar = definition.calendar.model_copy(update={"opens": opens, "closes": closes})
    return definition.model_copy(update={"calendar": calendar})


def _rows(hosted: Hosted, collected: Collected, state: State, *, same_splits: bool) -> list[Change]:
    """Return what is different about the test rows: every submission names them, and the splits are drawn among them."""
    if hosted.labels is None:
        return []
    rule = LOCKED if state.opened else NOTED
    message = Text(
        "시험 환자와 그 구분은 열린 뒤에 바꿀 수 없습니다. 다른 챌린지로 여십시오.",
        "The test patients and their splits cannot change once the challenge has opened. Publish another challenge.",
    )
    found = []
    if collected.facts.get("ids_sha256") != hosted.labels.ids_sha256:
        found.append(Change(("files", "test"), "", "", rule, message))
    for name in ("rows_public", "rows_private"):
        before, after = hosted.facts.get(name), collected.facts.get(name)
        if before != after:
            found.append(Change(("labels", "split"), str(before), str(after), rule, message))
    if not found and not same_splits:
        found.append(Change(("labels", "split"), "", "", rule, message))
    return found


def _require_allowed(found: list[Change]) -> None:
    locked = [one for one in found if one.rule == LOCKED]
    if locked:
        problems = [
            Problem(None, ".".join(map(str, one.path)), "locked", one.message, one.after or None) for one in locked
        ]
        raise Invalid(
            "locked",
            Text(
                f"바꿀 수 없는 것이 {len(locked)}가지 있습니다. 아무것도 바꾸지 않았습니다.",
                f"{len(locked)} of the changes cannot be made. Nothing has been changed.",
            ),
            problems=problems,
            total=len(problems),
        )


def _require_note(
    session: Session, hosted: Hosted, new: Definition, found: list[Change], note: Text, *, keep_labels: bool
) -> Text:
    """Return the note as it is kept; refuse a change that needs a new version and does not have one."""
    raised = new.version != hosted.row.version
    if not raised and (not keep_labels or any(one.rule != FREE for one in found)):
        raise Invalid(
            "same_version",
            Text(
                f"이 변경에는 새 판이 필요합니다. challenge.toml의 version({new.version})을 올리십시오.",
                f"This change needs a new version. Raise version ({new.version}) in challenge.toml.",
            ),
            problems=[
                Problem(None, ".".join(map(str, one.path)), "needs_version", one.message)
                for one in found
                if one.rule != FREE
            ],
        )
    if raised and any(one.version == new.version for one in version_store.of_challenge(session, hosted.id)):
        raise Invalid(
            "version_used",
            Text(
                f"{new.version}은(는) 이미 쓴 판입니다. 다른 이름을 쓰십시오.",
                f"Version {new.version} has been used before. Give another one.",
            ),
        )
    ko, en = (
        names.clean(re.sub(r"\s+", " ", text), field=f"note_{language}", longest=LONGEST_NOTE, empty_allowed=not raised)
        for language, text in zip(("ko", "en"), note, strict=True)
    )
    return Text(ko, en)


def may_keep_labels(session: Session, hosted: Hosted, collected: Collected) -> bool:
    """Whether the present labels are sealed for the rules of another version too: others no worker would open them for."""
    if hosted.labels is None:
        return True
    sealed_for = version_store.sealed_for(session, hosted.id, hosted.labels.version) or hosted.row.version
    ids_sha256 = str(collected.facts.get("ids_sha256"))
    old, new = (
        one.model_copy(update={"version": sealed_for}).binding(ids)
        for one, ids in ((hosted.definition, hosted.labels.ids_sha256), (collected.definition, ids_sha256))
    )
    return old == new


def _install(session: Session, hosted: Hosted, collected: Collected, at: datetime) -> None:
    row, definition = hosted.row, collected.definition
    dated = _dated(hosted, definition).calendar
    frozen = {name: row.facts[name] for name in FROZEN if name in row.facts}
    opened = _state(session, hosted, at).opened
    row.facts = {**row.facts, **collected.facts, **(frozen if opened and hosted.gated else {})}
    row.version = definition.version
    row.definition = definition.stored()
    row.definition_sha256 = definition.digest()
    row.opens_at, row.closes_at = dated.opens, dated.closes
    session.add(row)
    _replace_files(session, hosted, collected)


def _replace_files(session: Session, hosted: Hosted, collected: Collected) -> None:
    for name, file in hosted.files.items():
        if name not in collected.files:
            session.delete(file)
    for name, (role, blob) in collected.files.items():
        present = hosted.files.get(name)
        if present is None:
            session.add(ChallengeFile(challenge_id=hosted.id, name=name, role=role, sha256=blob.sha256, size=blob.size))
            continue
        present.role, present.sha256, present.size = role, blob.sha256, blob.size
        session.add(present)


def _add_labels(session: Session, hosted: Hosted, collected: Collected, at: datetime) -> Labels | None:
    if hosted.labels is None or collected.sealed is None:
        return None
    row = Labels(
        challenge_id=hosted.id,
        version=hosted.labels.version + 1,
        ciphertext_sha256=collected.sealed.sha256,
        ids_sha256=str(collected.facts["ids_sha256"]),
        secret_sha256=collected.facts.get("secret_sha256"),
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row


def _replace_baselines(
    session: Session, hosted: Hosted, collected: Collected, *, at: datetime, sign: Sign, counts: bool
) -> list[int]:
    """Record the files of baselines that are new or different; an earlier file stays in the record."""
    teams = {team.baseline: team for team in team_store.of_challenge(session, hosted.id) if team.baseline}
    added = [one for one in hosted.definition.baselines if one.name not in teams]
    rings = publishing.add_baselines(session, hosted, added, collected.baselines, at=at, sign=sign, counts=counts)
    for baseline in hosted.definition.baselines:
        team = teams.get(baseline.name)
        if team is None:
            continue
        team.name, team.is_reference = baseline.title.en, baseline.reference
        session.add(team)
        prepared = collected.baselines[baseline.name]
        newest = submission_store.of_team(session, team.id or 0, limit=1)
        if not newest or newest[0].canonical_sha256 != prepared.canonical_sha256:
            recorded = submissions.record_baseline(
                session, hosted=hosted, team=team, prepared=prepared, at=at, sign=sign, counts=counts
            )
            rings += [recorded.evaluation_id] if recorded.evaluation_id is not None else []
    if counts:
        rescoring_store.retire(session, hosted.id)
    return rings
