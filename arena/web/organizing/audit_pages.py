"""The audit trail: every act of those who run the challenge, in words, with the chain's head."""

import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from arena import audit, trail
from arena.web.organizing.desk import Stretch, csv_file, desk, page_asked
from arena.web.rendering import t
from arena.web.site import reading

blueprint = Blueprint("organize_audit", __name__, url_prefix="/organize/<slug:slug>")

PER_PAGE = 100


@blueprint.get("/audit")
def index(slug: str) -> ResponseReturnValue:
    """Show the acts, the newest first; with `all` also what participants and workers did."""
    number, whole = page_asked(), request.args.get("show") == "all"
    with reading() as session:
        here = desk(session, slug)
        total, lines = trail.lines(session, here.hosted, routine=whole, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        head = audit.head(session)
    stretch = Stretch(total, number, PER_PAGE)
    return here.page("audit.html", tab="audit", lines=lines, head=head, stretch=stretch, whole=whole)


@blueprint.get("/audit.csv")
def as_csv(slug: str) -> ResponseReturnValue:
    """Send every entry as a table, in the page's language."""
    with reading() as session:
        here = desk(session, slug)
        lines = trail.everything(session, here.hosted)
    header = ("id", "at", "kind", "what", "by", "reason", "data", "digest")
    rows = [
        (
            line.id,
            trail.canonical_time(line.at),
            line.kind,
            t(line.words),
            line.by,
            line.reason,
            json.dumps(line.data, ensure_ascii=False, sort_keys=True),
            line.digest,
        )
        for line in lines
    ]
    return csv_file(f"{slug}-audit.csv", header, rows)


@blueprint.get("/audit.json")
def as_json(slug: str) -> ResponseReturnValue:
    """Send every entry with what its digest is made of, and the chain's head."""
    with reading() as session:
        here = desk(session, slug)
        lines = trail.everything(session, here.hosted)
        head = audit.head(session)
    content = {
        "challenge": slug,
        "challenge_id": here.hosted.id,
        "head": {
            "digest": head.digest,
            "link": head.links,
            "chained_at": trail.canonical_time(head.chained_at) if head.chained_at else None,
        },
        "entries": [
            {
                "id": line.id,
                "at": trail.canonical_time(line.at),
                "kind": line.kind,
                "data": line.data,
                "digest": line.digest,
                "chained": line.chained,
                "words": {"ko": line.words.ko, "en": line.words.en},
            }
            for line in lines
        ],
    }
    answer = Response(json.dumps(content, ensure_ascii=False, indent=1) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-audit.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
