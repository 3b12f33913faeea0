"""The files of a folder: all there, and agreeing about rows and columns."""

from challenges.definition import FILE
from challenges.labels import LABELS
from challenges.text import Text
from worker.examination.finding import FAIL, WARN, Findings
from worker.examination.material import Material
from worker.examination.tables import Table

LISTED = 5  # so many names are given; the rest is counted


def examine(material: Material, findings: Findings) -> None:
    """Look at names, rows and columns; nothing here needs an outcome."""
    before = len(findings.lines)
    _missing(material, findings)
    _rows(material, findings)
    _label_columns(material, findings)
    _columns(material, findings)
    _subgroups(material, findings)
    _splits(material, findings)
    if len(findings.lines) == before:
        findings.passed(
            "file",
            Text(
                f"파일 {len(material.tables)}개의 행과 열이 서로 맞습니다.",
                f"Rows and columns of the {len(material.tables)} tables agree.",
            ),
        )
    _dictionary(material, findings)


def listed(names: list[str]) -> str:
    """Return the first names, and how many there are beyond."""
    rest = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" (+{rest})" if rest > 0 else "")


def _missing(material: Material, findings: Findings) -> None:
    files = material.definition.files
    for role, name in (
        ("train", files.train),
        ("test", files.test),
        ("dictionary", files.dictionary),
        ("labels", files.labels),
        ("sample", files.sample),
        ("validation", files.validation),
    ):
        if name and role not in material.tables and not (material.place / name).is_file():
            findings.add(
                FAIL,
                "missing_file",
                Text(f"{name} 파일이 없습니다.", f"The file {name} is missing."),
                remedy=Text(
                    f"{name}을(를) 폴더에 넣거나, {FILE} {material.line('files', role)}째 줄을 지우십시오.",
                    f"Put {name} into the folder, or delete line {material.line('files', role)} of {FILE}.",
                ),
                file=name,
            )


def _rows(material: Material, findings: Findings) -> None:
    test, labels, train = material.test, material.tables.get("labels"), material.train
    if test is not None and labels is not None:
        for table, other in ((test, labels), (labels, test)):
            lacking = [row for one, row in table.at.items() if one not in other.at]
            if lacking:
                findings.add(
                    FAIL,
                    "other_rows",
                    Text(
                        f"{table.name}의 번호 {len(lacking):,}개가 {other.name}에 없습니다.",
                        f"{len(lacking):,} ids of {table.name} are not in {other.name}.",
                    ),
                    figure=f"{len(lacking):,}",
                    remedy=Text("두 파일의 번호를 똑같게 하십시오.", "Make the ids of both files the same."),
                    file=table.name,
                    line=table.line(min(lacking)),
                    column=table.id_column,
                )
    if test is not None and train is not None and train.id_column is not None:
        both = [row for one, row in train.at.items() if one in test.at]
        if both:
            findings.add(
                FAIL,
                "same_patient",
                Text(
                    f"번호 {len(both):,}개가 학습 자료와 시험 자료에 모두 있습니다.",
                    f"{len(both):,} ids stand in both the training and the test file.",
                ),
                figure=f"{len(both):,}",
                remedy=Text(
                    "한 환자는 한 파일에만 두십시오. 다른 사람이면 다른 번호를 붙이십시오.",
                    "Keep a patient in one file only; give different people different ids.",
                ),
                file=train.name,
                line=train.line(min(both)),
                column=train.id_column,
            )


def _label_columns(material: Material, findings: Findings) -> None:
    test = material.test
    if test is None:
        return
    for name in test.columns:
        if material.is_label(name):
            findings.add(
                FAIL,
                "label_in_test",
                Text(f"시험 자료에 결과의 열 {name}이(가) 있습니다.", f"The test file holds the label column {name}."),
                remedy=Text("시험 자료에서 그 열을 지우십시오.", "Delete the column from the test file."),
                file=test.name,
                line=1,
                column=name,
            )


