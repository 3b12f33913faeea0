"""The organizers' pages' words for what the site keeps as codes."""

from challenges.text import Text

OUTCOMES: dict[str, tuple[Text, Text]] = {
    "not_improved": (
        Text("유의하게 나아지지 않음", "No significant improvement"),
        Text("보이는 점수 그대로", "the shown score stays"),
    ),
    "accepted": (Text("받아들임", "Accepted"), Text("보이는 점수가 바뀜", "the shown score moves")),
    "kept": (Text("보관함", "Kept"), Text("마감 뒤에 판정", "judged after the close")),
    "shown": (Text("채점함", "Scored"), Text("관문 없는 챌린지", "no gate in this challenge")),
}
STATES: dict[str, Text] = {
    "received": Text("접수", "received"),
    "scoring": Text("채점 중", "scoring"),
    "scored": Text("채점함", "scored"),
    "failed": Text("채점하지 못함", "not scored"),
}
FILE_PROBLEMS: dict[str, Text] = {
    "not_utf8": Text("UTF-8이 아님", "Not UTF-8"),
    "not_csv": Text("CSV가 아님", "Not CSV"),
    "missing_column": Text("열이 빠짐", "A column is missing"),
    "unknown_column": Text("모르는 열", "An unknown column"),
    "duplicate_column": Text("같은 열이 둘", "A column twice"),
    "empty_file": Text("빈 파일", "An empty file"),
    "wrong_field_count": Text("칸의 수가 다름", "Wrong number of fields"),
    "missing_id": Text("환자가 빠짐", "Patients are missing"),
    "unknown_id": Text("모르는 환자", "Unknown patients"),
    "duplicate_id": Text("같은 환자가 둘", "A patient twice"),
    "not_a_number": Text("수가 아님", "Not a number"),
    "not_finite": Text("유한한 수가 아님", "Not finite"),
    "out_of_range": Text("범위를 벗어남", "Out of range"),
    "not_monotone": Text("순서가 뒤집힘", "Falls over the horizons"),
    "too_large": Text("너무 큼", "Too large"),
}
FAULTS: dict[str, Text] = {
    "retried": Text("작업자가 멈춤, 다시 채점함", "A worker stopped; scored again"),
    "worker_died": Text("작업자가 거듭 멈춤", "Workers died again and again"),
    "timeout": Text("시간이 지남", "Out of time"),
    "memory": Text("기억 공간이 모자람", "Out of memory"),
    "database": Text("데이터베이스", "Database"),
    "file_missing": Text("저장소에 파일이 없음", "The file is not in the store"),
    "file_unreadable": Text("저장된 파일을 읽지 못함", "The stored file cannot be read"),
    "scoring": Text("채점", "Scoring"),
}
MARKS: dict[str, Text] = {
    "flagged": Text("살펴볼 것", "Flagged"),
    "hidden": Text("숨김", "Hidden"),
    "disqualified": Text("실격", "Disqualified"),
}
PARTICIPATION: dict[str, Text] = {
    "waiting": Text("기다림", "waiting"),
    "admitted": Text("받아들임", "admitted"),
    "refused": Text("거절함", "refused"),
}
ROLES: dict[str, Text] = {
    "participant": Text("참가자", "participant"),
    "judge": Text("심사위원", "judge"),
    "organizer": Text("주최자", "organizer"),
}
ADMISSION: dict[str, Text] = {
    "open": Text("누구나 참가합니다", "Anybody may take part"),
    "approval": Text("주최자가 받아들인 사람만 참가합니다", "Only those whom you admit take part"),
    "invite": Text("초대받은 사람만 참가합니다", "By invitation only"),
}
