import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from arena.web.charts import (
    calendar,
    calibration,
    decision,
    distribution,
    history,
    intervals,
    roc,
    sparks,
    survival,
    svg,
)
from arena.web.charts.svg import Words

WORDS = Words("c", "A title", "What it finds <in numbers>")
NOW = datetime(2026, 11, 23, 5, 52, tzinfo=UTC)
OPENED, CLOSES = datetime(2026, 10, 12, tzinfo=UTC), datetime(2026, 12, 11, 9, tzinfo=UTC)
GROUPS = [
    survival.Group(
        name,
        ((0.0, 1.0, 1.0, 1.0), (365.0, s, s - 0.02, s + 0.02), (1825.0, s - 0.1, s - 0.13, s - 0.07)),
        ((1095.0, s),),
        ((0, 800), (1825, None)),
    )
    for name, s in (("low", 0.95), ("middle", 0.94), ("high", 0.6))
]
SHARES = [
    survival.Group(name, ((0.0, 0.0, 0.0, 0.0), (365.0, s, s - 0.01, s + 0.01), (1825.0, 2 * s, s, 3 * s)))
    for name, s in (("event", 0.08), ("competing", 0.03))
]
ROWS = [
    intervals.Row("Ours <3", 0.265, 0.248, 0.281, "you"),
    intervals.Row("Baseline", 0.249, 0.232, 0.265, "base"),
    intervals.Row("None", None),
]
EVENTS = [
    history.Event(OPENED + timedelta(days=2), "no. 1", None, accepted=False),
    history.Event(OPENED + timedelta(days=9), "no. 2", 0.26, accepted=True),
    history.Event(OPENED + timedelta(days=20), "no. 3", 0.26, accepted=False),
    history.Event(OPENED + timedelta(days=30), "no. 4", 0.2665, accepted=True),
]
STOPS = [
    calendar.Stop("Opened", OPENED, "12 Oct"),
    calendar.Stop("Closes", CLOSES, "11 Dec"),
    calendar.Stop("Verified", CLOSES + timedelta(days=10), "21 Dec"),
]


def _calendar(now):
    return calendar.draw(WORDS, STOPS, now, "Today", "18 days")


def _history(events=EVENTS):
    frame = history.Frame(OPENED, CLOSES, NOW, "12 Oct", "close 11 Dec", "close", "today")
    return history.draw(WORDS, events, frame, (0.2535, "baseline"), "Shown IPA", step=0.0065, decimals=4)


