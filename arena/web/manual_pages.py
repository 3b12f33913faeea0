"""The guide for organizers, and the schema that their editors read: texts that lie in the package, rendered like any other."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from arena.errors import NotFound
from arena.web import markdown, reader
from arena.web.rendering import page
from arena.web.site import site
from challenges import schema
from challenges.text import Text

FOLDER = Path(__file__).parent / "guide"
DAY = 24 * 3600

blueprint = Blueprint("manual", __name__)


class Guide(NamedTuple):
    """One page of the guide; its text is NAME.ko.md and NAME.en.md."""

    name: str
    title: Text
    summary: Text


GUIDES = (
    Guide(
        "first-challenge",
        Text("첫 챌린지를 반나절에", "Your first challenge in an afternoon"),
        Text(
            "환자의 표 하나에서 검사하고 봉인한 챌린지까지, 셸에서나 브라우저에서.",
            "From one table of patients to a checked and sealed challenge, in the shell or in the browser.",
        ),
    ),
    Guide(
        "choosing-a-metric",
        Text("지표 고르기", "Choosing a metric"),
        Text(
            "질문의 지문에서 주 지표와 함께 보일 지표로, 까닭과 문헌을 붙여.",
            "From the fingerprint of your question to a primary metric and its companions, with reasons and sources.",
        ),
    ),
    Guide(
        "closed-centre",
        Text("실제 자료는 닫힌 곳에서 채점합니다", "Real data: score inside the closed centre"),
        Text(
            "병원의 폐쇄망이나 안심활용센터에서 채점하고 집계한 수만 가지고 나오기.",
            "Score in a hospital’s closed network or a safe centre, and take out aggregate figures only.",
        ),
    ),
)


@blueprint.get("/guide")
def index() -> ResponseReturnValue:
    """Show what the guide for organizers holds."""
    address = f"{site().settings.base_url}{url_for('manual.editor_schema')}"
    return page("manual_index.html", area="manual", guides=GUIDES, schema_address=address)


@blueprint.get("/guide/<name>")
def show(name: str) -> ResponseReturnValue:
    """Show one page of the guide for organizers."""
    found = next((guide for guide in GUIDES if guide.name == name), None)
    if found is None:
        raise NotFound(Text("그런 안내는 없습니다.", "There is no such guide."))
    others = [guide for guide in GUIDES if guide is not found]
    (_, introduction), *sections = markdown.sections(text(name, reader.language()))
    return page("manual.html", area="manual", guide=found, introduction=introduction, sections=sections, others=others)


@blueprint.get(f"/{schema.FILE}")
def editor_schema() -> Response:
    """Send the JSON Schema of challenge.toml, for editors."""
    answer = Response(schema.text(), content_type="application/schema+json")
    answer.cache_control.public = True
    answer.cache_control.max_age = DAY
    return answer


@cache
def text(name: str, language: str) -> str:
    """Return a page's text."""
    return (FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8")
