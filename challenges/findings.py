"""What a worker's verification of an upload can find, as codes, and the sentence for each.

The worker sends codes and places only. The sentences are put together where they are read, from what may travel: no figure
that was made from hidden labels is in any of them.
"""

from challenges.text import Text

MISTAKE, WARNING = "mistake", "warning"

SENTENCES = {
    "not_sealed_for_us": Text(
        "결과가 이 사이트의 열쇠로 봉인되지 않았습니다. 지금 열쇠로 다시 봉인해 보내십시오.",
        "The labels were not sealed with this site's key. Seal them again with the present one.",
    ),
    "unreadable_labels": Text(
        "봉인한 결과를 표로 읽을 수 없습니다. 'arena challenge check'로 줄을 확인하십시오.",
        "The sealed labels cannot be read as a table. 'arena challenge check' shows the place.",
    ),
    "other_rows": Text(
        "결과의 번호와 시험 자료의 번호가 서로 다릅니다. 빠지거나 남는 번호가 있습니다.",
        "The labels and the test file do not name the same ids: some are missing or too many.",
    ),
    "other_challenge": Text(
        "다른 챌린지나 다른 판을 위해 봉인한 결과입니다. 이 정의로 다시 봉인하십시오.",
        "The labels were sealed for another challenge or version. Seal them again for this definition.",
    ),
    "other_rules": Text(
        "봉인한 뒤 결과의 열, 지표, 관문 가운데 하나가 바뀌었습니다. 이 정의로 다시 봉인하십시오.",
        "Labels, columns, metrics or gate were changed after sealing. Seal the labels again for this definition.",
    ),
    "small_split": Text(
        "{about} 행이 열 명보다 적습니다. 점수가 한 사람을 가리킬 수 있으니 늘리십시오.",
        "The {about} split has fewer than ten rows: a score could point at a person. Take more.",
    ),
    "missing_split": Text("결과에 {about} 행이 없습니다.", "The labels hold no {about} row."),
    "too_censored": Text(
        "{about}일까지 관찰된 사람이 너무 적습니다. 더 짧은 때를 고르십시오.",
        "Too few people are followed to day {about}. Choose an earlier horizon.",
    ),
    "undefined_metric": Text(
        "기준 모형의 {about} 값을 낼 수 없습니다. 'arena challenge check'가 까닭을 말합니다.",
        "The reference's {about} is undefined. 'arena challenge check' says why.",
    ),
    "label_in_test": Text(
        "시험 자료에 결과의 열 {about}이(가) 있습니다.", "The test file holds the label column {about}."
    ),
    "unknown_subgroup": Text(
        "시험 자료에 하위 집단의 열 {about}이(가) 없습니다.", "The test file has no column {about} for a subgroup."
    ),
    "undescribed_column": Text(
        "자료 사전에 {about} 열의 설명이 없습니다.", "The dictionary does not describe the column {about}."
    ),
    "same_patient": Text(
        "학습 자료와 시험 자료에 같은 번호가 있습니다.", "Some ids stand in both the training and the test file."
    ),
    "bad_dictionary": Text("자료 사전을 읽을 수 없습니다.", "The dictionary cannot be read."),
    "bad_training_labels": Text(
        "학습 자료의 결과 열에 숫자가 아니거나 허용하지 않는 값이 있습니다.",
        "A label column of the training file holds a value that is no number or is not allowed.",
    ),
    "missing_text": Text("이 글이 없습니다.", "This text is missing."),
    "missing_file": Text("이 파일이 없습니다.", "This file is missing."),
    "unbounded_row": Text(
        "한 행이 주 지표를 얼마나 움직일 수 있는지 정해지지 않아, 결과 공개 전에는 아무것도 보이지 않습니다.",
        "No bound is known on what one row does to the primary metric, so nothing is shown before the reveal.",
    ),
    "gate_untried": Text(
        "학습 환자를 예측한 기준 모형(train_file)이 없어, 실제로 나아진 파일이 관문을 지나는지 미리 보지 못했습니다.",
        "No reference baseline predicts the training patients (train_file), so nobody could try whether a real improvement passes the gate.",
    ),
    "gate_too_narrow": Text(
        "기준 모형 스스로도 관문을 지나지 못합니다. 공개 행을 늘리십시오.",
        "The reference's own gain over the null would not pass the gate. Take more public rows.",
    ),
    "other_splits": Text(
        "공개와 비공개로 나눈 것이 지금 판과 다릅니다. 이미 말한 판정이 다른 행에서 나온 것이 되므로, 열린 뒤에는 바꿀 수 없습니다.",
        "The rows are split otherwise than in the present version. Decisions told would rest on other rows, so this cannot change once open.",
    ),
    "same_labels": Text(
        "결과가 지금 판의 것과 같습니다. 다시 채점할 것이 없습니다.",
        "The labels are those of the present version. Nothing has to be scored again.",
    ),
    "unreadable_data": Text(
        "표 하나를 읽을 수 없습니다. 'arena challenge check'로 어느 것인지 확인하십시오.",
        "One of the tables cannot be read. 'arena challenge check' says which.",
    ),
    "more": Text("그 밖에 {about}건이 더 있습니다.", "{about} more follow."),
    "not_verified": Text(
        "우리 쪽의 문제로 검증하지 못했습니다. 같은 묶음을 다시 보내십시오.",
        "It could not be verified through a fault of ours. Send the same bundle again.",
    ),
}
OTHERWISE = Text(
    "고칠 것이 있습니다. 'arena challenge check'가 자세히 말합니다.",
    "Something is to be mended here. 'arena challenge check' says more.",
)


def sentence(code: str, about: str | None) -> Text:
    """Return what a code means, with the name of the split, column, metric or horizon that it is about."""
    found = SENTENCES.get(code, OTHERWISE)
    return Text(found.ko.replace("{about}", about or ""), found.en.replace("{about}", about or ""))
