"""The overview and the data text of a drafted challenge, with gaps where only its organizer knows."""

from collections.abc import Iterator

from challenges.answers import Answers
from challenges.drafted_definition import DICTIONARY, LABELS, SAMPLE, TEST, TRAIN, VALIDATION, Asked, asked, files
from challenges.gaps import gap
from challenges.text import Text
from scorers.catalogue import number

YEAR = 365
SYNTHETIC = Text(
    "**모든 환자는 합성입니다.** 실제 환자의 기록은 쓰지 않았습니다. 여기서 알아낸 것은 이 코호트에 대해서만 참입니다.",
    "**Every patient is synthetic.** No real patient’s record is used, and what is found here is true of this cohort only.",
)
PRACTICE = Text(
    "**연습용입니다. 결과가 공개되어 있습니다.** 점수는 모두 바로 보이고, 걸린 것이 없습니다.",
    "**Practice: the labels are public.** Every score is shown at once and nothing is at stake.",
)


def overview(answers: Answers) -> Text:
    """Return the first page: the question, what is predicted, who the patients are, how to begin."""
    return joined(_overview(answers))


def data(answers: Answers) -> Text:
    """Return the data page: origin, files, how they were made, what to know."""
    return joined(_data(answers))


def joined(parts: Iterator[Text]) -> Text:
    """Return paragraphs as one text in each language."""
    held = list(parts)
    ko, en = ("\n\n".join(part[place].strip("\n") for part in held) + "\n" for place in (0, 1))
    return Text(ko, en)


def span(day: float) -> Text:
    """Return a number of days in words, with the years where they are whole."""
    years = day / YEAR
    if years >= 1 and years.is_integer():
        return Text(f"{day:,.0f}일({years:.0f}년)", f"{day:,.0f} days ({years:.0f} year{'s' if years > 1 else ''})")
    return Text(f"{number(day)}일", f"{number(day)} days")


def _overview(answers: Answers) -> Iterator[Text]:
    if answers.practice:
        yield PRACTICE
    yield Text("## 임상 질문", "## The clinical question")
    yield Text(answers.summary_ko, answers.summary_en)
    yield gap(
        "이 질문이 누구에게 왜 중요하며 지금까지 무엇이 알려져 있는지 적고, 문헌 두세 편을 DOI와 함께 인용하십시오.",
        "say why the question matters and to whom, and what is known already; cite two or three sources with their DOI.",
    )
    yield from _wanted(answers)
    yield Text("## 환자", "## The patients")
    if answers.synthetic:
        yield SYNTHETIC
    yield gap(
        "누구를 어디서 어느 해에 포함했고 누구를 제외했는지 적으십시오.",
        "say who was included, where and in which years, and who was left out.",
    )
    yield Text("## 시작하기", "## How to begin")
    yield _beginning(answers)


def _wanted(answers: Answers) -> Iterator[Text]:
    if answers.kind == "report":
        yield Text("## 낼 것", "## What to hand in")
        yield Text(
            "연구 질문과 그 답을 적은 PDF 한 편입니다. 심사위원이 평가 탭의 기준으로 읽습니다.",
            "One PDF with a research question and its answer. Judges read it by the criteria on the evaluation page.",
        )
        return
    yield Text("## 예측할 것", "## What to predict")
    if answers.kind == "effect":
        yield Text("`test.csv`의 추정 대상마다 다음을 냅니다.", "For each estimand of `test.csv`, give:")
    else:
        yield Text("`test.csv`의 환자마다 다음을 냅니다.", "For each patient of `test.csv`, give:")
    lines = [_asked(answers, column) for column in asked(answers)]
    yield Text("\n".join(f"- {one.ko}" for one in lines), "\n".join(f"- {one.en}" for one in lines))
    if answers.kind in ("survival", "competing"):
        yield gap(
            f"시간 0이 언제이고 `{answers.event}`가 무엇을 뜻하며 환자를 언제까지 관찰했는지 적으십시오.",
            f"say what time zero is, what `{answers.event}` means, and until when patients were followed.",
        )
    elif answers.kind == "binary":
        yield gap(
            f"`{answers.outcome}`이 1이라는 것이 무엇을 뜻하며 언제 어떻게 확인했는지 적으십시오.",
            f"say what it means that `{answers.outcome}` is 1, and when and how it was established.",
        )


def _asked(answers: Answers, column: Asked) -> Text:
    name = f"`{column.name}`"
    if column.is_ == "risk":
        return Text(
            f"{name}: 아무 수나 됩니다. **클수록 사건이 일찍 일어난다는 뜻입니다.** 순서만 봅니다.",
            f"{name}: any number; **higher means that the event comes earlier**. Only its order counts.",
        )
    if column.is_ == "event_probability":
        until = span(column.horizon or 0)
        cause = Text(" 1", " coded 1") if answers.kind == "competing" else Text("", "")
        return Text(
            f"{name}: 시간 0부터 {until.ko} 안에 사건(`{answers.event}`{cause.ko})이 일어날 확률.",
            f"{name}: the probability of the event (`{answers.event}`{cause.en}) within {until.en} of time zero.",
        )
    return {
        "probability": Text(
            f"{name}: `{answers.outcome}`이 1일 확률.", f"{name}: the probability that `{answers.outcome}` is 1."
        ),
        "estimate": Text(f"{name}: 효과의 추정값.", f"{name}: the estimate of the effect."),
        "lower": Text(f"{name}: 95% 구간의 아래 끝.", f"{name}: the lower end of its 95% interval."),
        "upper": Text(f"{name}: 95% 구간의 위 끝.", f"{name}: the upper end of its 95% interval."),
    }[column.is_]