CHARTS = {
    "calendar": lambda: _calendar(NOW),
    "calendar_late": lambda: _calendar(CLOSES + timedelta(days=3)),
    "calendar_over": lambda: _calendar(CLOSES + timedelta(days=300)),
    "calendar_open": lambda: calendar.draw_open_ended(WORDS, STOPS[0], "Today", "never closes"),
    "forest": lambda: intervals.forest(WORDS, ROWS, "IPA, higher is better"),
    "shown": lambda: intervals.shown_on_grid(
        WORDS, intervals.Shown(0.2665, 0.0065, 0.012, 0.2535), ("ours", "base", "b"), "IPA", decimals=4
    ),
    "shown_none": lambda: intervals.shown_on_grid(
        WORDS, intervals.Shown(None, 0.0065, 0.012, 0.2535), ("ours", "base", "b"), "IPA", decimals=4
    ),
    "stacked": lambda: intervals.stacked(
        WORDS, [(0.26, False), (0.26, True), (0.27, False)], "us", (0.25, "base"), "IPA", step=0.0065
    ),
    "stacked_many": lambda: intervals.stacked(
        WORDS, [(0.26 + 0.0065 * (n % 4), n == 3) for n in range(400)], "us", (0.25, "base"), "IPA", step=0.0065
    ),
    "history": _history,
    "survival": lambda: survival.draw(WORDS, GROUPS, "years after surgery", "At risk"),
    "cumulative": lambda: survival.cumulative(WORDS, SHARES[:1], "years", "Mortality", ceiling=0.3),
    "cumulative_two": lambda: survival.cumulative(WORDS, SHARES, "years", "Incidence", ceiling=0.3),
    "incidence": lambda: survival.cumulative(
        WORDS,
        GROUPS,
        survival.Time("days", ((0.0, "0"), (1825.0, "1,825"))),
        "Incidence",
        ceiling=1.0,
        at_risk="At risk",
    ),
    "decision": lambda: decision.draw(
        WORDS,
        [(0.0, 0.3, 0.3), (0.1, 0.26, 0.22), (0.3, 0.14, 0.0), (0.4, 0.09, -0.17), (0.7, -0.01, -1.3)],
        ("This file", "treat all", "treat none"),
        ("Threshold", "Net benefit"),
    ),
    "roc": lambda: roc.draw(WORDS, [(0.0, 0.0), (0.2, 0.6), (1.0, 1.0)], ("False alarms", "Found")),
    "distribution": lambda: distribution.draw(
        WORDS, [0.0, 0.05, 0.1, 0.4], [300, 0, 12], ("Predicted", "Patients"), lambda value: f"{value:.0%}"
    ),
    "estimates": lambda: intervals.forest(WORDS, [intervals.Row("a", 0.1, 0.0, 0.2, truth=0.5)], "Estimate"),
    "smooth": lambda: calibration.draw(
        WORDS, [calibration.Bin(0.1, 0.09, 0.07, 0.11)], [], ("P", "O"), [(0.01, 0.02), (0.1, 0.12), (0.9, 0.8)]
    ),
    "calibration": lambda: calibration.draw(
        WORDS,
        [calibration.Bin(0.1, 0.09, 0.07, 0.11), calibration.Bin(0.6, 0.62, 0.58, 0.66)],
        [3, 9, 4],
        ("Predicted", "Observed"),
    ),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_well_formed_and_keeps_the_grammar(name):
    drawn = str(CHARTS[name]())
    root = ET.fromstring(drawn)
    plot = root.find("svg")
    assert plot.get("role") == "img"
    assert plot.get("viewBox") is None
    assert plot.find("title").text == "A title"
    assert plot.find("desc").text == "What it finds <in numbers>"
    assert plot.get("aria-labelledby").split() == [plot.find("title").get("id"), plot.find("desc").get("id")]
    # A style attribute would be refused by the content policy; NaN and infinities would draw nothing.
    assert not re.search(r'style=|nan|inf["%]', drawn)


@pytest.mark.parametrize("name", CHARTS)
def test_marks_stay_within_the_plot(name):
    root = ET.fromstring(str(CHARTS[name]()))
    for element in root.iter():
        for axis in ("x", "x1", "x2", "cx"):
            value = element.get(axis, "")
            if value.endswith("%"):
                assert -0.01 <= float(value[:-1]) <= 100.01, (element.tag, element.attrib)


def test_what_people_type_is_escaped():
    assert "Ours &lt;3" in CHARTS["forest"]()
    assert "<3" not in CHARTS["forest"]()


def test_the_calendar_is_solid_up_to_today_and_pale_beyond():
    root = ET.fromstring(str(_calendar(NOW)))
    lines = [line for line in root.iter("line") if line.get("class") in ("line", "soft")]
    solid = [line for line in lines if line.get("class") == "line"]
    today = next(line for line in root.iter("line") if line.get("class") == "you tick")
    assert solid[-1].get("x2") == today.get("x1")
    over = ET.fromstring(str(_calendar(CLOSES + timedelta(days=300))))
    assert not [line for line in over.iter("line") if line.get("class") in ("soft", "you tick")]


def test_the_history_moves_only_at_accepted_submissions():
    root = ET.fromstring(str(_history()))
    step = next(path for path in root.iter("path"))
    assert step.get("d").count("V") == 2  # one rise, and the level carried on to today
    classes = [circle.get("class") for circle in root.iter("circle")]
    assert classes.count("speck") == 2
    assert classes.count("dot you") == 2


def test_names_in_the_history_never_cover_each_other_and_the_last_has_one():
    events = [
        history.Event(OPENED + timedelta(days=day), f"no. {day}", 0.25 + 0.001 * day, accepted=True)
        for day in range(1, 40)
    ]
    root = ET.fromstring(str(_history(events)))
    named = [text for text in root.iter("text") if (text.text or "").startswith("no. ")]
    assert named[-1].text == "no. 39, 0.2890"
    places = [tuple(float(text.get(axis).rstrip("%")) for axis in "xy") for text in named]
    assert len(places) > 3
    for index, (x, y) in enumerate(places):
        assert all(abs(x - left) > 30 or abs(y - top) > 9 for left, top in places[index + 1 :])


def test_an_axis_of_nothing_has_no_scale():
    axis = intervals.Axis.over([intervals.Row("a", None)])
    assert axis.marks == ()
    assert "<text" not in intervals.board_axis(axis)
    assert "<circle" not in intervals.board_cell(axis, intervals.Row("a", None))


def test_a_row_beyond_the_axis_is_marked_at_its_end():
    axis = intervals.Axis.over([intervals.Row("a", 0.25, 0.24, 0.26)], zero=0.25)
    assert "◂" in intervals.board_cell(axis, intervals.Row("null", 0.0, -0.01, 0.01))
    assert "circle" not in intervals.board_cell(axis, intervals.Row("null", 0.0, -0.01, 0.01))
    assert "circle" in intervals.board_cell(axis, intervals.Row("b", 0.245))


def test_a_board_row_puts_its_dot_where_its_value_lies():
    axis = intervals.Axis(svg.Scale(0.0, 0.1), (0.0, 0.05, 0.1))
    root = ET.fromstring(str(intervals.board_cell(axis, intervals.Row("a", 0.025, 0.0, 0.05, "you"))))
    assert root.find("circle").get("cx") == "25%"
    assert (root.find("line").get("x1"), root.find("line").get("x2")) == ("0%", "50%")
    assert root.get("aria-hidden") == "true"


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.3), (-0.014, 0.03), (0, 1), (1e-6, 5e-6), (12, 4000)])
def test_ticks_are_round_few_and_inside(low, high):
    marks = svg.ticks(low, high)
    assert 3 <= len(marks) <= 8
    assert low - 1e-9 <= marks[0]
    assert marks[-1] <= high + 1e-9
    steps = {round(b - a, 12) for a, b in pairwise(marks)}
    assert max(steps) - min(steps) < 1e-9


