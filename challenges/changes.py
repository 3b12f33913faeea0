"""What may change in a challenge that is hosted: the differences of two definitions, each with the rule that it falls under.

free      it changes nothing that a team could have built upon: texts, titles, a larger team
noted     it takes a new version with a note that everybody can read
locked    it would change the contest: not after the opening, and some of it never
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from challenges.definition import Baseline, Definition
from challenges.locating import Place
from challenges.tabular import quoted
from challenges.text import Text

FREE, NOTED, LOCKED = "free", "noted", "locked"
LONGEST = 200  # what is shown of a value


class Change(NamedTuple):
    """One difference: where it is, what stood there and what stands there now, its rule, and what follows from it."""

    path: Place
    before: str
    after: str
    rule: str
    message: Text


class State(NamedTuple):
    """How far the challenge is: some of what is free before a moment is locked after it."""

    opened: bool
    closed: bool


# What a rule sees: the value before, the value after, and how far the challenge is.
Rule = Callable[[Any, Any, State], str]


def _always(rule: str) -> Rule:
    return lambda _before, _after, _state: rule


def _contest(_before: Any, _after: Any, state: State) -> str:
    return LOCKED if state.opened else NOTED


def _upwards(rule: str) -> Rule:
    return lambda before, after, _state: rule if after > before else NOTED


def _only_upwards(before: Any, after: Any, state: State) -> str:
    return NOTED if after > before or not state.opened else LOCKED


def _only_downwards(before: Any, after: Any, state: State) -> str:
    return NOTED if after < before or not state.opened else LOCKED


def _later(before: datetime | None, after: datetime | None, state: State) -> str:
    # No date is later than any: a challenge without a close never closes.
    put_off = after is None or (before is not None and after > before)
    return LOCKED if state.closed or (state.opened and not put_off) else NOTED


def _until_the_close(_before: Any, _after: Any, state: State) -> str:
    return LOCKED if state.closed else NOTED


# The longest matching path decides; positions in lists are left out of it.
_RULES: dict[tuple[str, ...], Rule] = {
    ("slug",): _always(LOCKED),
    ("kind",): _always(LOCKED),
    ("schema",): _always(LOCKED),
    ("title",): _always(FREE),
    ("summary",): _always(FREE),
    ("license",): _always(NOTED),
    ("synthetic",): _contest,
    ("practice",): _contest,
    ("admission",): _until_the_close,
    ("calendar", "opens"): _contest,
    ("calendar", "closes"): _later,
    ("calendar", "timezone"): _contest,
    ("calendar", "verification_days"): _only_upwards,
    ("calendar", "team_freeze_days"): _only_downwards,
    ("files",): _always(NOTED),
    ("files", "labels"): _always(FREE),
    ("labels",): _contest,
    ("columns",): _contest,
    ("metrics",): _contest,
    ("leaderboard",): _contest,
    ("limits",): _always(NOTED),
    ("limits", "team_size"): _upwards(FREE),
    ("limits", "max_bytes"): _upwards(FREE),
    ("subgroups",): _contest,
    ("baselines",): _until_the_close,
    ("baselines", "title"): _always(FREE),
    ("baselines", "reference"): _contest,
    ("figure",): _always(FREE),
    ("agreement",): _until_the_close,
    ("judging",): _contest,
    ("judging", "criteria", "name"): _always(NOTED),
    ("judging", "document", "closes"): _later,
}
_NAMES: dict[str, Text] = {
    "slug": Text("이름(slug)", "The slug"),
    "kind": Text("종류(kind)", "The kind"),
    "schema": Text("정의의 꼴(schema)", "The schema"),
    "title": Text("제목", "The title"),
    "summary": Text("요약", "The summary"),
    "license": Text("사용 조건(license)", "The licence"),
    "synthetic": Text("합성 자료라는 표시(synthetic)", "The mark of synthetic data"),
    "practice": Text("연습이라는 표시(practice)", "The mark of practice"),
    "admission": Text("참가 방법(admission)", "The way of admission"),
    "calendar": Text("일정", "The calendar"),
    "files": Text("파일", "The files"),
    "labels": Text("결과 파일의 열", "The labels’ columns"),
    "columns": Text("예측 열", "The prediction columns"),
    "metrics": Text("지표와 동률 규칙", "The metrics and the tie rule"),
    "leaderboard": Text("순위표의 관문과 공개 규칙", "The leaderboard’s gate and reveal"),
    "limits": Text("한도", "The limits"),
    "subgroups": Text("하위집단", "The subgroups"),
    "baselines": Text("기준 모형", "The baselines"),
    "figure": Text("개요의 그림", "The overview’s figure"),
    "agreement": Text("동의서", "The agreement"),
    "judging": Text("심사 규칙", "The judging"),
}


def compare(old: Definition, new: Definition, state: State) -> list[Change]:
    """Return every difference between two definitions, in the order of the definition; the version itself is none."""
    before, after = (one.model_dump(by_alias=True, exclude={"version"}) for one in (old, new))
    found = [
        _change(path, one, other, state) for path, one, other in _differences(before, after) if path[0] != "baselines"
    ]
    return found + list(_baselines(old, new, state))


def compare_files(
    old: Mapping[str, tuple[str, str]], new: Mapping[str, tuple[str, str]], definition: Definition, state: State
) -> list[Change]:
    """Return every file that was added, changed or left out; files are given as name → (role, SHA-256).

    `definition` is the one that the new files belong to. An agreement whose words change needs a version of its own, which
    `compare` sees: see `silent_agreement`.
    """
    reference = definition.reference
    found = []
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        if one == other:
            continue
        role = (other or one or ("", ""))[0]
        rule = FREE if role in ("sample", "starter", "validation") else NOTED
        if role == "text":
            rule = NOTED if name.startswith("rules.") or one is None or other is None else FREE
        if reference is not None and name == reference.file and state.opened:
            rule = LOCKED
        before, after = (file[1][:12] if file else "" for file in (one, other))
        found.append(Change(("files", name), before, after, rule, _sentence(_file_name(name), rule)))
    return found


def silent_agreement(
    old: Definition, new: Definition, before: Mapping[str, tuple[str, str]], after: Mapping[str, tuple[str, str]]
) -> Change | None:
    """Return the change of an agreement's words under the version that people have accepted already; it is never allowed."""
    if old.agreement is None or new.agreement is None or old.agreement.version != new.agreement.version:
        return None
    for language in ("ko", "en"):
        one = before.get(f"{old.agreement.file}.{language}.md")
        other = after.get(f"{new.agreement.file}.{language}.md")
        if one != other:
            return Change(
                ("agreement", "version"),
                quoted(old.agreement.version),
                quoted(new.agreement.version),
                LOCKED,
                Text(
                    "동의서의 글이 바뀌었는데 판은 그대로입니다. [agreement] version을 올려 다시 동의를 받으십시오.",
                    "The agreement’s words have changed under the same version. Raise [agreement] version, so that people accept it anew.",
                ),
            )
    return None


