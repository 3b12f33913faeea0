"""The datasheet as one page of HTML that needs nothing beside it."""

from collections.abc import Iterable, Sequence
from html import escape

from challenges.datasheet import Datasheet
from challenges.definition import Definition
from challenges.text import Text
from scorers.catalogue import METRICS

STATES = {"fail": Text("실패", "fail"), "warn": Text("주의", "warning"), "pass": Text("통과", "pass")}
MARKS = {"fail": "bad", "warn": "warn", "pass": "good"}
KINDS = {
    "survival": Text("생존 예측", "Survival prediction"),
    "competing": Text("경쟁 위험", "Competing risks"),
    "binary": Text("이분 결과", "Binary outcome"),
    "effect": Text("효과 추정", "Effect estimation"),
    "report": Text("연구 보고서", "Written report"),
}
SPLITS = {"public": Text("공개", "Public"), "private": Text("비공개", "Private")}
FEW_COLUMNS = 3  # more do not fit on a phone side by side
MASKED = Text("가림", "masked")

STYLE = """
:root{color-scheme:light dark;--paper:light-dark(#fff,#11161b);--ink:light-dark(#14202b,#e9edf1);--soft:light-dark(#4b5864,#a8b4bf);
--rule:light-dark(#d5dbe1,#303b45);--good:light-dark(#0f6a5b,#63c9b3);--warn:light-dark(#7a5200,#e2b55c);--bad:light-dark(#a3262b,#ff9c92)}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:400 .95rem/1.6 "Pretendard Variable",Pretendard,
system-ui,"Noto Sans KR",sans-serif;word-break:keep-all;overflow-wrap:break-word;font-variant-numeric:tabular-nums}
main{max-width:70rem;margin:auto;padding:2rem clamp(1rem,4vw,3rem) 4rem}h1{font-size:clamp(1.6rem,1.2rem + 2vw,2.4rem);line-height:1.25;
letter-spacing:-.02em;margin:.3rem 0 .6rem}h2{font-size:1.1rem;margin:0}p{margin:0;max-width:44em}.soft,caption,thead th,dt,footer{color:var(--soft)}
.soft,thead th,footer{font-size:.85rem}section{border-top:1.5px solid var(--ink);padding-top:.8rem;margin-top:2.4rem}
section>div>*+*{margin-top:1rem}table{border-collapse:collapse;width:100%}caption{text-align:left;padding-bottom:.4rem;font-size:.85rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--rule)}thead th{font-weight:400;
border-bottom-color:var(--ink)}th{font-weight:600}.r{text-align:right}dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.5rem;margin:0}
dd{margin:0}code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.9em}.state{font-weight:600;white-space:nowrap}
.state::before{content:"";display:inline-block;width:.6em;height:.6em;margin-right:.45em;border:1.5px solid currentColor;border-radius:50%}
.good{color:var(--good)}.good::before{background:currentColor}.warn{color:var(--warn)}.warn::before{border-radius:0;transform:rotate(45deg)}
dd code{overflow-wrap:anywhere}.wide{overflow-x:auto}.bad{color:var(--bad)}.bad::before{border-radius:0;background:currentColor}.masked{color:var(--soft);border-bottom:1px dotted}footer{margin-top:2.4rem}
@media(min-width:60rem){section{display:grid;grid-template-columns:10rem minmax(0,1fr);column-gap:2rem}}
@media(max-width:59.99rem){h2{margin-bottom:.6rem}}@media(max-width:40rem){dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:.6rem}
.wide table{min-width:32rem}.wide caption{max-width:88vw}.checks thead{display:none}.checks :is(table,tbody,tr,th,td,caption){display:block;border:0;padding:0;min-width:0}
.checks tr{padding:.6rem 0;border-bottom:1px solid var(--rule)}}@media print{main{padding:0}tr{break-inside:avoid}}
"""


