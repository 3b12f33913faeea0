"""What may change in a hosted challenge: every field of a definition has a rule, and the rules are the design's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from challenges import changes
from challenges.changes import FREE, LOCKED, NOTED, Change, State, compare, compare_files
from challenges.definition import Definition, parse
from tests.arena.conftest import TOML

BEFORE, OPEN, CLOSED = State(opened=False, closed=False), State(opened=True, closed=False), State(True, True)
CLOSES = datetime(2026, 12, 31, 9, tzinfo=UTC)


@pytest.fixture
def old() -> Definition:
    definition = parse(TOML.format(slug="small", practice="false", gate="significant", admission="open"))
    calendar = definition.calendar.model_copy(update={"opens": CLOSES - timedelta(days=60), "closes": CLOSES})
    return definition.model_copy(update={"calendar": calendar})


def changed(definition: Definition, path: str, value: Any) -> Definition:
    """Return the definition with one value replaced, whatever the model would say to it."""
    name, _, rest = path.partition(".")
    if rest:
        part = getattr(definition, name)
        if isinstance(part, tuple):
            number, _, rest = rest.partition(".")
            one = changed(part[int(number)], rest, value)
            value = (*part[: int(number)], one, *part[int(number) + 1 :])
        else:
            value = changed(part, rest, value)
    return definition.model_copy(update={name: value})


def rules(old: Definition, new: Definition, state: State) -> list[str]:
    return [one.rule for one in compare(old, new, state)]


@pytest.mark.parametrize(
    ("path", "value", "before", "opened", "closed"),
    [
        ("title.ko", "다른 제목", FREE, FREE, FREE),
        ("summary.en", "Another summary.", FREE, FREE, FREE),
        ("baselines.0.title.en", "Another name", FREE, FREE, FREE),
        ("limits.team_size", 4, FREE, FREE, FREE),
        ("limits.team_size", 2, NOTED, NOTED, NOTED),
        ("limits.max_bytes", 200_000, FREE, FREE, FREE),
        ("limits.per_day", 4, NOTED, NOTED, NOTED),
        ("license", "CC-BY-4.0", NOTED, NOTED, NOTED),
        ("files.train", "training.csv", NOTED, NOTED, NOTED),
        ("files.labels", "hidden.csv", FREE, FREE, FREE),
        ("admission", "approval", NOTED, NOTED, LOCKED),
        ("calendar.closes", CLOSES + timedelta(days=1), NOTED, NOTED, LOCKED),
        ("calendar.closes", CLOSES - timedelta(days=1), NOTED, LOCKED, LOCKED),
        ("calendar.closes", None, NOTED, NOTED, LOCKED),
        ("calendar.opens", CLOSES - timedelta(days=59), NOTED, LOCKED, LOCKED),
        ("calendar.timezone", "UTC", NOTED, LOCKED, LOCKED),
        ("calendar.verification_days", 11, NOTED, NOTED, NOTED),
        ("calendar.verification_days", 9, NOTED, LOCKED, LOCKED),
        ("calendar.team_freeze_days", 1, NOTED, LOCKED, LOCKED),
        ("metrics.0.horizon", 365.0, NOTED, LOCKED, LOCKED),
        ("metrics.0.tie_break", True, NOTED, LOCKED, LOCKED),
        ("metrics", (), NOTED, LOCKED, LOCKED),
        ("columns.0.name", "p3", NOTED, LOCKED, LOCKED),
        ("labels.time", "weeks", NOTED, LOCKED, LOCKED),
        ("labels.split", "half", NOTED, LOCKED, LOCKED),
        ("leaderboard.gate", "none", NOTED, LOCKED, LOCKED),
        ("leaderboard.reveal", "after_reviews", NOTED, LOCKED, LOCKED),
        ("subgroups.columns", ("age",), NOTED, LOCKED, LOCKED),
        ("practice", True, NOTED, LOCKED, LOCKED),
        ("synthetic", False, NOTED, LOCKED, LOCKED),
        ("baselines.0.reference", True, NOTED, LOCKED, LOCKED),
        ("baselines.0.file", "other.csv", NOTED, NOTED, LOCKED),
        ("agreement.version", "2", NOTED, NOTED, LOCKED),
        ("kind", "binary", LOCKED, LOCKED, LOCKED),
        ("slug", "other", LOCKED, LOCKED, LOCKED),
    ],
)
def test_a_change_falls_under_its_rule(old: Definition, path: str, value: Any, before: str, opened: str, closed: str):
    new = changed(old, path, value)
    assert [rules(old, new, state) for state in (BEFORE, OPEN, CLOSED)] == [[before], [opened], [closed]]
    (found,) = compare(old, new, OPEN)
    assert ".".join(map(str, found.path)).startswith(path.rpartition(".")[0].replace("baselines.0", "baselines.null"))
    assert found.message.ko
    assert found.message.en


def test_no_difference_is_no_change_and_the_version_is_none(old: Definition):
    assert compare(old, old, OPEN) == []
    assert compare(old, changed(old, "version", "2"), OPEN) == []


def test_a_field_without_a_rule_is_locked_once_opened(old: Definition, monkeypatch: pytest.MonkeyPatch):
    """Whatever a later version of the format adds may not slip through."""
    new = changed(old, "license", "CC-BY-4.0")
    monkeypatch.delitem(changes._RULES, ("license",))
    monkeypatch.delitem(changes._NAMES, "license")
    assert [rules(old, new, state) for state in (BEFORE, OPEN)] == [[NOTED], [LOCKED]]
    assert compare(old, new, OPEN)[0].message.en.startswith("license cannot change")


def test_a_baseline_may_come_until_the_close_and_never_goes(old: Definition):
    without = changed(old, "baselines", old.baselines[1:])
    assert [rules(without, old, state) for state in (BEFORE, OPEN, CLOSED)] == [[NOTED], [NOTED], [LOCKED]]
    assert [rules(old, without, state) for state in (BEFORE, OPEN, CLOSED)] == [[LOCKED]] * 3
    assert compare(old, changed(old, "baselines", old.baselines[::-1]), OPEN) == []


def test_a_judged_challenge_keeps_its_weights(old: Definition):
    judging = {"leaderboard_weight": 0.5, "criteria": [{"name": {"ko": "가", "en": "A"}, "weight": 0.5}]}
    judged = Definition.model_validate(old.model_dump(mode="json", by_alias=True) | {"judging": judging})
    assert rules(old, judged, OPEN) == [LOCKED]
    assert rules(judged, changed(judged, "judging.criteria.0.weight", 0.4), OPEN) == [LOCKED]
    assert rules(judged, changed(judged, "judging.criteria.0.name.en", "Need"), OPEN) == [NOTED]


def test_what_is_long_is_cut(old: Definition):
    (found,) = compare(old, changed(old, "title.en", "x" * 500), OPEN)
    assert len(found.after) == changes.LONGEST


FILES = {
    "train.csv": ("train", "1" * 64),
    "test.csv": ("test", "2" * 64),
    "baseline_null.csv": ("baseline", "3" * 64),
    "baseline_simple.csv": ("baseline", "4" * 64),
    "overview.ko.md": ("text", "5" * 64),
    "rules.ko.md": ("text", "6" * 64),
    "agreement.ko.md": ("text", "7" * 64),
    "starter.py": ("starter", "8" * 64),
}


@pytest.mark.parametrize(
    ("name", "before", "opened"),
    [
        ("train.csv", NOTED, NOTED),
        ("test.csv", NOTED, NOTED),
        ("baseline_null.csv", NOTED, NOTED),
        ("baseline_simple.csv", NOTED, LOCKED),  # what every gain is counted from
        ("overview.ko.md", FREE, FREE),
        ("rules.ko.md", NOTED, NOTED),
        ("starter.py", FREE, FREE),
    ],
)
def test_a_file_falls_under_its_rule(old: Definition, name: str, before: str, opened: str):
    new = FILES | {name: (FILES[name][0], "a" * 64)}
    for state, rule in ((BEFORE, before), (OPEN, opened)):
        assert compare_files(FILES, new, old, state) == [
            Change(
                ("files", name), FILES[name][1][:12], "a" * 12, rule, compare_files(FILES, new, old, state)[0].message
            )
        ]


def test_words_that_people_accepted_do_not_change_under_their_version(old: Definition):
    new = FILES | {"agreement.ko.md": ("text", "a" * 64)}
    found = changes.silent_agreement(old, old, FILES, new)
    assert found is not None
    assert (found.rule, found.path) == (LOCKED, ("agreement", "version"))
    assert changes.silent_agreement(old, changed(old, "agreement.version", "2"), FILES, new) is None
    assert changes.silent_agreement(old, old, FILES, FILES) is None
