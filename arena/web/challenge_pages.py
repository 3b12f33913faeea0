"""One challenge's reading pages: overview, data, evaluation, rules, agreement; and its files."""

from flask import Blueprint, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response

from arena import audit, datasets, disclosing, hosting, teams, versions
from arena.errors import Forbidden, OurFault
from arena.hosting import Hosted
from arena.store.models import ChallengeFile
from arena.web import cohort_figures, dictionaries, formatting, limits, measures, starters
from arena.web.account_pages import onward, require_user
from arena.web.charts import intervals, sparks
from arena.web.charts.svg import Words
from arena.web.rendering import t
from arena.web.scenes import Scene, calendar_chart, dates, scene
from arena.web.site import now, reading, site, writing
from challenges.text import Text

blueprint = Blueprint("challenge", __name__, url_prefix="/challenges/<slug>")


@blueprint.get("")
def overview(slug: str) -> ResponseReturnValue:
    """Show the clinical question, the key facts, the calendar, and what is sealed."""
    with reading() as session:
        here = scene(session, slug)
        head = audit.head(session, here.hosted.id)
        disclosed = disclosing.disclosed(session, here.hosted)
    # Whoever may not download the training file yet sees no figure made from it either.
    barred = _barred(here) is not None
    drawn = None if barred else cohort_figures.question(here.hosted, 1)
    outcomes = None if barred else cohort_figures.outcomes(here.hosted, 1 + (drawn is not None))
    return here.page(
        "overview.html",
        tab="overview",
        overview=here.text("overview"),
        drawn=drawn,
        outcomes=outcomes,
        figures=(drawn is not None) + (outcomes is not None),
        calendar=calendar_chart("cal", here.hosted, here.at),
        dates=dates(here.hosted),
        head=head,
        disclosed=disclosed,
        command=disclosing.command(here.hosted, disclosed) if disclosed else "",
    )


@blueprint.get("/data")
def data(slug: str) -> ResponseReturnValue:
    """Show the files to download, and the dictionary with each variable's distribution."""
    with reading() as session:
        here = scene(session, slug)
    barred = _barred(here)
    query = request.args.get("q", "").strip()[:100]
    described = dictionaries.matching(datasets.describe(site().blobs, here.hosted), query)
    if barred is not None:
        described = datasets.without_figures(described)
    drawn = {
        variable.column: sparks.histogram(variable.counts) if variable.numeric else sparks.shares(variable.counts)
        for block in described
        for variable in block.variables
        if variable.counts
    }
    return here.page(
        "data.html",
        tab="data",
        text=here.text("data"),
        blocks=described,
        drawn=drawn,
        barred=barred,
        query=query,
        matched=sum(len(block.variables) for block in described),
        words_of=dictionaries.words,
        starters=starters.programs(here.hosted),
    )


@blueprint.get("/evaluation")
def evaluation(slug: str) -> ResponseReturnValue:
    """Show how predictions are scored, what is shown before the close, and where the baselines stand."""
    with reading() as session:
        here = scene(session, slug)
    return here.page("evaluation.html", tab="evaluation", text=here.text("evaluation"), baselines=_baselines(here))


@blueprint.get("/rules")
def rules(slug: str) -> ResponseReturnValue:
    """Show the rules and limits, and every version of the challenge with its digest."""
    with reading() as session:
        here = scene(session, slug)
        found = versions.every(session, here.hosted)
    return here.page("rules.html", tab="rules", text=here.text("rules"), dates=dates(here.hosted), versions=found[::-1])


@blueprint.route("/agreement", methods=["GET", "POST"])
@limits.change_limit
def agreement(slug: str) -> ResponseReturnValue:
    """Show the agreement and record its acceptance."""
    if request.method == "POST":
        user = require_user()
        with writing() as session:
            hosted = hosting.find(session, slug)
            teams.accept_agreement(session, user, hosted, version=request.form.get("version", ""), at=now())
        return redirect(onward() if request.form.get("next") else url_for("team.show", slug=slug), 303)
    with reading() as session:
        here = scene(session, slug)
        accepted = teams.agreement_of(session, here.user, here.hosted)
    found = here.hosted.definition.agreement
    return here.page(
        "agreement.html",
        tab="rules",
        text=here.text(found.file) if found else "",
        accepted=accepted,
        next=request.args.get("next", ""),
    )


@blueprint.get("/files/<name>")
def file(slug: str, name: str) -> ResponseReturnValue:
    """Send one of the challenge's files, whole or in ranges; the labels' name is not there."""
    with reading() as session:
        here = scene(session, slug)
    found = hosting.file(here.hosted, name)
    barred = _barred(here)
    if barred is not None:
        raise barred
    return _send(here.hosted, found)


def _barred(here: Scene) -> Forbidden | None:
    """Return why the files may not be downloaded yet, if the agreement comes before the download."""
    if here.status == "announced" and not here.roles:
        return Forbidden(
            "not_open",
            Text(
                "자료는 챌린지가 열릴 때 받을 수 있습니다.", "The data can be downloaded once the challenge has opened."
            ),
        )
    found = here.hosted.definition.agreement
    if found is None or found.before != "download" or not here.must_agree:
        return None
    return Forbidden(
        "agreement_needed",
        Text(
            "자료를 받기 전에 동의서에 동의해야 합니다.",
            "The agreement must be accepted before the data can be downloaded.",
        ),
    )


def _send(hosted: Hosted, found: ChallengeFile) -> Response:
    try:
        stream = hosting.open_file(site().blobs, hosted, found)
    except FileNotFoundError:
        raise OurFault("file_lost", Text("파일을 읽지 못했습니다.", "The file could not be read.")) from None
    response = send_file(
        stream,
        mimetype="application/gzip"
        if found.name.endswith(".gz")
        else "text/csv"
        if found.name.endswith(".csv")
        else "text/plain",
        as_attachment=True,
        download_name=found.name,
        etag=found.sha256,
        max_age=0,
        conditional=False,
    )
    response.headers["X-Checksum-Sha256"] = found.sha256
    # The stream has no path, so its length has to be told before a range can be cut from it.
    response.content_length = found.size
    # Several ranges at once may be ignored (RFC 9110, 14.2); to go on where a download stopped, one is enough.
    several = "," in request.headers.get("Range", "")
    environ = {name: value for name, value in request.environ.items() if not (several and name == "HTTP_RANGE")}
    try:
        return response.make_conditional(environ, accept_ranges=True, complete_length=found.size)
    except RequestedRangeNotSatisfiable:
        stream.close()
        raise


def _baselines(here: Scene) -> dict[str, object]:
    """Return what is known of the baselines from the training file: their values, drawn and written."""
    definition, facts = here.hosted.definition, here.hosted.facts
    values = facts.get("baselines") or {}
    if not definition.metrics or not definition.baselines or not values:
        return {}
    rows = [
        intervals.Row(t(one.title), float(values[one.name]), kind="" if one.reference else "base")
        for one in definition.baselines
        if values.get(one.name) is not None
    ]
    title = t("기준 모형의 값", "Values of the baselines")
    decimals = measures.metric(definition.primary).decimals
    finding = ", ".join(f"{row.name} {formatting.number(row.value or 0.0, decimals)}" for row in rows)
    words, axis = Words("baselines", title, finding), measures.axis(definition.primary)
    return {"chart": intervals.forest(words, rows, axis, decimals=decimals), "rows": rows}
