"""What each check asks, by the code of its lines: the words that stand beside a verdict in public."""

from collections.abc import Mapping
from types import MappingProxyType

from challenges.text import Text

_DEFINITION = {
    "definition": Text("정의가 맞습니까", "Is the definition consistent?"),
    "bad_datasheet": Text("datasheet.toml을 읽을 수 있습니까", "Can datasheet.toml be read?"),
    "stale_reason": Text("까닭을 적은 주의가 아직 있습니까", "Do the explained warnings still arise?"),
    "missing_text": Text("글이 두 언어로 있습니까", "Are all texts there, in both languages?"),
    "text_gap": Text("채울 곳이 남았습니까", "Are gaps left in the texts?"),
    "text_language": Text("글이 이름대로의 언어입니까", "Is each text in the language of its name?"),
}
_FILES = {
    "file": Text("파일을 읽을 수 있습니까", "Can every file be read?"),
    "missing_file": Text("파일이 모두 있습니까", "Is every file there?"),
    "labels": Text("결과 파일이 맞습니까", "Are the labels as the definition says?"),
    "bad_value": Text("결과의 값이 맞습니까", "Are the values of the outcome allowed?"),
    "bad_split": Text("분할의 이름이 맞습니까", "Are the splits named as they must be?"),
    "other_rows": Text("시험 자료와 결과의 행이 같습니까", "Do the test file and the labels hold the same rows?"),
    "same_patient": Text("학습과 시험에 같은 번호가 있습니까", "Does an id stand in training and test?"),
    "label_in_test": Text("시험 자료에 결과의 열이 있습니까", "Does the test file hold a label column?"),
    "other_columns": Text("학습과 시험의 변수가 같습니까", "Do training and test have the same variables?"),
    "unknown_subgroup": Text("하위 집단의 열이 있습니까", "Are the columns of the subgroups there?"),
    "bad_dictionary": Text("자료 사전을 읽을 수 있습니까", "Can the dictionary be read?"),
    "dictionary": Text("모든 변수를 설명했습니까", "Is every variable described?"),
    "undescribed_column": Text("모든 변수를 설명했습니까", "Is every variable described?"),
    "train_without_outcome": Text("학습 자료에 결과가 있습니까", "Does the training file hold outcomes?"),
    "validation": Text("연습할 검증 부분이 쓸 만합니까", "Can teams practise on the validation part?"),
    "not_only_ids": Text("검증 부분에 번호만 있습니까", "Does the validation part hold ids alone?"),
    "not_in_train": Text("검증 부분이 학습 자료의 것입니까", "Is the validation part one of the training file?"),
    "whole_train": Text("모형을 맞출 환자가 남습니까", "Are patients left to fit a model to?"),
    "small_validation": Text("연습할 검증 부분이 쓸 만합니까", "Can teams practise on the validation part?"),
    "missing_split": Text("두 분할이 모두 있습니까", "Are both splits there?"),
}
_VALUES = {
    "values": Text("값이 자료 사전과 맞습니까", "Do values agree with the dictionary?"),
    "unknown_code": Text("자료 사전에 없는 부호가 있습니까", "Are there codes that the dictionary lacks?"),
    "not_a_number": Text("수의 열에 글자가 있습니까", "Are there words in columns of numbers?"),
    "missing_mark": Text("결측의 표시가 하나입니까", "Is there one mark for what is missing?"),
    "implausible_value": Text("있을 수 없는 값이 있습니까", "Are there values that nobody has?"),
    "wrong_units": Text("단위가 맞습니까", "Are the units right?"),
}
_FOLLOW_UP = {
    "follow_up": Text("그날까지 관찰한 사람이 있습니까", "Are people followed to the horizons?"),
    "too_censored": Text("그날까지 관찰한 사람이 있습니까", "Are people followed to the horizons?"),
    "too_few_at_risk": Text("그날까지 관찰한 사람이 있습니까", "Are people followed to the horizons?"),
    "events": Text("사건이 넉넉합니까", "Are there enough events?"),
    "too_few_events": Text("사건이 넉넉합니까", "Are there enough events?"),
    "few_estimands": Text("추정할 것이 넉넉합니까", "Are there enough estimands?"),
    "undefined_metric": Text("모든 지표를 낼 수 있습니까", "Is every metric defined?"),
}
_FAIRNESS = {
    "split_balance": Text("학습, 공개, 비공개의 분포가 같습니까", "Are the splits alike?"),
    "split_events": Text("분할마다 사건의 비율이 같습니까", "Do the splits have the same share of events?"),
    "split_times": Text("분할마다 시간의 분포가 같습니까", "Do the splits have the same times?"),
    "split_columns": Text("분할마다 변수의 분포가 같습니까", "Do the splits have the same variables' distributions?"),
    "duplicates": Text("한 환자가 두 분할에 있습니까", "Does a patient stand in two splits?"),
    "duplicates_within": Text("한 환자가 두 번 있습니까", "Does a patient stand twice?"),
    "near_duplicates": Text("거의 같은 환자가 있습니까", "Are there patients who are nearly the same?"),
    "row_order": Text("줄의 순서에서 답이 샙니까", "Does the order of rows give answers away?"),
    "id_order": Text("번호의 순서에서 답이 샙니까", "Does the order of ids give answers away?"),
    "id_content": Text("번호에 답이 들어 있습니까", "Do ids contain answers?"),
    "sample_tells": Text("제출 예시가 답을 말합니까", "Does the sample submission give answers away?"),
    "single_column": Text("한 변수가 답을 말합니까", "Does one variable give the answers away?"),
    "label_function": Text("결과에서 셈한 변수가 있습니까", "Is a variable a function of the outcome?"),
    "missing_tells": Text("결측이 답을 말합니까", "Does what is missing give answers away?"),
    "after_time_zero": Text("시작 뒤의 사실이 있습니까", "Are there facts from after time zero?"),
    "constant_column": Text("변하지 않는 변수가 있습니까", "Are there variables that never vary?"),
}
_PRIVACY = {
    "identifiers": Text("사람을 바로 알리는 값이 있습니까", "Are there direct identifiers?"),
    "direct_identifier": Text("사람을 바로 알리는 값이 있습니까", "Are there direct identifiers?"),
    "identifying_name": Text("사람을 알릴 만한 변수가 있습니까", "Are there variables that may identify?"),
    "exact_date": Text("정확한 날짜가 있습니까", "Are there exact dates?"),
    "free_text": Text("손으로 적은 글이 있습니까", "Is there free text?"),
    "small_cell": Text("아주 드문 범주가 있습니까", "Are there very rare categories?"),
    "small_subgroup": Text("가려질 하위 집단이 있습니까", "Will subgroups be masked?"),
    "k_anonymity": Text("드문 조합으로 사람을 알 수 있습니까", "Do rare combinations single people out?"),
    "provenance": Text("출처와 허락을 밝혔습니까", "Are provenance and permission stated?"),
}
_PRECISION = {
    "baselines": Text("기준 모형이 쓸 만합니까", "Are the baselines usable?"),
    "missing_baseline": Text("기준 모형의 파일이 있습니까", "Are the baselines' files there?"),
    "baseline_failed": Text("기준 모형이 돕니까", "Does the baselines' program run?"),
    "beats_null": Text("기준 모형이 아무것도 모르는 모형보다 낫습니까", "Do the baselines beat the null model?"),
    "precision": Text("얼마나 작은 차이를 구별합니까", "How small a difference can be told?"),
    "gate": Text("참된 향상이 관문을 지납니까", "Can a real improvement pass the gate?"),
    "unbounded_row": Text("한 행의 힘에 끝이 있습니까", "Is the effect of one row bounded?"),
    "gate_untried": Text("참된 향상이 관문을 지납니까", "Can a real improvement pass the gate?"),
    "gate_too_narrow": Text("참된 향상이 관문을 지납니까", "Can a real improvement pass the gate?"),
}

QUESTIONS: Mapping[str, Text] = MappingProxyType(
    _DEFINITION | _FILES | _VALUES | _FOLLOW_UP | _FAIRNESS | _PRIVACY | _PRECISION
)
