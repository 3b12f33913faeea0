"""What a token may do: everybody who holds one may read; submitting and organizing are given apart."""

from collections.abc import Iterable

from arena.errors import Forbidden, Invalid
from challenges.text import Text

MEANING = {
    "read": Text(
        "보기: 챌린지, 자료, 내 팀과 제출을 보고 파일을 점검합니다.",
        "Reading: challenges, data, your team and its submissions; checking a file.",
    ),
    "submit": Text(
        "내기: 동의하고, 팀을 만들고, 초대하고, 제출하고, 최종을 고릅니다.",
        "Submitting: agreeing, making teams, inviting, submitting, choosing the final.",
    ),
    "organize": Text(
        "운영: 챌린지를 올리고 운영합니다.",
        "Organizing: uploading challenges and conducting them.",
    ),
}
ALL = tuple(MEANING)


def chosen(wanted: Iterable[str]) -> str:
    """Return these scopes as they are kept; reading is always among them. Raise Invalid for a word that is none."""
    asked = set(wanted)
    if unknown := asked - set(ALL):
        shown = ", ".join(sorted(ascii(word)[1:-1][:30] for word in unknown))
        message = Text(
            f"이런 권한은 없습니다: {shown}. {', '.join(ALL)} 가운데서 고르십시오.",
            f"There is no such scope: {shown}. Choose among {', '.join(ALL)}.",
        )
        raise Invalid("invalid_field", message, fields={"scopes": message})
    return " ".join(scope for scope in ALL if scope == "read" or scope in asked)


def require(kept: str, scope: str) -> None:
    """Refuse a token that does not have this scope."""
    if scope not in kept.split():
        raise Forbidden(
            "scope_needed",
            Text(
                f"이 토큰에는 권한 '{scope}'이(가) 없습니다. 계정 쪽에서 그 권한이 있는 토큰을 만드십시오.",
                f"This token lacks the scope '{scope}'. Make one that has it on your account page.",
            ),
        )