class _Page:
    """The page's parts in one language."""

    def __init__(self, sheet: Datasheet, definition: Definition, language: str) -> None:
        self.sheet, self.definition, self.language = sheet, definition, language

    def t(self, ko: str, en: str) -> str:
        return escape(ko if self.language == "ko" else en)

    def say(self, text: Text) -> str:
        return self.t(*text)

    def count(self, value: int | None) -> str:
        return f'<span class="masked">{self.say(MASKED)}</span>' if value is None else f"{value:,}"

    def people(self, value: int | None) -> str:
        return self.count(value) if value is None else self.t(f"{value:,}명", f"{value:,} patients")

    def section(self, title: str, *parts: str) -> str:
        return f"<section><h2>{title}</h2><div>{''.join(parts)}</div></section>\n"

    def pairs(self, items: Iterable[tuple[str, str]]) -> str:
        return "<dl>" + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in items if value) + "</dl>"

    def days(self, day: float) -> str:
        years = day / 365
        if years == int(years):
            return self.t(f"{years:g}년", f"{years:g} year{'s' if years > 1 else ''}")
        return self.t(f"{day:g}일", f"{day:g} days")

    def table(self, caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = True) -> str:
        right = ' class="r"' if numbers else ""
        kind = "checks" if not numbers else "wide" if len(head) > FEW_COLUMNS else "table"
        titles = "".join(f'<th scope="col"{right if place else ""}>{one}</th>' for place, one in enumerate(head))
        body = "".join(
            f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td{right}>{cell}</td>" for cell in row[1:]) + "</tr>"
            for row in rows
        )
        return (
            f'<div class="{kind}"><table><caption>{caption}</caption><thead><tr>{titles}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def design(self) -> str:
        definition = self.definition
        asked = ", ".join(
            f"<code>{escape(one.name)}</code>" + (f" ({self.days(one.horizon)})" if one.horizon else "")
            for one in definition.columns
        )
        return self.section(
            self.t("설계", "Design"),
            self.pairs(
                (
                    (self.t("물음", "Question"), self.say(definition.summary.text)),
                    (self.t("종류", "Kind"), self.say(KINDS[definition.kind])),
                    (self.t("예측할 것", "To predict"), asked),
                    (self.t("판", "Version"), escape(self.sheet.version)),
                    (
                        self.t("정의의 SHA-256", "SHA-256 of the definition"),
                        f"<code>{self.sheet.definition_sha256}</code>",
                    ),
                )
            ),
        )

    def data(self) -> str:
        sheet, stated = self.sheet, self.sheet.provenance
        blocks = ", ".join(f"{escape(one.name) or '–'} {one.variables}" for one in sheet.blocks)
        made = self.t("합성 자료이며 실제 사람의 행이 없습니다.", "Synthetic; no row is a real person.")
        real = self.t("실제 사람의 자료입니다.", "Data of real people.")
        return self.section(
            self.t("자료", "Data"),
            self.pairs(
                (
                    (self.t("무엇", "What"), made if sheet.synthetic else real),
                    (self.t("출처", "Provenance"), self.say(stated.source.text) if stated else ""),
                    (self.t("허락", "Permission"), self.say(stated.permission.text) if stated else ""),
                    (self.t("이용 조건", "Licence"), escape(sheet.license)),
                    (self.t("변수", "Variables"), blocks),
                )
            ),
        )

    def cohort(self) -> str:
        sizes, sheet = self.sheet.sizes, self.sheet
        names = (self.t("학습", "Training"), *(self.say(one) for one in SPLITS.values()))
        parts = [
            self.pairs(
                (name, self.people(size))
                for name, size in zip(names, (sizes.train, sizes.public, sizes.private), strict=True)
                if size != 0 and (size is not None or self.definition.metrics)
            )
        ]
        if sheet.horizons:
            parts.append(self.horizons())
        elif sheet.outcome is not None:
            events = self.count(sheet.outcome.events)
            parts.append(f"<p>{self.t('학습 환자의 사건', 'Events among the training patients')}: {events}</p>")
        return self.section(self.t("환자와 분할", "Patients and splits"), *parts)

    def horizons(self) -> str:
        sizes = self.sheet.sizes
        splits = [name for name, size in (("public", sizes.public), ("private", sizes.private)) if size != 0]
        expected = [f"{self.say(SPLITS[name])}, {self.t('기대', 'expected')}" for name in splits]
        return self.table(
            self.t(
                "학습 환자의 사건과, 그로부터 기대되는 분할의 사건. 숨긴 결과는 세지 않았습니다.",
                "Events of the training patients, and those expected of the splits from them. No sealed outcome was counted.",
            ),
            (
                self.t("까지", "Up to"),
                self.t("사건", "Events"),
                self.t("위험 집합", "At risk"),
                self.t("중도절단되지 않음", "Uncensored"),
                *expected,
            ),
            (
                (
                    self.days(one.day),
                    self.count(one.events),
                    self.count(one.at_risk),
                    "–" if one.kept is None else f"{one.kept:.0%}",
                    *("–" if (count := getattr(one, name)) is None else f"≈{count:,}" for name in splits),
                )
                for one in self.sheet.horizons
            ),
        )

    def rules(self) -> str:
        rules = self.sheet.rules
        return self.section(
            self.t("규칙", "Rules"),
            self.pairs(
                (
                    (self.t("순위", "Ranking"), self.say(rules.ranking.text)),
                    (self.t("값이 없을 때", "Missing results"), self.say(rules.missing.text)),
                    (self.t("동률", "Ties"), self.say(rules.ties.text)),
                )
            ),
        )

    def metrics(self) -> str:
        sheet = self.sheet
        if sheet.primary is None:
            return ""
        metric = METRICS[self.definition.primary.name]
        parts = [f"<p>{self.t(metric.title_ko, metric.title_en)} <code>{escape(sheet.primary)}</code></p>"]
        if sheet.precision:
            parts.append(
                self.table(
                    "" if sheet.basis is None else self.say(sheet.basis.text),
                    (
                        self.t("분할", "Split"),
                        self.t("기대되는 표준오차", "Expected standard error"),
                        self.t("구별할 수 있는 가장 작은 차이(검정력 0.8)", "Smallest tellable difference (power 0.8)"),
                    ),
                    (
                        (
                            self.say(SPLITS[one.split]),
                            "–" if one.se is None else f"±{one.se:g}",
                            "–" if one.difference is None else f"{one.difference:g}",
                        )
                        for one in sheet.precision
                    ),
                )
            )
        if sheet.baselines:
            parts.append(
                self.table(
                    self.t("기준 모형, 학습 자료의 교차검증.", "Baselines, out of fold on the training file."),
                    (self.t("모형", "Model"), escape(sheet.primary)),
                    (
                        (
                            self.say(one.title.text)
                            + (f" <span class='soft'>{self.t('기준', 'reference')}</span>" if one.reference else ""),
                            f"{one.value:.4f}".replace("-", "−"),
                        )
                        for one in sheet.baselines
                    ),
                )
            )
        return self.section(self.t("지표", "Metrics"), *parts)

    def privacy(self) -> str:
        privacy = self.sheet.privacy
        names = ", ".join(f"<code>{escape(one)}</code>" for one in privacy.quasi_identifiers or ())
        least = self.t("5명보다 적음", "fewer than 5") if privacy.small_group else self.count(privacy.least_group)
        parts = [
            f"<p>{self.t('1–9명인 칸과 사건이나 비사건이 5건보다 적은 칸은 가리며, 빼서 알 수 있는 칸도 함께 가립니다.', 'Cells of 1–9 people, or with fewer than 5 events or non-events, are masked, and so is what subtraction would give back.')}</p>"
        ]
        if names:
            parts.append(
                self.pairs(
                    (
                        (self.t("사람을 알아볼 수 있는 변수", "Quasi-identifiers"), names),
                        (self.t("가장 작은 조합", "Smallest combination"), least),
                    )
                )
            )
        parts += [
            self.table(
                f"{self.t('하위 집단, 학습 환자', 'Subgroups, training patients')}: <code>{escape(one.column)}</code>",
                (self.t("값", "Value"), self.t("환자", "Patients"), self.t("사건", "Events")),
                (
                    (escape(group.value) or "–", self.count(group.rows), self.count(group.events))
                    for group in one.groups
                ),
            )
            for one in self.sheet.subgroups
        ]
        return self.section(self.t("개인정보", "Privacy"), *parts)

    def examination(self) -> str:
        reasons = self.sheet.counted("pass") < len(self.sheet.lines)
        head = [self.t("판정", "Verdict"), self.t("물음", "Question"), self.t("까닭", "Reason")]
        rows = [
            [
                f'<span class="state {MARKS[one.state]}">{self.say(STATES[one.state])}</span>',
                self.say(one.question.text),
                self.say(one.reason.text) if one.reason else "",
            ]
            for one in self.sheet.lines
        ]
        return self.section(
            self.t("공정성 점검", "Fairness examination"),
            self.table(
                self.t("주의가 남았으면 그 까닭을 함께 적습니다.", "A warning that stands is given with its reason."),
                head if reasons else head[:2],
                rows if reasons else [row[:2] for row in rows],
                numbers=False,
            ),
        )


def write(sheet: Datasheet, definition: Definition, language: str) -> str:
    """Return the page."""
    made = _Page(sheet, definition, language)
    title = made.say(definition.title.text)
    body = "".join(
        part()
        for part in (
            made.design,
            made.data,
            made.cohort,
            made.metrics,
            made.rules,
            made.privacy,
            made.examination,
        )
    )
    kicker = made.t("데이터시트", "Datasheet")
    foot = made.t(
        "수는 모두 학습 자료와 정의에서 왔습니다. 숨긴 결과에서 온 것은 판정뿐입니다.",
        "Every number comes from the training file or the definition; of the sealed outcomes only the verdicts tell.",
    )
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{kicker}: {title}</title>'
        f'<style>{STYLE}</style></head>\n<body><main>\n<p class="soft">{kicker} · {title}</p><h1>{made.say(sheet.headline)}</h1>\n'
        f"{body}<footer><p>{foot} Arena, {made.t('채점 규칙', 'scoring rules')} {escape(sheet.scorer)}.</p></footer>\n</main></body></html>\n"
    )
