"""Submissions: checking a file, sending one, following it, choosing the final."""

from collections.abc import Callable
from typing import TypeVar

from apiflask import APIBlueprint

from arena import companions, hosting, intake, refusals, submissions, teams, viewing, wire
from arena.api import describing
from arena.api.paging import Page, next_page
from arena.api.parts import caller, language, now, parts, reading, signed_in, writing
from arena.api.receiving import Upload, idempotency_key, upload
from arena.errors import UserError
from arena.hosting import Hosted

blueprint = APIBlueprint("submissions", __name__, tag="Submissions")
Taken = TypeVar("Taken")


@blueprint.post("/challenges/<slug:slug>/check")
@signed_in
@blueprint.output(wire.Checked)
@blueprint.doc(security="BearerAuth", responses={409: "This challenge takes no prediction files."})
def check(slug: str) -> wire.Checked:
    """Check a prediction file as a submission would; costs nothing and stores nothing."""
    with reading() as session:
        hosted = hosting.seen(session, caller(), slug)
    with upload(hosted) as sent:
        found = submissions.check(parts().blobs, hosted, stream=sent.stream, filename=sent.filename)
        second = _second(companions.check, hosted, sent.companion, found.canonical_sha256)
    return wire.Checked(
        rows=len(found.ids),
        advice=[one.pick(language()) for one in found.advice],
        companion_rows=len(second.ids) if second else None,
    )


@blueprint.post("/challenges/<slug:slug>/submissions")
@signed_in
@blueprint.output(wire.Submitted, status_code=202)
@blueprint.doc(
    security="BearerAuth",
    responses={
        403: "No team yet, or a member has not accepted the agreement.",
        409: "The challenge is not open, or the Idempotency-Key was used with another file.",
        429: "No submission is left today or in all, or too many requests.",
    },
)
def submit(slug: str) -> wire.Submitted:
    """Submit a prediction file; the same predictions again return the team's earlier submission.

    Where the challenge asks for a `companion`, it may come with the file, or later with the same predictions.
    """
    person, key = caller(), idempotency_key()
    with reading() as session:
        hosted = hosting.find(session, slug)
        if key is None:  # under a key it may be a repeated request, which is answered after the close too
            intake.require_open(hosted, now())
        teams.require_open_team(session, person, hosted)
    with upload(hosted) as sent:
        try:
            prepared = submissions.prepare(parts().blobs, hosted, stream=sent.stream, filename=sent.filename)
            second = _second(companions.prepare, hosted, sent.companion, prepared.canonical_sha256)
        except UserError as error:
            with writing() as session:
                refusals.note(session, hosted, error, now())
            raise
        note, method = sent.note, sent.method
    at = now()
    with writing() as session:
        # Read again: the challenge may have been closed while the file was being checked.
        hosted = hosting.find(session, slug)
        recorded = submissions.record(
            session,
            user=person,
            hosted=hosted,
            prepared=prepared,
            note=note,
            method=method,
            idempotency_key=key,
            at=at,
            sign=parts().signer.sign,
        )
        if second is not None:
            companions.attach(
                session, user=person, hosted=hosted, submission=recorded.submission, prepared=second, at=at
            )
        _, view = viewing.one(session, person, recorded.submission.public_id, at)
    # Only now that the row is committed; if nobody hears the ring, the sweeper rings again.
    if recorded.evaluation_id is not None:
        parts().queue.score(recorded.evaluation_id)
    advice = [one.pick(language()) for one in prepared.advice]
    return describing.submitted(view, created=recorded.created, advice=advice)


def _second(act: Callable[..., Taken], hosted: Hosted, sent: Upload | None, beside: str) -> Taken | None:
    """Check or prepare the second file, if one was sent."""
    if sent is None:
        return None
    return act(parts().blobs, hosted, stream=sent.stream, filename=sent.filename, beside=beside)


@blueprint.get("/challenges/<slug:slug>/submissions")
@signed_in
@blueprint.input(Page, location="query")
@blueprint.output(wire.SubmissionList)
@blueprint.doc(security="BearerAuth")
def every(slug: str, query_data: Page) -> wire.SubmissionList:
    """List the own team's submissions, the newest first."""
    limit, offset = query_data.limit, query_data.offset
    with reading() as session:
        hosted = hosting.find(session, slug)
        team = teams.team_of(session, caller(), hosted)
        found = viewing.of_team(session, hosted, team, now(), limit=limit + 1, offset=offset) if team else []
    return wire.SubmissionList(
        submissions=[describing.submission(view) for view in found[:limit]],
        next=next_page(query_data, len(found), "challenges", slug, "submissions"),
    )


@blueprint.get("/submissions/<submission:submission_id>")
@signed_in
@blueprint.output(wire.Submission)
@blueprint.doc(security="BearerAuth")
def one(submission_id: str) -> wire.Submission:
    """Show a submission of the own team: its status, decision, scores as they may be shown, and receipt."""
    with reading() as session:
        _, view = viewing.one(session, caller(), submission_id, now())
    return describing.submission(view)


@blueprint.patch("/submissions/<submission:submission_id>")
@signed_in
@blueprint.input(wire.FinalChoice)
@blueprint.output(wire.Submission)
@blueprint.doc(security="BearerAuth", responses={409: "The challenge has closed, or the file could not be scored."})
def choose_final(submission_id: str, json_data: wire.FinalChoice) -> wire.Submission:
    """Make a submission the team's final, until the close."""
    del json_data  # it can only say {"final": true}
    with writing() as session:
        submissions.choose_final(session, caller(), submission_id, now())
        session.flush()
        _, view = viewing.one(session, caller(), submission_id, now())
    return describing.submission(view)
