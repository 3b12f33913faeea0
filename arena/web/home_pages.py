"""The entrance: open challenges and where the reader's team stands, those to come, those past with who won, how it works."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from arena import listing, teams
from arena import podiums as podiums_of
from arena.leaderboards import Board
from arena.listing import Listed
from arena.teams import Quota
from arena.web import formatting, measures, reader
from arena.web.charts import intervals
from arena.web.charts.svg import Words
from arena.web.rendering import page, t
from arena.web.scenes import calendar_chart
from arena.web.site import now, reading

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show what is open, what is past, and how it works."""
    at, user = now(), reader.me()
    quota: Quota | None = None
    board: Board | None = None
    with reading() as session:
        listed = listing.challenges(session, user, at)
        shown = [one for one in listed if one.status != "announced" or one.hosted.row.opens_at]
        first = featured(shown)
        if first is not None:
            board = listing.board_now(session, first.hosted, first.team, at)
            quota = teams.quota(session, first.hosted, first.team, at) if first.team else None
        past = [one for one in shown if one is not first and one.status in ("closed", "revealed", "cancelled")]
        podiums = {one.hosted.id: podiums_of.podium(session, one.hosted) for one in past if one.status == "revealed"}
    # The newest first: an archive is read backwards.
    past.sort(key=lambda one: one.hosted.row.closes_at or one.hosted.row.created_at, reverse=True)
    return page(
        "home.html",
        area="home",
        first=first,
        calendar=calendar_chart("cal", first.hosted, at) if first else "",
        standing=standing(first, board) if first and board else "",
        joint=sum(1 for row in board.rows if first.own and row.rank == first.own.rank) if first and board else 0,
        quota=quota,
        others=[one for one in shown if one is not first and one.status == "open"],
        upcoming=[one for one in shown if one.status == "announced"],
        past=past,
        podiums=podiums,
    )


def featured(listed: list[Listed]) -> Listed | None:
    """Return the challenge shown in full: the reader's own first, else the first with something at stake, else any."""
    running = [one for one in listed if one.status == "open"]
    contests = [one for one in running if not one.hosted.definition.practice]
    own = [one for one in contests if one.team]
    return next(iter(own or contests or running), None)


def standing(listed: Listed, board: Board) -> Markup:
    """Return every team's shown value as a dot, or nothing while there are none."""
    definition = listed.hosted.definition
    if not definition.metrics:
        return Markup()
    key = definition.primary.key
    reference = next((row for row in board.rows if row.reference and key in row.scores), None)
    base = reference.scores[key].value if reference else None
    values = [(row.scores[key].value, row.you) for row in board.rows if row.baseline is None and key in row.scores]
    found = [(value, mine) for value, mine in values if value is not None]
    if base is None or not found:
        return Markup()
    decimals = measures.decimals(listed.hosted)
    low, high = min(value for value, _ in found), max(value for value, _ in found)
    spread = f"{formatting.number(low, decimals)}–{formatting.number(high, decimals)}"
    finding = t(
        f"{len(found)}팀의 점수는 {spread}이고 기준 모형은 {formatting.number(base, decimals)}입니다.",
        f"The scores of {formatting.plural(len(found), 'team')} lie at {spread}; the baseline stands at {formatting.number(base, decimals)}.",
    )
    return intervals.stacked(
        Words("standing", t("보이는 점수의 분포", "Distribution of shown scores"), finding),
        found,
        t("우리 팀", "Your team"),
        (base, t("기준 모형", "Baseline")),
        measures.axis(definition.primary),
        step=float(listed.hosted.facts.get("step") or 0.01),
    )