def _columns(material: Material, findings: Findings) -> None:
    train, test, kind = material.train, material.test, material.definition.kind
    if train is None or kind in ("effect", "report"):
        return
    named = material.definition.labels
    for meaning in LABELS[kind]:
        name = str(getattr(named, meaning))
        if name not in train.columns:
            findings.add(
                WARN,
                "train_without_outcome",
                Text(
                    f"학습 자료에 {name} 열이 없어 아무도 배울 수 없습니다.",
                    f"The training file has no column {name}: nobody can learn from it.",
                ),
                remedy=Text("학습 환자의 결과를 넣으십시오.", "Add the outcomes of the training patients."),
                file=train.name,
                line=1,
                column=name,
            )
    if test is not None:
        _one_sided(train, test, material, findings)
        _one_sided(test, train, material, findings)


def _one_sided(table: Table, other: Table, material: Material, findings: Findings) -> None:
    own = [
        name
        for name in table.columns
        if name not in other.columns and not material.is_label(name) and name != table.id_column
    ]
    if own:
        findings.add(
            WARN,
            "other_columns",
            Text(
                f"{table.name}에만 있는 변수: {listed(own)}.",
                f"Variables that only {table.name} has: {listed(own)}.",
            ),
            figure=f"{len(own)}",
            remedy=Text(
                "학습과 시험에 같은 변수를 두십시오. 한쪽에만 있는 변수는 쓸 수 없거나 결과를 알려 줍니다.",
                "Give both files the same variables: one that only one of them has cannot be used, or tells the outcome.",
            ),
            file=table.name,
            line=1,
            column=own[0],
        )


def _subgroups(material: Material, findings: Findings) -> None:
    test = material.test
    for index, name in enumerate(material.definition.subgroups.columns):
        if test is not None and name not in test.columns:
            findings.add(
                FAIL,
                "unknown_subgroup",
                Text(
                    f"시험 자료에 하위 집단의 열 {name}이(가) 없습니다({FILE} {material.line('subgroups', 'columns', index)}째 줄).",
                    f"The test file has no column {name} for a subgroup (line {material.line('subgroups', 'columns', index)} of {FILE}).",
                ),
                remedy=Text("열을 넣거나 하위 집단에서 빼십시오.", "Add the column, or take it out of the subgroups."),
                file=test.name,
                line=1,
                column=name,
            )


def _splits(material: Material, findings: Findings) -> None:
    known, labels = material.hidden, material.tables.get("labels")
    # Practice without a gate may do without private rows: its labels are public anyhow.
    open_practice = material.definition.practice and material.definition.leaderboard.gate == "none"
    if known is None or labels is None or open_practice:
        return
    for split in ("public", "private"):
        if not known.part(split).any():
            findings.add(
                WARN if material.definition.practice else FAIL,
                "missing_split",
                Text(f"결과 파일에 {split} 행이 없습니다.", f"The labels hold no {split} row."),
                remedy=Text(
                    "시험 환자를 public과 private로 나누십시오.", "Divide the test patients into public and private."
                ),
                file=labels.name,
                line=1,
                column=material.definition.labels.split,
            )


def _dictionary(material: Material, findings: Findings) -> None:
    file = material.definition.files.dictionary
    if not material.variables or file is None:
        return
    held = {name: table for table in reversed(material.patients) for name in table.columns}
    if material.test is not None:
        held |= dict.fromkeys(material.test.columns, material.test)
    lacking = [name for name in held if name not in material.variables and not material.is_label(name)]
    for name in lacking:
        findings.add(
            WARN,
            "undescribed_column",
            Text(f"자료 사전에 {name} 열의 설명이 없습니다.", f"The dictionary does not describe the column {name}."),
            remedy=Text("단위, 부호, 뜻을 한 줄 적으십시오.", "Add a line with its unit, codes and meaning."),
            file=file,
            column=name,
        )
    unused = [name for name in material.variables if held and name not in held and not material.is_label(name)]
    for name in unused:
        findings.add(
            WARN,
            "undescribed_column",
            Text(f"자료 사전의 {name} 열은 어느 파일에도 없습니다.", f"No file has the dictionary's column {name}."),
            remedy=Text("열 이름을 맞추거나 그 줄을 지우십시오.", "Correct the name, or delete the line."),
            file=file,
            line=material.described.get(name),
            column=name,
        )
    # A variable whose meaning is still a gap has been told of among the texts.
    open_ = any(one.code == "text_gap" and one.file == file for one in findings.lines)
    if not lacking and not unused and not open_:
        findings.passed(
            "dictionary",
            Text(
                f"변수 {len(material.variables)}개를 모두 설명했습니다.",
                f"All {len(material.variables)} variables are described.",
            ),
        )
