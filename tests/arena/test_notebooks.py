"""What a notebook shows of a submission and of a leaderboard."""

import json

from arena import wire
from arena.api.examples import example


def test_a_submission_is_a_small_table_of_its_scores():
    found = wire.Submission.model_validate(example(wire.Submission))
    assert found.table() == [
        {
            "split": "public",
            "metric": "harrell_c",
            "value": 0.671,
            "se": 0.019,
            "low": 0.634,
            "high": 0.708,
            "reason": None,
        }
    ]
    shown = found._repr_html_()
    assert "colon-adjuvant · 3 · scored · shown · final" in shown
    for text in ("harrell_c", "0.671", "0.634", "0.708"):
        assert f"<td>{text}</td>" in shown
    assert "reason" not in shown


def test_without_scores_only_the_decision_is_shown():
    given = {**example(wire.Submission), "scores": {}, "decision": "accepted", "shown_gain": 0.0321}
    found = wire.Submission.model_validate(given)
    assert found.table() == []
    assert found._repr_html_().endswith("accepted · final · shown_gain +0.0321</caption></table>")


def test_names_of_others_are_text_and_nothing_else():
    row = {**example(wire.BoardRow), "team": "<script>alert(1)</script>&", "you": True}
    board = wire.Leaderboard.model_validate({**example(wire.Leaderboard), "rows": [row]})
    assert "<script" not in board._repr_html_()
    assert "<td>&lt;script&gt;alert(1)&lt;/script&gt;&amp;</td><td>✓</td>" in board._repr_html_()
    (plain,) = board.table()
    assert (plain["team"], plain["value"], plain["low"]) == (row["team"], 0.671, 0.634)
    assert json.loads(json.dumps(plain)) == plain


def test_what_is_not_there_leaves_no_hole():
    row = {**example(wire.BoardRow), "scores": {}, "rank": None, "shown_gain": None}
    board = wire.Leaderboard.model_validate({**example(wire.Leaderboard), "rows": [row], "primary": None})
    assert board.table()[0]["value"] is None
    assert "None" not in board._repr_html_()
