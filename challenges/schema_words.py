"""What an editor says of each key of challenge.toml."""

from collections.abc import Mapping

from challenges.text import Text

WORDS: Mapping[str, Text] = {
    "Definition.schema": Text("이 파일 꼴의 판. 늘 1입니다.", "The version of this file’s form: always 1."),
    "Definition.slug": Text("주소에 쓰는 이름: colorectal-fitness", "The name in addresses: colorectal-fitness"),
    "Definition.title": Text("제목, 두 언어로.", "The title, in both languages."),
    "Definition.summary": Text("한두 문장의 요약, 두 언어로.", "A summary of a sentence or two, in both languages."),
    "Definition.version": Text("챌린지의 판: 1.0.0", "The challenge’s version: 1.0.0"),
    "Definition.license": Text("자료의 허가.", "The licence of the data."),
    "Definition.synthetic": Text("환자가 모두 생성한 것인지.", "Whether every patient is generated."),
    "Definition.practice": Text(
        "결과가 공개되어 있는 연습인지. 연습에는 상이 없습니다.",
        "Whether this is practice with public labels. Practice gives no awards.",
    ),
    "Definition.admission": Text(
        "누가 참가할 수 있는지: 누구나, 승인받은 사람, 초대받은 사람. 상이 걸려 있으면 승인이나 초대가 맞습니다.",
        "Who may take part: anyone, the approved, the invited. With awards at stake, approve or invite.",
    ),
    "Definition.kind": Text(
        "무엇을 예측하는지: 생존, 경쟁 위험, 이분 결과, 효과, 보고서.",
        "What is predicted: survival, competing risks, a binary outcome, effects, or a written report.",
    ),
    "Definition.calendar": Text("언제 열고 닫는지.", "When it opens and closes."),
    "Definition.files": Text("폴더에 있는 자료 파일의 이름.", "The names of the data files in the folder."),
    "Definition.labels": Text("결과 파일의 어느 열이 무엇인지.", "Which column of the labels is what."),
    "Definition.columns": Text("예측 파일에 있어야 하는 열.", "The columns that a prediction file must hold."),
    "Definition.metrics": Text("지표. 꼭 하나가 primary입니다.", "The metrics; exactly one is primary."),
    "Definition.leaderboard": Text("결과 공개 전에 무엇을 보이는지.", "What is shown before the reveal."),
    "Definition.limits": Text("얼마나 낼 수 있는지.", "How much may be sent."),
    "Definition.subgroups": Text("하위 집단.", "Subgroups."),
    "Definition.baselines": Text("주최자의 예측 파일.", "The organizer’s own prediction files."),
    "Definition.companion": Text(
        "팀이 제출 곁에 낼 수 있는 둘째 파일. 순위에 들지 않고, 결과를 공개한 뒤 최종 제출과 견줍니다.",
        "A second file that teams may send beside a submission: never ranked, compared with the final after the reveal.",
    ),
    "Definition.figure": Text(
        "개요가 질문 곁에 그리는 그림: 한 열의 집단마다 학습 환자의 결과. 공표할 때 채점기가 계산합니다.",
        "What the overview draws beside the question: the training patients’ outcomes by groups of one column. A worker computes it at publication.",
    ),
    "Definition.agreement": Text("참가자가 동의할 글.", "What participants accept."),
    "Definition.judging": Text("심사위원이 어떻게 정하는지.", "How judges decide."),
    "Words.ko": Text("한국어.", "Korean."),
    "Words.en": Text("영어.", "English."),
    "Calendar.opens": Text("여는 때: 2026-11-01T00:00:00+09:00", "The opening: 2026-11-01T00:00:00+09:00"),
    "Calendar.closes": Text("마감. 없으면 닫히지 않습니다.", "The close; without one it never closes."),
    "Calendar.verification_days": Text("공개 뒤 검증하는 날수.", "Days of verification after the reveal."),
    "Calendar.team_freeze_days": Text(
        "마감 며칠 전부터 팀을 바꿀 수 없는지.", "From how many days before the close teams are fixed."
    ),
    "Calendar.timezone": Text("하루를 세는 시간대: Asia/Seoul", "The zone in which a day is counted: Asia/Seoul"),
    "Files.train": Text("변수와 결과를 담은 학습 자료.", "Training data with outcomes."),
    "Files.test": Text("변수만 담은 시험 자료.", "Test data, variables only."),
    "Files.dictionary": Text("자료 사전.", "The data dictionary."),
    "Files.labels": Text("숨기는 결과. 봉인해 보냅니다.", "The hidden outcomes; they are sent sealed."),
    "Files.sample": Text("올바른 제출 파일의 본보기.", "An example of a valid submission."),
    "Files.validation": Text(
        "학습 자료 가운데 연습 채점에 쓸 환자의 번호.", "The ids of the training patients that practice is scored on."
    ),
    "LabelColumns.id": Text("번호의 열.", "The column of ids."),
    "LabelColumns.time": Text("시간의 열, 날 단위.", "The column of times, in days."),
    "LabelColumns.event": Text(
        "사건의 열: 0, 1 (경쟁 위험에서는 2도).", "The column of events: 0, 1 (and 2 with competing risks)."
    ),
    "LabelColumns.outcome": Text("이분 결과의 열: 0, 1.", "The column of a binary outcome: 0, 1."),
    "LabelColumns.truth": Text("참 효과의 열.", "The column of true effects."),
    "LabelColumns.split": Text("public이나 private를 적은 열.", "The column that says public or private."),
    "Column.name": Text("열의 이름.", "The column’s name."),
    "Column.is": Text(
        "무엇을 담는지. risk는 클수록 나쁩니다. event_probability는 horizon까지의 확률입니다.",
        "What it holds. risk: higher is worse. event_probability: the probability up to the horizon.",
    ),
    "Column.horizon": Text("며칠까지의 확률인지.", "The day up to which the probability is meant."),
    "MetricEntry.name": Text("지표의 이름.", "The metric’s name."),
    "MetricEntry.horizon": Text("며칠까지의 예측을 재는지.", "The day up to which it is measured."),
    "MetricEntry.tau": Text("며칠까지의 사건을 세는지.", "The day up to which events count."),
    "MetricEntry.grid": Text("적분할 날의 목록.", "The days that are integrated over."),
    "MetricEntry.threshold": Text("0과 1 사이의 판단 기준.", "The decision threshold, between 0 and 1."),
    "MetricEntry.level": Text("구간의 수준.", "The level of the interval."),
    "MetricEntry.primary": Text("순위를 정하는 지표인지. 꼭 하나입니다.", "Whether it ranks. Exactly one does."),
    "MetricEntry.tie_break": Text(
        "동률 묶음 안의 순서를 정하는지.", "Whether it decides the order inside a tie group."
    ),
    "Leaderboard.gate": Text(
        "significant: 유의하게 나아진 파일만 보입니다. none: 모두 보입니다(연습에).",
        "significant: only significant improvements are shown. none: everything is (for practice).",
    ),
    "Leaderboard.reveal": Text(
        "비공개 점수를 마감 뒤에, 또는 심사가 끝난 뒤에 봅니다.",
        "Private scores are revealed after the close, or after the reviews.",
    ),
    "Limits.per_day": Text("하루에 낼 수 있는 수.", "Submissions a day."),
    "Limits.total": Text("모두 낼 수 있는 수.", "Submissions in all."),
    "Limits.team_size": Text("한 팀의 사람 수.", "People in a team."),
    "Limits.max_bytes": Text("한 파일의 가장 큰 크기.", "The largest size of a file."),
    "Limits.late": Text(
        "마감 뒤에도 파일을 받는지. 그런 제출은 순위와 시상에서 빠지고, 관문과 횟수는 그대로입니다.",
        "Whether files are taken after the close: out of ranks and awards, under the same gate and quota.",
    ),
    "Subgroups.columns": Text(
        "무리마다 점수를 따로 낼 시험 자료의 열. 열기 전에 정합니다.",
        "Columns of the test file whose groups get scores of their own. Fixed before the opening.",
    ),
    "Baseline.name": Text("기준 모형의 짧은 이름.", "The baseline’s short name."),
    "Baseline.title": Text("순위표에 보이는 이름.", "Its name on the leaderboard."),
    "Baseline.file": Text("시험 환자의 예측.", "Its predictions of the test patients."),
    "Baseline.train_file": Text(
        "교차검증으로 낸 학습 환자의 예측. 관문의 수를 여기서 셈합니다.",
        "Its out-of-fold predictions of the training patients; the gate’s figures come from them.",
    ),
    "Baseline.reference": Text(
        "최종 제출을 견줄 기준인지. 하나뿐입니다.", "Whether finals are compared with it. Only one is."
    ),
    "Companion.title": Text("둘째 파일에 담긴 것.", "What the second file holds."),
    "Companion.description": Text("둘째 파일을 만드는 법.", "How to make it."),
    "Companion.question": Text("최종 제출과의 차이가 답하는 물음.", "What its difference from the final answers."),
    "Figure.title": Text("무엇으로 환자를 나누는지.", "What divides the patients."),
    "Figure.column": Text(
        "학습 자료의 열. 부호이면 그 집단대로, 잰 값이면 3등분합니다.",
        "A column of the training file: a code's groups as they are, of a measured column thirds.",
    ),
    "Figure.within": Text(
        "이 열들이 같은 사람 안에서 3등분합니다. 성별과 나이 구간이 그렇습니다.",
        "Thirds are taken among those alike in these columns, such as sex and age band.",
    ),
    "Figure.time": Text("시간의 열. 없으면 [labels]의 것.", "The column of times; without one, that of [labels]."),
    "Figure.event": Text("사건의 열. 없으면 [labels]의 것.", "The column of events; without one, that of [labels]."),
    "Figure.horizon": Text(
        "집단이 넷 이상일 때 몫을 재는 날. 예측할 기간이 있으면 가장 긴 것을 씁니다.",
        "The day at which shares are taken where there are four groups or more; the longest predicted horizon goes before it.",
    ),
    "Agreement.version": Text("동의서의 판. 글을 고치면 올립니다.", "The agreement’s version; raise it with the text."),
    "Agreement.file": Text(
        "agreement.ko.md와 agreement.en.md라면 agreement.", "For agreement.ko.md and .en.md: agreement."
    ),
    "Agreement.before": Text("무엇 전에 동의해야 하는지.", "Before what it must be accepted."),
    "Criterion.name": Text("심사 기준의 이름.", "The criterion’s name."),
    "Criterion.weight": Text("비중.", "Its weight."),
    "Document.required": Text("문서를 꼭 내야 하는지.", "Whether the document must be handed in."),
    "Document.closes": Text("문서의 마감.", "The document’s deadline."),
    "Judging.leaderboard_weight": Text(
        "순위표의 비중. 기준의 비중과 더해 1이나 100입니다.",
        "The leaderboard’s weight; with the criteria’s it makes 1 or 100.",
    ),
    "Judging.criteria": Text("심사 기준.", "The criteria."),
    "Judging.document": Text("팀이 심사위원에게 내는 문서.", "The document that teams hand to the judges."),
}
