"""Participants: who asked, who is in, and on which conditions one comes in."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from arena import admission, departing, invitations, organizing, outbox, registration
from arena.errors import ArenaError, Conflict, Invalid, UserError
from arena.spreadsheets import Cell
from arena.store.participants import Person
from arena.web import limits, reader
from arena.web.organizing import words
from arena.web.organizing.desk import PER_PAGE, Stretch, csv_file, desk, page_asked
from arena.web.rendering import t
from arena.web.site import now, reading, site, writing

blueprint = Blueprint("organize_people", __name__, url_prefix="/organize/<slug:slug>")

STATES = ("waiting", "admitted", "refused", "team")


def _index(
    slug: str, status: int = 200, *, error: ArenaError | None = None, wrong: int = 0, reason: str = ""
) -> Response:
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    number = page_asked()
    with reading() as session:
        here = desk(session, slug)
        total, people = organizing.people(
            session, here.hosted, state=state, limit=PER_PAGE, offset=(number - 1) * PER_PAGE
        )
        asked = registration.questions(session, here.hosted, retired=True)
        answers = organizing.answers(session, people)
        seen = organizing.counts(session, here.hosted)
        mails = outbox.has_sender(session)
    language = reader.language()
    told = {
        person.user.id: [
            (question.ko if language == "ko" else question.en, registration.in_words(question, value, language))
            for question in asked
            if (value := answers.get(person.user.id or 0, {}).get(question.id or 0)) is not None
        ]
        for person in people
    }
    return here.page(
        "participants.html",
        status,
        tab="participants",
        people=people,
        told=told,
        mails=mails,
        seen=seen,
        state=state,
        stretch=Stretch(total, number),
        error=error,
        wrong=wrong,
        reason=reason,
    )


@blueprint.get("/participants")
def index(slug: str) -> ResponseReturnValue:
    """Show who has asked to take part and who is in a team, with what they answered."""
    return _index(slug)


@blueprint.post("/participants/<id:user_id>")
@limits.change_limit
def decide(slug: str, user_id: int) -> ResponseReturnValue:
    """Admit somebody, or refuse with a reason."""
    admits, reason = request.form.get("act") == "admit", request.form.get("reason", "")
    try:
        with writing() as session:
            here = desk(session, slug)
            if admits:
                admission.admit(session, here.user, here.hosted, user_id, now())
            else:
                admission.refuse(session, here.user, here.hosted, user_id, reason=reason, at=now())
    except (Invalid, Conflict) as error:
        return _index(slug, error.status, error=error, wrong=user_id, reason=reason)
    said = "admitted" if admits else "refused"
    # The form carries the filter of the list that it stands in.
    state = request.form.get("state", "")
    kept = state if state in STATES else None
    return redirect(url_for("organize_people.index", slug=slug, said=said, state=kept), 303)


@blueprint.get("/participants.csv")
def download(slug: str) -> ResponseReturnValue:
    """Send everybody with the answers as a table."""
    language = reader.language()
    with reading() as session:
        here = desk(session, slug)
        _, people = organizing.people(session, here.hosted)
        asked = registration.questions(session, here.hosted, retired=True)
        answers = organizing.answers(session, people)
    header = [
        "name",
        "email",
        "email_verified",
        "affiliation",
        "state",
        "admitted_by",
        "reason",
        "asked_at",
        "decided_at",
        "team",
    ]
    header += [question.ko if language == "ko" else question.en for question in asked]
    rows = []
    for person in people:
        given = answers.get(person.user.id or 0, {})
        told = [registration.in_words(question, given.get(question.id or 0), language) for question in asked]
        rows.append([*_cells(person), *told])
    return csv_file(f"{slug}-participants.csv", header, rows)


def _cells(person: Person) -> list[Cell]:
    row = person.participation
    return [
        t(departing.called(person.user)),
        "" if person.user.deleted_at else person.user.email,
        "yes" if person.user.email_verified_at else "no",
        person.user.affiliation,
        row.state if row else "admitted",
        row.via if row else "",
        row.reason if row else "",
        row.asked_at if row else None,
        row.decided_at if row else None,
        person.team.name if person.team else "",
    ]


def _rules(
    slug: str, status: int = 200, *, error: ArenaError | None = None, form: str = "", code: str = ""
) -> Response:
    with reading() as session:
        here = desk(session, slug)
        asked = registration.questions(session, here.hosted)
        allowed = organizing.allow_list(session, here.hosted)
        mails = outbox.has_sender(session)
        sent = [one for one in organizing.invitations(session, here.hosted) if one[0].role == "participant"]
    return here.page(
        "admission.html",
        status,
        tab="admission",
        asked=asked,
        allowed=allowed,
        mails=mails,
        sent=sent,
        error=error,
        form=form,
        values=request.form,
        rule=words.ADMISSION[here.hosted.definition.admission],
        link=site().settings.base_url + url_for("joining.invitation", code=code) if code else "",
        days=invitations.DAYS,
        most=registration.MOST_OPTIONS,
    )


@blueprint.get("/admission")
def admission_rules(slug: str) -> ResponseReturnValue:
    """Show the allow-list, the registration questions and the participants' invitations."""
    return _rules(slug)


