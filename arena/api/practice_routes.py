"""Practice: predictions of the validation part, scored in full; they cost no submission and nobody else sees them."""

from dataclasses import asdict

from apiflask import APIBlueprint

from arena import hosting, practising
from arena import wire_practice as wire
from arena.api.parts import caller, now, parts, reading, signed_in, writing
from arena.api.receiving import practice_upload
from arena.practising import SPLIT, Against, PracticeView
from arena.viewing import ScoreView
from arena.wire import Score

blueprint = APIBlueprint("practice", __name__, tag="Practice")


@blueprint.post("/challenges/<slug:slug>/practice")
@signed_in
@blueprint.output(wire.Practice, status_code=202)
@blueprint.doc(
    security="BearerAuth",
    responses={
        403: "The agreement comes before the download.",
        409: "The challenge is not open yet, or a practice file of the caller is still being scored.",
    },
)
def send(slug: str) -> wire.Practice:
    """Score predictions of the validation part of the training file; every metric and curve comes, and no submission is used.

    `against` is a second file to compare with, or `earlier` the id of an earlier practice file.
    """
    person, blobs = caller(), parts().blobs
    with reading() as session:
        hosted = hosting.seen(session, person, slug)
        practising.require_allowed(session, person, hosted, now())
        practising.require_free(session, person)
    with practice_upload(hosted) as sent:
        prepared = practising.prepare(blobs, hosted, stream=sent.stream, filename=sent.filename)
        against: Against | None = None
        if sent.against is not None:
            second = practising.prepare(blobs, hosted, stream=sent.against, filename=sent.against_filename)
            against = Against(second.filename, second.file_sha256)
        earlier, note = sent.earlier, sent.note
    with writing() as session:
        hosted = hosting.seen(session, person, slug)
        if against is None and earlier:
            against = practising.earlier(session, person, hosted, earlier)
        row = practising.record(
            session, user=person, hosted=hosted, prepared=prepared, against=against, note=note, at=now()
        )
        view = practising.view(hosted, row, person)
        row_id = row.id or 0
    # Only now that the row is committed; if nobody hears the ring, the sweeper rings again.
    parts().queue.practice(row_id)
    return _described(view)


@blueprint.get("/challenges/<slug:slug>/practice")
@signed_in
@blueprint.output(wire.PracticeList)
@blueprint.doc(security="BearerAuth")
def every(slug: str) -> wire.PracticeList:
    """List the last practice files of the caller and the caller's team, the newest first."""
    with reading() as session:
        hosted = hosting.seen(session, caller(), slug)
        found = practising.history(session, caller(), hosted)
    return wire.PracticeList(practice=[_described(view) for view in found])


@blueprint.get("/practice/<submission:practice_id>")
@signed_in
@blueprint.output(wire.Practice)
@blueprint.doc(security="BearerAuth")
def one(practice_id: str) -> wire.Practice:
    """Show a practice file of the caller or the caller's team: its status, scores, curves and paired differences."""
    with reading() as session:
        _, view = practising.one(session, caller(), practice_id)
    return _described(view)


def _described(view: PracticeView) -> wire.Practice:
    return wire.Practice(
        id=view.public_id,
        challenge=view.slug,
        status=view.status,
        created_at=view.created_at,
        finished_at=view.finished_at,
        filename=view.filename,
        sha256=view.file_sha256,
        rows=view.rows,
        note=view.note,
        against=view.against_filename,
        against_id=view.against_public_id,
        splits={SPLIT: {key: Score(**asdict(score)) for key, score in view.scores.items()}} if view.scores else {},
        differences={key: _difference(score) for key, score in view.differences.items()},
        report=view.report,
        failure=view.failure,
        place_in_line=view.place_in_line,
    )


def _difference(score: ScoreView) -> wire.PracticeDifference:
    return wire.PracticeDifference(value=score.value, se=score.se, ci=score.ci, reason=score.reason)