def _beginning(answers: Answers) -> Text:
    named = files(answers)
    if answers.kind == "report":
        return Text(
            "자료 탭에서 자료를 받고 규칙을 읽으십시오. 마감 전까지 보고서를 바꿀 수 있습니다."
            if named
            else "규칙을 읽고 보고서를 쓰십시오. 마감 전까지 바꿀 수 있습니다.",
            "Take the data from the data page and read the rules. Until the close you may replace your report."
            if named
            else "Read the rules and write your report. Until the close you may replace it.",
        )
    if TRAIN not in named:
        return Text(
            f"자료 탭에서 `{named[TEST]}`와 `{named[SAMPLE]}`를 받으십시오. 형식 검사는 횟수에 들지 않으며 고칠 곳을 한 줄씩 알려 줍니다.",
            f"Take `{named[TEST]}` and `{named[SAMPLE]}` from the data page. The format check costs nothing and says line by line what to mend.",
        )
    return Text(
        f"자료 탭에서 파일을 받으십시오. `{named[TRAIN]}`로 모형을 맞추고, `{named[TEST]}`를 예측해, `{named[SAMPLE]}`와 같은 열로 저장합니다. 형식 검사는 횟수에 들지 않으며 고칠 곳을 한 줄씩 알려 줍니다.",
        f"Take the files from the data page. Fit a model on `{named[TRAIN]}`, predict `{named[TEST]}`, and save the columns of `{named[SAMPLE]}`. The format check costs nothing and says line by line what to mend.",
    )


def _data(answers: Answers) -> Iterator[Text]:
    yield Text("## 자료의 출처", "## Where the data come from")
    if answers.synthetic:
        yield SYNTHETIC
    yield _provenance(answers)
    if not answers.synthetic and not answers.practice:
        yield gap(
            "이 자료의 이용과 제공을 누가 언제 허락했는지(위원회 이름, 승인 번호, 날짜) 적으십시오.",
            "say who permitted the use and the sharing of these data, and when (committee, number, date).",
        )
    yield Text(f"자료의 허가: {answers.license}", f"Licence of the data: {answers.license}")
    if lines := list(_files(answers)):
        yield Text("## 파일", "## The files")
        yield Text("\n".join(f"- {one.ko}" for one in lines), "\n".join(f"- {one.en}" for one in lines))
    if answers.steps_ko or answers.steps_en:
        yield Text("## 파일을 만든 방법", "## How the files were made")
        yield Text(*("\n".join(f"- {one}" for one in steps) for steps in (answers.steps_ko, answers.steps_en)))
    yield Text("## 모형을 세우기 전에 알 것", "## Things to know before modelling")
    yield gap(
        "무엇이 왜 비어 있는지, 재는 방법이 바뀐 적이 있는지, 서로 어긋나는 값이 있는지 적으십시오. 시간 0 뒤에 정해지는 변수는 지우십시오.",
        "say what is missing and why, whether a measurement changed, and which values contradict each other. Remove what is decided after time zero.",
    )


def _provenance(answers: Answers) -> Text:
    missing = gap(
        "누가 언제 무엇을 위해 모은 자료이며 어디에 있는지 적으십시오.",
        "say who collected the data, when and for what, and where they are kept.",
    )
    return Text(answers.provenance_ko.strip() or missing.ko, answers.provenance_en.strip() or missing.en)


def _files(answers: Answers) -> Iterator[Text]:
    named = files(answers)
    effects = answers.kind == "effect"
    words = {
        TRAIN: Text("변수와 결과를 모두 담은 학습 자료.", "the training data, with variables and outcomes."),
        TEST: Text("추정할 대상.", "what is to be estimated.")
        if effects
        else Text("변수만 담은 시험 자료.", "the test data, variables only.")
        if answers.practice
        else Text(
            "변수만 담은 시험 자료. 공개와 비공개 환자가 섞여 있습니다.",
            "the test data, variables only; public and private patients come mixed.",
        ),
        VALIDATION: Text(
            "학습 환자 다섯 가운데 하나의 번호. 이들을 빼고 맞춘 모형으로 이들을 예측하면 연습 채점이 모든 점수를 보입니다.",
            "the ids of a fifth of the training patients: fit a model without them and predict them, and practice scoring shows every score.",
        ),
        DICTIONARY: Text("모든 열의 단위, 부호, 뜻.", "unit, codes and meaning of every column."),
        SAMPLE: Text(
            "올바른 제출 파일. 모두에게 같은 값을 적었습니다.", "a valid file that gives everybody the same values."
        ),
    }
    if answers.kind == "report":
        words[TRAIN] = Text("연구에 쓸 자료.", "the data to work with.")
    for role, name in named.items():
        if role != LABELS:
            yield Text(f"`{name}`: {words[role].ko}", f"`{name}`: {words[role].en}")
