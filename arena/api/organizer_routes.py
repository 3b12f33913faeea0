"""Organizers: sending a challenge, reading its verification, trying it out, and conducting it."""

from collections.abc import Callable
from functools import partial

from apiflask import APIBlueprint
from sqlmodel import Session

from arena import adopting, conducting, dry_runs, hosting, publications, submissions, uploads
from arena import wire_organizer as wire
from arena.api import organizer_describing as describing
from arena.api.parts import caller, now, parts, reading, signed_in, writing
from arena.api.receiving import bundle, upload
from arena.errors import NotFound
from arena.hosting import Hosted
from challenges.text import Text

blueprint = APIBlueprint("organizers", __name__, tag="Organizers")

HIDDEN = "Not one of its organizers. An unpublished challenge of others is a 404."
NOW_REFUSED = "The challenge's present state does not allow it."


@blueprint.post("/challenges")
@signed_in
@blueprint.output(wire.Upload, status_code=202)
@blueprint.doc(
    security="BearerAuth",
    responses={
        403: "This account may not make challenges.",
        409: "The name is taken, or a published challenge's new version is not higher.",
    },
)
def receive() -> wire.Upload:
    """Send a challenge: a bundle without labels and code, and the labels sealed. A worker verifies it; nobody else sees it."""
    person, blobs = caller(), parts().blobs
    with reading() as session:
        publications.require_sender(session, person)
    with bundle() as sent, uploads.private_folder(parts().settings.home) as place:
        arrived = uploads.receive(blobs, place, packed=sent.bundle, labels=sent.labels)
    try:
        with writing() as session:
            recorded = publications.record(
                session,
                blobs,
                user=person,
                arrived=arrived,
                note_ko=sent.note_ko,
                note_en=sent.note_en,
                at=now(),
            )
            hosted = hosting.by_id(session, recorded.challenge.id or 0)
    except BaseException:
        _discard(arrived.fresh)
        raise
    # Only now that the row is committed; if nobody hears the ring, the sweeper rings again.
    parts().queue.verify(recorded.publication.id or 0)
    return describing.upload(hosted, recorded.publication, now(), created=recorded.created)


def _discard(digests: frozenset[str]) -> None:
    """Delete files that were put in the store for something that was then not written down."""
    with reading() as session:
        publications.discard(session, parts().blobs, digests)


@blueprint.get("/challenges/<slug:slug>/verification")
@signed_in
@blueprint.output(wire.Verification)
@blueprint.doc(security="BearerAuth", responses={403: HIDDEN})
def verification(slug: str) -> wire.Verification:
    """Show what a worker found of the newest upload: codes, places and what is printed beside decisions."""
    with reading() as session:
        hosted = hosting.run_by(session, caller(), slug)
        found = publications.newest(session, hosted)
    if found is None:
        raise NotFound(Text("이 챌린지는 Arena와 함께 온 것입니다.", "This challenge came with Arena: nobody sent it."))
    return describing.verification(hosted, found, now())


@blueprint.post("/challenges/<slug:slug>/dry-run")
@signed_in
@blueprint.output(wire.DryRun, status_code=202)
@blueprint.doc(security="BearerAuth", responses={403: HIDDEN, 409: NOW_REFUSED})
def send_dry_run(slug: str) -> wire.DryRun:
    """Send a prediction file through a real worker before the opening; it leaves no submission."""
    person = caller()
    with reading() as session:
        hosted = _prepared(session, slug)
        dry_runs.require_before_opening(hosted, now())
    with upload(hosted) as sent:
        prepared = submissions.prepare(parts().blobs, hosted, stream=sent.stream, filename=sent.filename)
    try:
        with writing() as session:
            hosted = _prepared(session, slug)
            row = dry_runs.record(session, person, hosted, prepared, at=now())
    except BaseException:
        _discard(frozenset({prepared.file_sha256}))
        raise
    parts().queue.dry_run(row.id or 0)
    return describing.dry_run(hosted, row)


@blueprint.get("/challenges/<slug:slug>/dry-run")
@signed_in
@blueprint.output(wire.DryRun)
@blueprint.doc(security="BearerAuth", responses={403: HIDDEN})
def dry_run(slug: str) -> wire.DryRun:
    """Show how the newest dry run went."""
    with reading() as session:
        hosted = hosting.run_by(session, caller(), slug)
        row = dry_runs.latest(session, hosted)
    if row is None:
        raise NotFound(Text("시험 채점이 아직 없습니다.", "There has been no dry run yet."))
    return describing.dry_run(hosted, row)