def test_names_at_the_ends_of_curves_do_not_lie_on_each_other():
    root = ET.fromstring(str(CHARTS["survival"]()))
    tops = sorted(
        float(text.get("y")[:-1])
        for text in root.iter("text")
        if text.text in ("low", "middle", "high") and text.get("x") == "100%"
    )
    assert all(b - a >= 5.99 for a, b in pairwise(tops))


def test_numbers_at_risk_that_are_masked_show_a_point():
    texts = [text.text for text in ET.fromstring(str(CHARTS["survival"]())).iter("text")]
    assert texts.count("800") == 3
    assert texts.count("·") == 3


def test_sparks_draw_every_bin_and_share():
    assert str(sparks.histogram([1, 2, 3])).count("<rect") == 3
    widths = [float(width) for width in re.findall(r'width="([\d.]+)"', str(sparks.shares([3, 1])))]
    assert widths == [74.2, 24.2]
    assert "<rect" in sparks.histogram([0, 0])


def test_joined_spans_are_low_and_wide_and_everybodys_line_leaves_the_plot_at_its_edge():
    root = ET.fromstring(str(CHARTS["distribution"]()))
    bars = [(float(bar.get("width")[:-1]), float(bar.get("height")[:-1])) for bar in root.iter("rect")]
    assert len(bars) == 2
    assert bars[1][0] == pytest.approx(6 * bars[0][0], abs=0.1)
    assert bars[0][1] / bars[1][1] == pytest.approx(300 / (12 / 6), rel=0.05)
    drawn = [path.get("d") for path in ET.fromstring(str(CHARTS["decision"]())).iter("path")]
    assert drawn[0].split(" ")[-1] == "1000"
    assert len(drawn[0].split("L")) < len(drawn[1].split("L"))


def test_a_long_name_gets_a_wider_margin():
    assert "names long" in intervals.forest(WORDS, [intervals.Row("모두에게 같은 Kaplan–Meier 곡선", 0.5)], "C")
    assert "names long" not in intervals.forest(WORDS, [intervals.Row("Reference", 0.5)], "C")
