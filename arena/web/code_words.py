"""What a dictionary's codes and units are called in the page's language.

A data dictionary names each code once (`1=male;2=female`), mostly in English. The usual clinical words are told in both
languages; any other is shown as the organizer wrote it, marked with its language, so that it is read out rightly.
"""

import re

from markupsafe import Markup, escape

from arena.web import reader
from challenges.text import Text

_WORDS = (
    Text("남성", "male"), Text("여성", "female"), Text("아니요", "no"), Text("예", "yes"), Text("모름", "unknown"),
    Text("명시되지 않음", "not specified"), Text("없음", "none"), Text("하나", "one"), Text("둘 이상", "two or more"),
    Text("사망", "died"), Text("생존", "alive"), Text("중도절단", "censored"), Text("사건", "event"),
    Text("대장암으로 사망", "died of colorectal cancer"), Text("다른 원인으로 사망", "died of another cause"),
    Text("짧음", "short"), Text("긺", "long"), Text("낮음", "low"), Text("중간", "middle"), Text("높음", "high"),
    Text("가장 낮음", "lowest"), Text("가장 높음", "highest"),
    Text("피운 적 없음", "never"), Text("끊음", "former"), Text("피움", "current"),
    Text("국한", "localized"), Text("국소 진행", "regional"), Text("원격 전이", "distant"),
    Text("고분화", "well"), Text("중분화", "moderate"), Text("저분화", "poor"),
    Text("점막하층", "submucosa"), Text("근육층", "muscle"), Text("장막", "serosa"), Text("인접 구조", "contiguous structures"),
    Text("폐경 전", "premenopausal"), Text("폐경 후", "postmenopausal"),
    Text("관찰", "observation"), Text("레바미솔", "levamisole"),
    Text("레바미솔과 플루오로우라실", "levamisole and fluorouracil"),
    Text("선암", "adenocarcinoma"), Text("점액성", "mucinous"), Text("반지세포암", "signet ring cell"),
    Text("오른쪽 결장", "right colon"), Text("왼쪽 결장", "left colon"),
    Text("직장구불결장 이행부(C19)", "rectosigmoid (C19)"), Text("직장(C20)", "rectum (C20)"),
    Text("65세 미만", "under 65"), Text("75세 이상", "75 and over"),
    Text("수도권", "capital area"), Text("영남", "Yeongnam"), Text("호남", "Honam"), Text("충청", "Chungcheong"),
    Text("강원과 제주", "Gangwon and Jeju"),
    Text("의료급여", "medical aid"), Text("가장 낮은 5분위", "lowest fifth"), Text("둘째 5분위", "second fifth"),
    Text("가운데 5분위", "middle fifth"), Text("넷째 5분위", "fourth fifth"), Text("가장 높은 5분위", "highest fifth"),
    Text("모두", "everybody"), Text("성별로", "by sex"), Text("연령대로", "by age band"), Text("병기로", "by stage"),
    Text("Charlson 지수로", "by Charlson index"), Text("당뇨병으로", "by diabetes"),
    Text("성별과 연령대로", "by sex and age band"), Text("병기와 연령대로", "by stage and age band"),
)  # fmt: skip
_UNITS = (
    Text("일", "days"), Text("개월", "months"), Text("년", "years"), Text("연도", "year"), Text("점", "points"),
    Text("백분위", "percentile"), Text("비", "ratio"), Text("개", "nodes"), Text("회/분", "beats/min"),
)  # fmt: skip
_KNOWN = {"codes": {word.en: word for word in _WORDS}, "units": {word.en: word for word in _UNITS}}
_HANGUL = re.compile(r"[가-힣]")
_WORD = re.compile(r"[A-Za-z]{3,}")


def meaning(label: str) -> str | Markup:
    """Return what a code means, in the page's language where it is a usual word."""
    return _said("codes", label)


def plain(label: str) -> str:
    """Return the same without marks, for a chart."""
    known = _KNOWN["codes"].get(label)
    return known.pick(reader.language()) if known else label


def unit(name: str, column: str = "") -> str | Markup:
    """Return a unit; signs such as mmHg are the same everywhere, and Korean counts a person's age in its own word."""
    if name == "years" and column.startswith("age"):
        return Text("세", "years").pick(reader.language())
    return _said("units", name)


def _said(kind: str, label: str) -> str | Markup:
    language = reader.language()
    if known := _KNOWN[kind].get(label):
        return known.pick(language)
    if language == "en" and _HANGUL.search(label):
        return Markup('<span lang="ko">{}</span>').format(escape(label))
    if language == "ko" and kind == "codes" and _WORD.search(label) and not _HANGUL.search(label):
        return Markup('<span lang="en">{}</span>').format(escape(label))
    return label
