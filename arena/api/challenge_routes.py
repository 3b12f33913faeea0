"""Challenges: the list, one of them, its files, its agreement and the key that labels are sealed with."""

import base64

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

from arena import accounts, disclosing, hosting, sealing, teams, wire
from arena.api import describing
from arena.api.paging import Page, next_page
from arena.api.parts import caller, now, parts, reading, signed_in, someone, writing
from arena.errors import Forbidden, NotFound, OurFault
from arena.hosting import Hosted
from arena.store.blobs import CHUNK
from arena.store.models import User
from challenges.text import Text

blueprint = APIBlueprint("challenges", __name__, tag="Challenges")


@blueprint.get("/challenges")
@blueprint.input(Page, location="query")
@blueprint.output(wire.ChallengeList)
def every(query_data: Page) -> wire.ChallengeList:
    """List all challenges in the order of their publication."""
    with reading() as session:
        found = hosting.every(session)[query_data.offset :]
    return wire.ChallengeList(
        challenges=[describing.summary(hosted, now()) for hosted in found[: query_data.limit]],
        next=next_page(query_data, len(found), "challenges"),
    )


@blueprint.get("/challenges/<slug:slug>")
@blueprint.output(wire.ChallengeDetail)
def one(slug: str) -> wire.ChallengeDetail:
    """Describe one challenge: columns, metrics, limits, files with digests, texts in both languages."""
    with reading() as session:
        hosted = hosting.seen(session, someone(), slug)
        accepted = someone() is not None and not teams.must_agree(session, someone(), hosted)
        disclosed = disclosing.disclosed(session, hosted)
    return describing.detail(hosted, parts().blobs, now(), accepted=accepted, disclosed=disclosed)


@blueprint.get("/challenges/<slug:slug>/files/<string:name>")
@blueprint.doc(responses={403: "Not open yet, or the agreement comes first."})
def file(slug: str, name: str) -> Response:
    """Download a file; ranges are served, and the ETag is the file's SHA-256."""
    with reading() as session:
        hosted = hosting.seen(session, someone(), slug)
        found = hosting.file(hosted, name)
        helps_run_it = bool(accounts.roles(session, someone(), hosted.row))
        if hosted.status(now()) == "announced" and not helps_run_it:
            raise Forbidden(
                "not_open",
                Text(
                    "자료는 챌린지가 열릴 때 받을 수 있습니다.",
                    "The data can be downloaded once the challenge has opened.",
                ),
            )
        _require_download(hosted, agreed=not teams.must_agree(session, someone(), hosted))
    try:
        stream = hosting.open_file(parts().blobs, hosted, found)
    except FileNotFoundError:
        raise OurFault("file_lost", Text("파일을 읽지 못했습니다.", "The file could not be read.")) from None
    kind = "text/csv" if name.endswith(".csv") else "application/octet-stream"
    response = Response(FileWrapper(stream, CHUNK), mimetype=kind, direct_passthrough=True)
    response.content_length = found.size
    response.set_etag(found.sha256)
    digest = base64.b64encode(bytes.fromhex(found.sha256)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    # Several ranges at once may be ignored (RFC 9110, 14.2); to go on where a download stopped, one is enough.
    several = "," in request.headers.get("Range", "")
    environ = {name: value for name, value in request.environ.items() if not (several and name == "HTTP_RANGE")}
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=found.size)
    except RequestedRangeNotSatisfiable:
        stream.close()
        raise
    return response


def _require_download(hosted: Hosted, *, agreed: bool) -> None:
    agreement = hosted.definition.agreement
    if agreement is not None and agreement.before == "download":
        caller()
        if not agreed:
            raise Forbidden(
                "agreement_needed",
                Text("먼저 참가 약관을 읽고 받아들이십시오.", "First read and accept the agreement."),
            )


@blueprint.post("/challenges/<slug:slug>/agreement")
@signed_in
@blueprint.input(wire.Acceptance)
@blueprint.output(wire.Accepted)
@blueprint.doc(security="BearerAuth", responses={409: "Another version is in force."})
def accept(slug: str, json_data: wire.Acceptance) -> wire.Accepted:
    """Accept the challenge's agreement, as a person, in the version that was read."""
    person: User = caller()
    with writing() as session:
        hosted = hosting.find(session, slug)
        if hosted.definition.agreement is None:
            raise NotFound(Text("이 챌린지에는 약관이 없습니다.", "This challenge has no agreement."))
        teams.accept_agreement(session, person, hosted, version=json_data.version, at=now())
        session.flush()
        kept = teams.agreement_of(session, person, hosted)
    return wire.Accepted(challenge=slug, version=json_data.version, accepted_at=kept.accepted_at if kept else None)


@blueprint.get("/labels-key")
@blueprint.output(wire.LabelsKey)
def labels_key() -> wire.LabelsKey:
    """Give the public key that labels are sealed with; only the workers hold the other half."""
    try:
        key = sealing.public_key(parts().settings.labels_key_file)
    except (OSError, ValueError):
        raise OurFault("no_labels_key", Text("열쇠를 읽지 못했습니다.", "The key could not be read.")) from None
    return wire.LabelsKey(key=key.hex(), fingerprint=sealing.fingerprint(key))
