"""Warnings that the organizer has explained in datasheet.toml: they stand, with the reason beside them."""

from challenges.annotations import FILE as NOTES
from challenges.text import Text
from worker.examination.finding import WARN, Findings
from worker.examination.material import Material


def examine(material: Material, findings: Findings) -> None:
    """Put each reason beside the warnings that it is meant for; a reason for nothing is told too."""
    for index, one in enumerate(material.notes.accepted):
        meant = [
            line
            for line in findings.of(WARN)
            if line.code == one.code
            and line.accepted is None
            and (one.file is None or one.file == line.file)
            and (one.column is None or one.column == line.column)
        ]
        for line in meant:
            findings.replace(line, accepted=one.reason.text)
        if not meant:
            findings.add(
                WARN,
                "stale_reason",
                Text(
                    f"{one.code} 주의가 없는데 까닭이 적혀 있습니다.",
                    f"There is a reason for {one.code}, but no such warning.",
                ),
                remedy=Text(
                    "까닭을 지우거나 code, file, column을 고치십시오. 실패는 까닭을 적어도 남습니다.",
                    "Delete the reason, or correct its code, file or column. Failures stand whatever the reason.",
                ),
                file=NOTES,
                line=material.noted.get(("accepted", index), 1),
                column=one.code,
            )
