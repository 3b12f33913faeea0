"""The challenge as a textbook page: its figure, its dictionary to search, its metric cards and its starter to copy."""

import json
import re

import pytest

from arena import publishing
from arena.store.engine import transaction
from tests.web.conftest import OPENS, write_folder
from tests.web.visiting import text_of

FIGURE = """
[figure]
title.ko = "체력"
title.en = "Fitness"
column = "{column}"
"""
STARTER = "# <b>start</b>\nprint('1 < 2')\n"


def steps(share):
    return [
        [0.0, 0.0, 0.0, 0.0, 60],
        [365.0, share / 2, share / 4, share, 50],
        [1100.0, share, share / 2, share * 1.2, 40],
    ]


CURVES = {
    "kind": "curves",
    "thirds": True,
    "horizon": 1095.0,
    "groups": [{"name": str(k), "n": 60, "events": 9 - k, "steps": steps(0.4 - 0.1 * k)} for k in range(3)],
}
SHARES = {
    "kind": "shares",
    "thirds": False,
    "horizon": 1095.0,
    "groups": [
        {"name": name, "n": 90, "events": 9, "share": share, "low": share / 2, "high": share * 2}
        for name, share in (("1", 0.2), ("2", 0.1))
    ],
}


def publish(world, figure=None, column="age", **choices):
    """Publish as a worker would have made it, with a figure among the facts and a starter in the folder."""
    folder = world.folder / "small"
    given = {"practice": False, "before": "submission", "admission": "open", "companion": False} | choices
    write_folder(folder, "small", **given)
    (folder / "starter.py").write_text(STARTER)
    if figure is not None:
        definition = folder / "challenge.toml"
        definition.write_text(definition.read_text() + FIGURE.format(column=column))
        facts = json.loads((folder / "facts.json").read_text())
        facts |= {"figure": figure, "train_events": {"1": 40}}
        (folder / "facts.json").write_text(json.dumps(facts))
    collected = publishing.collect(world.blobs, folder)
    with transaction(world.engine) as session:
        publishing.publish(session, collected, opens_at=OPENS, closes_at=None, at=OPENS, sign=world.signer.sign)


def test_the_question_has_its_figure_with_its_numbers(world):
    publish(world, CURVES)
    page = world.visitor().get("/challenges/small")
    text = text_of(page)
    assert "Figure 1. Outcomes of the training patients. Fitness." in text
    assert "adjusted for nothing else" in text
    # The lowest third has most events, and stands last in the order of risk.
    rows = re.findall(r"(\w+ third), 1 year ([\d.]+%)", text)
    assert rows == [("highest third", "10.0%"), ("middle third", "15.0%"), ("lowest third", "20.0%")]
    assert "Events: 40 (20.0%)" in text
    assert "그림 1. 학습 환자의 결과: 체력." in text_of(world.visitor("ko").get("/challenges/small"))


def test_groups_by_codes_have_the_dictionarys_names(world):
    publish(world, SHARES, column="sex")
    text = text_of(world.visitor().get("/challenges/small"))
    assert re.search(r"female\s+10\.0%\s+5\.0–20\.0%\s+90", text), text
    assert re.search(r"male\s+20\.0%", text)


def test_no_figure_is_seen_before_the_data_may_be(world):
    publish(world, CURVES, before="download")
    assert "Figure 1. Outcomes" not in text_of(world.visitor().get("/challenges/small"))
    world.team("mina")
    assert "Figure 1. Outcomes" in text_of(world.visitor().sign_in("mina@example.org").get("/challenges/small"))


def test_without_a_figure_nothing_is_missing(world):
    publish(world)
    page = world.visitor().get("/challenges/small")
    assert (page.status_code, "The question in a figure" in page.text) == (200, False)


@pytest.mark.parametrize(
    ("query", "found"), [("sex", 1), ("SEX", 1), ("성별", 1), ("female", 1), ("", None), ("nothing", 0)]
)
def test_the_dictionary_is_searched_in_either_language(world, query, found):
    publish(world)
    page = world.visitor().get("/challenges/small/data", query_string={"q": query})
    rows = re.findall(r'<tr id="variable-([^"]+)"', page.text)
    if found is None:
        assert len(rows) > 2
    else:
        assert len(rows) == found
    assert ("No variable matches" in page.text) == (found == 0)
    if rows:
        assert f'href="#variable-{rows[0]}"' in page.text


def test_a_query_is_text_and_nothing_else(world):
    publish(world)
    page = world.visitor().get("/challenges/small/data", query_string={"q": '"><script>alert(1)</script>' * 20})
    assert (page.status_code, "<script>alert" in page.text) == (200, False)


def test_the_starter_stands_there_to_be_copied(world):
    publish(world)
    page = world.visitor().get("/challenges/small/data")
    assert 'data-copy="starter-1"' in page.text
    assert '<code id="starter-1"># &lt;b&gt;start&lt;/b&gt;\nprint(&#39;1 &lt; 2&#39;)</code>' in page.text
    assert "2 lines" in page.text


def test_each_metric_has_its_card(world):
    publish(world)
    page = world.visitor().get("/challenges/small/evaluation")
    text = text_of(page)
    assert 'id="metric-ipa@1095" open' in page.text
    assert 'href="#metric-ipa@1095"' in page.text
    for words in (
        "1 at most",
        "The null model 0.000",
        "A Brier score of 0.112",
        "doi:10.1186/s41512-018-0029-2",
        "metrics guide",
    ):
        assert words in text