def _differences(before: Any, after: Any, path: Place = ()) -> Iterator[tuple[Place, Any, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(one for one in after if one not in before)]:
            yield from _differences(before.get(name), after.get(name), (*path, name))
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, (*path, index))
    elif before != after:
        yield path, before, after


def _change(path: Place, before: Any, after: Any, state: State) -> Change:
    rule = _rule(path)(before, after, state)
    part = None if path == ("calendar", "timezone") else path[0]
    field = str(path[0])
    name = _NAMES.get(field, Text(field, field))
    return Change(path, _short(before), _short(after), rule, _sentence(name, rule, part))


def _short(value: Any) -> str:
    text = quoted(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _rule(path: Place) -> Rule:
    names = tuple(step for step in path if isinstance(step, str))
    while names and names not in _RULES:
        names = names[:-1]
    # What a later format adds is locked until somebody has thought about it.
    return _RULES.get(names, _contest)


def _baselines(old: Definition, new: Definition, state: State) -> Iterator[Change]:
    """Baselines are told apart by their names: their order says nothing."""
    before, after = ({one.name: one for one in definition.baselines} for definition in (old, new))
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        path: Place = ("baselines", name)
        if other is None:
            # Its scores stand in the record of the challenge.
            yield Change(path, quoted(name), "", LOCKED, _sentence(_NAMES["baselines"], LOCKED, "slug"))
        elif one is None:
            rule = _contest(None, None, state) if other.reference else _until_the_close(None, None, state)
            yield Change(path, "", quoted(name), rule, _sentence(_NAMES["baselines"], rule))
        else:
            for rest, was, is_now in _differences(_plain(one), _plain(other), path):
                rule = _rule(("baselines", *(step for step in rest[2:] if isinstance(step, str))))(was, is_now, state)
                yield Change(rest, _short(was), _short(is_now), rule, _sentence(_NAMES["baselines"], rule))


def _plain(baseline: Baseline) -> dict[str, Any]:
    return baseline.model_dump(by_alias=True)


def _file_name(name: str) -> Text:
    return Text(f"{name} 파일", f"The file {name}")


def _sentence(name: Text, rule: str, part: object = None) -> Text:
    if rule == FREE:
        return Text(f"{name.ko}: 바꿀 수 있습니다.", f"{name.en} may change.")
    if rule == NOTED:
        return Text(
            f"{name.ko}: 새 판으로, 누구나 읽는 설명과 함께 바꿀 수 있습니다.",
            f"{name.en} may change under a new version, with a note that everybody can read.",
        )
    if part in ("slug", "kind", "schema"):
        return Text(
            f"{name.ko}: 같은 챌린지 안에서는 바꾸거나 뺄 수 없습니다. 다른 챌린지로 여십시오.",
            f"{name.en} cannot change or go within a challenge. Publish another challenge.",
        )
    if part == "calendar":
        return Text(
            f"{name.ko}: 열린 뒤에는 날짜를 미룰 수만 있고, 마감은 마감한 뒤에 미룰 수도 없습니다.",
            f"{name.en} can only be put off once the challenge has opened, and the close no more once it has passed.",
        )
    return Text(
        f"{name.ko}: 겨루는 것이 달라지므로 열린 뒤에는 바꿀 수 없습니다. 다른 챌린지로 여십시오.",
        f"{name.en} cannot change once the challenge has opened: it would be another contest. Publish another challenge.",
    )
