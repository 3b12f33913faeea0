from pathlib import Path

import pytest

from arena import settings
from arena.errors import SetupError


def test_every_mistake_is_reported_at_once() -> None:
    given = {
        "ARENA_PORT": "eighty",
        "ARENA_SIGNUP": "maybe",
        "ARENA_DATABASE_URL": "mysql://x",
        "ARENA_SECRET_KEY": "short",
        "ARENA_HOEM": "typo",
    }
    with pytest.raises(SetupError) as caught:
        settings.load(given)
    for part in ("ARENA_PORT", "ARENA_SIGNUP", "ARENA_DATABASE_URL", "ARENA_SECRET_KEY", "ARENA_HOEM"):
        assert part in caught.value.message.en
        assert part in caught.value.message.ko


def test_defaults(tmp_path: Path) -> None:
    found = settings.load({"ARENA_HOME": str(tmp_path)})
    assert (found.host, found.port, found.signup, found.seed) == ("127.0.0.1", 8000, "open", "all")
    assert found.database_url == f"sqlite:///{tmp_path}/arena.sqlite"
    assert found.redis_embedded
    assert len(found.redis_url) < 108
    assert not found.secure_cookies
    assert settings.load({"ARENA_HOME": str(tmp_path), "ARENA_BASE_URL": "https://arena.example/"}).secure_cookies


def test_secrets_are_not_printed(tmp_path: Path) -> None:
    found = settings.load(
        {"ARENA_HOME": str(tmp_path), "ARENA_SECRET_KEY": "s" * 40, "ARENA_MAIL_URL": "smtp://u:pw@h"}
    )
    assert "ssss" not in repr(found)
    assert "pw@" not in repr(found)


def test_a_dotenv_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text('# comment\nexport ARENA_PORT="8100"\nARENA_SIGNUP=invite\n', encoding="utf-8")
    found = settings.load({"ARENA_PORT": "8200"})
    assert (found.port, found.signup) == (8200, "invite")


def test_there_is_no_field_for_the_private_key() -> None:
    fields = settings.Settings.__dataclass_fields__
    assert not [name for name in fields if "label" in name or "private" in name or "worker" in name]