@blueprint.post("/allow-list")
@limits.change_limit
def allow(slug: str) -> ResponseReturnValue:
    """Put addresses and domains on the allow-list."""
    entries = [line for line in request.form.get("entries", "").replace(",", "\n").splitlines() if line.strip()]
    try:
        with writing() as session:
            here = desk(session, slug)
            admission.allow(session, here.user, here.hosted, entries, now())
    except Invalid as error:
        return _rules(slug, error.status, error=error, form="allow")
    return redirect(url_for("organize_people.admission_rules", slug=slug, said="listed"), 303)


@blueprint.post("/allow-list/<id:entry_id>/remove")
@limits.change_limit
def disallow(slug: str, entry_id: int) -> ResponseReturnValue:
    """Take an entry off the allow-list."""
    with writing() as session:
        here = desk(session, slug)
        admission.disallow(session, here.user, here.hosted, entry_id, now())
    return redirect(url_for("organize_people.admission_rules", slug=slug, said="unlisted"), 303)


@blueprint.post("/questions")
@limits.change_limit
def add_question(slug: str) -> ResponseReturnValue:
    """Ask one thing more of those who want to take part."""
    form = request.form
    try:
        with writing() as session:
            here = desk(session, slug)
            registration.add_question(
                session,
                here.user,
                here.hosted,
                kind=form.get("kind", ""),
                ko=form.get("ko", ""),
                en=form.get("en", ""),
                options=_options(form.get("options", "")),
                required=bool(form.get("required")),
                at=now(),
            )
    except (Invalid, Conflict) as error:
        return _rules(slug, error.status, error=error, form="question")
    return redirect(url_for("organize_people.admission_rules", slug=slug, said="asked"), 303)


def _options(text: str) -> list[tuple[str, str]]:
    """Read one option a line, its Korean and its English divided by a bar; one without a bar is the same in both."""
    found = []
    for line in text.splitlines():
        if line.strip():
            ko, bar, en = line.partition("|")
            found.append((ko, en if bar else ko))
    return found


@blueprint.post("/questions/<id:question_id>/retire")
@limits.change_limit
def retire_question(slug: str, question_id: int) -> ResponseReturnValue:
    """Ask a question no longer."""
    with writing() as session:
        here = desk(session, slug)
        registration.retire_question(session, here.user, here.hosted, question_id, now())
    return redirect(url_for("organize_people.admission_rules", slug=slug, said="retired"), 303)


@blueprint.post("/participants/invitations")
@limits.change_limit
def invite(slug: str) -> ResponseReturnValue:
    """Make an invitation for one participant and show its link in this answer only."""
    try:
        with writing() as session:
            here = desk(session, slug)
            note = request.form.get("note", "")
            code = invitations.make(session, here.user, here.hosted, role="participant", note=note, at=now())
    except UserError as error:
        if not error.fields:
            raise
        return _rules(slug, error.status, error=error, form="invite")
    return _rules(slug, code=code)


@blueprint.post("/participants/invitations/<id:invitation_id>/revoke")
@limits.change_limit
def revoke(slug: str, invitation_id: int) -> ResponseReturnValue:
    """End an invitation that nobody has used."""
    with writing() as session:
        here = desk(session, slug)
        invitations.revoke(session, here.user, here.hosted, invitation_id, now())
    return redirect(url_for("organize_people.admission_rules", slug=slug, said="revoked"), 303)