def _prepared(session: Session, slug: str) -> Hosted:
    """Return a challenge that has been verified, to one of its organizers."""
    hosted = hosting.run_by(session, caller(), slug)
    if hosted.row.state not in (*hosting.PUBLIC, *hosting.PREVIEWED):
        raise NotFound(
            Text("아직 검증을 마치지 않은 챌린지입니다.", "This challenge has not been verified yet."),
        )
    return hosted


@blueprint.post("/challenges/<slug:slug>/schedule")
@signed_in
@blueprint.input(wire.Dates)
@blueprint.output(wire.ChallengeState)
@blueprint.doc(security="BearerAuth", responses={403: HIDDEN, 409: NOW_REFUSED})
def schedule(slug: str, json_data: wire.Dates) -> wire.ChallengeState:
    """Publish a verified challenge, or move its calendar before it opens."""
    with writing() as session:
        hosted = hosting.run_by(session, caller(), slug)
        rings = conducting.schedule(
            session,
            caller(),
            hosted,
            opens_at=json_data.opens_at,
            closes_at=json_data.closes_at,
            at=now(),
            sign=parts().signer.sign,
        )
        state = _state(session, hosted)
    for evaluation_id in rings:
        parts().queue.score(evaluation_id)
    return state


@blueprint.post("/challenges/<slug:slug>/extend")
@signed_in
@blueprint.input(wire.Extension)
@blueprint.output(wire.ChallengeState)
@blueprint.doc(security="BearerAuth", responses={403: HIDDEN, 409: NOW_REFUSED})
def extend(slug: str, json_data: wire.Extension) -> wire.ChallengeState:
    """Move the close to a later time."""
    return _after(slug, partial(conducting.extend, closes_at=json_data.closes_at, reason=json_data.reason))


@blueprint.post("/challenges/<slug:slug>/pause")
@signed_in
@blueprint.input(wire.Reason)
@blueprint.output(wire.ChallengeState)
@blueprint.doc(security="BearerAuth", responses={403: HIDDEN, 409: NOW_REFUSED})
def pause(slug: str, json_data: wire.Reason) -> wire.ChallengeState:
    """Take no submissions for a while; participants read why."""
    return _after(slug, partial(conducting.pause, reason=json_data.reason))


@blueprint.post("/challenges/<slug:slug>/resume")
@signed_in
@blueprint.output(wire.ChallengeState)
@blueprint.doc(security="BearerAuth", responses={403: HIDDEN, 409: NOW_REFUSED})
def resume(slug: str) -> wire.ChallengeState:
    """Take submissions again."""
    return _after(slug, conducting.resume)


@blueprint.post("/challenges/<slug:slug>/withdraw")
@signed_in
@blueprint.input(wire.Reason)
@blueprint.output(wire.ChallengeState)
@blueprint.doc(security="BearerAuth", responses={403: HIDDEN, 409: NOW_REFUSED})
def withdraw(slug: str, json_data: wire.Reason) -> wire.ChallengeState:
    """Take a challenge back before it opens."""
    return _after(slug, partial(conducting.withdraw, reason=json_data.reason))


@blueprint.post("/challenges/<slug:slug>/cancel")
@signed_in
@blueprint.input(wire.Reason)
@blueprint.output(wire.ChallengeState)
@blueprint.doc(security="BearerAuth", responses={403: HIDDEN, 409: NOW_REFUSED})
def cancel(slug: str, json_data: wire.Reason) -> wire.ChallengeState:
    """End a challenge that has opened; everybody reads why."""
    return _after(slug, partial(conducting.cancel, reason=json_data.reason))


@blueprint.post("/challenges/<slug:slug>/version")
@signed_in
@blueprint.input(wire.VersionChoice)
@blueprint.output(wire.ChallengeState)
@blueprint.doc(security="BearerAuth", responses={403: HIDDEN, 409: NOW_REFUSED})
def adopt(slug: str, json_data: wire.VersionChoice) -> wire.ChallengeState:
    """Make the verified new version of a published challenge its present one."""
    with writing() as session:
        hosted = hosting.run_by(session, caller(), slug)
        done = adopting.adopt(session, caller(), hosted, version=json_data.version, at=now(), sign=parts().signer.sign)
        answer = _state(session, hosted)
    for evaluation_id in done.rings:
        parts().queue.score(evaluation_id)
    return answer


def _after(slug: str, act: Callable[..., object]) -> wire.ChallengeState:
    """Let the caller do one act on a challenge of theirs and return where it stands then."""
    with writing() as session:
        hosted = hosting.run_by(session, caller(), slug)
        act(session, caller(), hosted, at=now())
        return _state(session, hosted)


def _state(session: Session, hosted: Hosted) -> wire.ChallengeState:
    session.flush()
    return describing.challenge_state(hosting.by_id(session, hosted.id), now())
