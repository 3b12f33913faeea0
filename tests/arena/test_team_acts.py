"""What a team does with itself, on both databases: codes, leaving, taking out, handing over, renaming, dissolving, freezing."""

from datetime import timedelta

import pytest
from sqlmodel import select

from arena import codes, team_acts, team_profiles, teams
from arena.errors import Conflict, Forbidden, Invalid, NotFound
from arena.store import models
from arena.store.engine import reading, transaction
from tests.arena.conftest import CLOSES, Site


def _do(site: Site, act, *arguments, **given):
    with transaction(site.engine) as session:
        return act(session, *arguments, **given)


def _joined(site: Site, captain: models.User, team: models.Team, name: str) -> models.User:
    friend = site.person(name)
    with transaction(site.engine) as session:
        teams.accept_agreement(session, friend, site.hosted(), version="1", at=site.now)
        code = teams.invite(session, captain, team, at=site.now)
        # As somebody types what was read out: small letters, blanks for hyphens, a letter for a digit.
        typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        teams.accept_invitation(session, friend, site.hosted(), typed, site.now)
    return friend


def _freeze(site: Site) -> None:
    """Let teams be fixed a week before the close."""
    with transaction(site.engine) as session:
        row = session.get_one(models.Challenge, site.hosted().id)
        row.definition = {**row.definition, "calendar": {**row.definition["calendar"], "team_freeze_days": 7}}
        row.definition_sha256 = "8" * 64


def _kinds(site: Site) -> list[str]:
    with reading(site.engine) as session:
        return [one.kind for one in session.exec(select(models.LedgerEntry).order_by(models.LedgerEntry.id))]


def _team(site: Site, team: models.Team) -> models.Team:
    with reading(site.engine) as session:
        return session.get_one(models.Team, team.id)


def test_a_team_from_invitation_to_dissolution(site):
    site.publish()
    captain, team = site.team("Ours")
    friend = _joined(site, captain, team, "friend")
    hosted = site.hosted()
    for act in (
        lambda: _do(site, team_acts.hand_over, friend, hosted, friend.id, site.now),
        lambda: _do(site, team_acts.remove, friend, hosted, captain.id, site.now),
        lambda: _do(site, team_acts.describe, friend, hosted, name="Mine", affiliation=None, at=site.now),
    ):
        with pytest.raises(Forbidden) as refused:
            act()
        assert refused.value.code == "captain_only"
    _do(site, team_acts.hand_over, captain, hosted, friend.id, site.now)
    assert _team(site, team).captain_id == friend.id
    with pytest.raises(Conflict):
        _do(site, team_acts.remove, friend, hosted, friend.id, site.now)
    _do(site, team_acts.remove, friend, hosted, captain.id, site.now)
    with pytest.raises(NotFound):
        _do(site, team_acts.leave, captain, hosted, site.now)
    code = _do(site, teams.invite, friend, team, at=site.now)
    assert _do(site, team_acts.leave, friend, hosted, site.now).dissolved_at == site.now
    assert _kinds(site)[-4:] == ["captain_changed", "team_member_removed", "team_left", "team_dissolved"]
    with reading(site.engine) as session, pytest.raises(NotFound):
        teams.invited_team(session, code, site.now)
    # Its name is free, its number is not.
    _, again = site.team("ours", captain=captain)
    assert again.id != team.id


def test_the_next_member_becomes_captain_when_the_captain_leaves(site):
    site.publish()
    captain, team = site.team("Ours")
    friend = _joined(site, captain, team, "friend")
    _do(site, team_acts.leave, captain, site.hosted(), site.now)
    assert _team(site, team).captain_id == friend.id


def test_who_has_submitted_stays_with_the_record_and_may_still_rename_until_the_freeze(site):
    site.publish()
    captain, team = site.team("Ours")
    friend = _joined(site, captain, team, "friend")
    site.submit(friend, 5)
    _freeze(site)
    hosted = site.hosted()
    for act in (
        lambda: _do(site, team_acts.leave, friend, hosted, site.now),
        lambda: _do(site, team_acts.remove, captain, hosted, friend.id, site.now),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "has_submissions"
    _do(site, team_acts.describe, captain, hosted, name="Other", affiliation="A hospital", at=site.now)
    assert (_team(site, team).name, _team(site, team).affiliation) == ("Other", "A hospital")
    # An affiliation may still change when the name may not.
    frozen = CLOSES - timedelta(days=1)
    _do(site, team_acts.describe, captain, hosted, name="Other", affiliation="", at=frozen)
    with pytest.raises(Conflict) as late:
        _do(site, team_acts.describe, captain, hosted, name="Third", affiliation=None, at=frozen)
    assert late.value.code == "teams_frozen"
    with pytest.raises(Conflict) as over:
        _do(site, team_acts.describe, captain, hosted, name=None, affiliation="x", at=CLOSES)
    assert over.value.code == "closed"


def test_from_the_freeze_on_nobody_comes_or_goes(site):
    site.publish()
    captain, team = site.team("Ours")
    friend = _joined(site, captain, team, "friend")
    _freeze(site)
    frozen = teams.frozen_from(site.hosted())
    assert frozen == CLOSES - timedelta(days=7)
    for act in (
        lambda at: _do(site, team_acts.leave, friend, site.hosted(), at),
        lambda at: _do(site, team_acts.remove, captain, site.hosted(), friend.id, at),
    ):
        with pytest.raises(Conflict) as refused:
            act(frozen)
        assert refused.value.code == "teams_frozen"
    _do(site, team_acts.leave, friend, site.hosted(), frozen - timedelta(seconds=1))


def test_a_name_is_cleaned_bounded_and_nobody_elses(site):
    site.publish()
    captain, _ = site.team("Ours")
    site.team("Theirs")

    def rename(name):
        return _do(site, team_acts.describe, captain, site.hosted(), name=name, affiliation=None, at=site.now).name

    assert rename("\u202eab\u2066c\u200f") == "abc"
    assert rename("=cmd|' /C calc'!A0") == "=cmd|' /C calc'!A0"
    assert rename("🧬 생존") == "🧬 생존"
    for wrong in ("x" * 300, "", "\u202e", "   "):
        with pytest.raises(Invalid):
            rename(wrong)
    with pytest.raises(Conflict) as taken:
        rename("ＴＨＥＩＲＳ")
    assert taken.value.code == "name_taken"
    assert rename("OURS") == "OURS", "its own name in other letters is its own"
    with pytest.raises(Invalid) as long:
        _do(site, team_acts.describe, captain, site.hosted(), name=None, affiliation="x" * 121, at=site.now)
    assert "affiliation" in long.value.fields


def test_invitations_are_listed_revoked_once_and_bounded(site):
    site.publish()
    captain, team = site.team("Ours")
    stranger, other = site.team("Theirs")
    code = _do(site, teams.invite, captain, team, at=site.now)
    assert len(code) == 14
    assert set(code) <= set(codes.SIGNS + "-")
    with reading(site.engine) as session:
        ((row, maker),) = team_acts.invitations(session, team, site.now)
        assert (maker.name, row.expires_at) == ("Ours", site.now + timedelta(days=14))
        assert team_acts.invitations(session, other, site.now) == []
        assert team_acts.invitations(session, team, row.expires_at) == [], "an ended one is outstanding no more"
        with pytest.raises(NotFound):
            teams.invited_team(session, code, row.expires_at)
    with pytest.raises(NotFound):
        _do(site, team_acts.revoke, stranger, row.id, site.now)
    _do(site, team_acts.revoke, captain, row.id, site.now)
    with pytest.raises(Conflict):
        _do(site, team_acts.revoke, captain, row.id, site.now)
    friend = site.person("friend")
    with pytest.raises(NotFound):
        _do(site, teams.accept_invitation, friend, site.hosted(), code, site.now)
    for _ in range(teams.MOST_INVITATIONS):
        _do(site, teams.invite, captain, team, at=site.now)
    with pytest.raises(Conflict) as many:
        _do(site, teams.invite, captain, team, at=site.now)
    assert many.value.code == "too_many_invitations"


def test_a_code_of_before_the_short_ones_still_works(site):
    site.publish()
    captain, team = site.team("Ours")
    code = "aB-c_d0O1lI9xYz_"
    with transaction(site.engine) as session:
        session.add(
            models.Invitation(
                team_id=team.id, code_hash=codes.digests(code)[1], created_by=captain.id, created_at=site.now,
                expires_at=site.now + timedelta(days=1),
            )
        )  # fmt: skip
    with reading(site.engine) as session:
        assert teams.invited_team(session, code, site.now).id == team.id
        with pytest.raises(NotFound):
            teams.invited_team(session, code.lower(), site.now)


def test_a_new_version_of_the_agreement_blocks_submitting_and_says_where_to_mend_it(site):
    site.publish()
    captain, team = site.team("Ours")
    with transaction(site.engine) as session:
        row = session.get_one(models.Challenge, site.hosted().id)
        row.definition = {**row.definition, "agreement": {**row.definition["agreement"], "version": "2"}}
        row.definition_sha256 = "2" * 64
    with pytest.raises(Forbidden) as lapsed:
        site.submit(captain, 5)
    assert (lapsed.value.code, lapsed.value.mend) == ("agreement_needed", "/challenges/small/agreement")
    _do(site, teams.accept_agreement, captain, site.hosted(), version="2", at=site.now + timedelta(hours=1))
    site.submit(captain, 5)
    with reading(site.engine) as session:
        accepted = teams.acceptances(session, team, site.hosted())[captain.id]
        assert [(one.version, one.accepted_at) for one in accepted] == [
            ("2", site.now + timedelta(hours=1)),
            ("1", site.now),
        ]


def test_a_public_page_tells_what_its_team_chose_and_is_nobodys_before_a_submission(site):
    site.publish()
    captain, team = site.team("Ours")
    friend = _joined(site, captain, team, "friend")
    _, other = site.team("Theirs")

    def page(viewer, team_id=team.id, runs=False):
        with reading(site.engine) as session:
            return team_profiles.public(session, viewer, site.hosted(), team_id, site.now, runs=runs)

    with pytest.raises(NotFound):
        page(None)
    assert (page(captain).own, page(captain).submissions) == (True, 0)
    recorded = site.submit(captain, 5)
    assert page(None).names == ()
    _do(site, team_acts.show_name, friend, site.hosted(), public=True)
    site.decide(recorded.evaluation_id, "accepted", 0.012)
    found = page(None)
    assert (found.names, found.people, found.submissions, found.row.rank) == (("friend",), 2, 1, 1)
    with reading(site.engine) as session:
        baseline = session.exec(select(models.Team).where(models.Team.baseline == "simple")).one()
    for nothing in (baseline.id, other.id, 4711):
        with pytest.raises(NotFound):
            page(None, nothing)
    with transaction(site.engine) as session:
        session.add(
            models.Mark(
                challenge_id=site.hosted().id, team_id=team.id, kind="hidden", reason="x", imposed_by=captain.id,
                imposed_at=site.now,
            )
        )  # fmt: skip
    with pytest.raises(NotFound):
        page(None)
    assert page(captain).row is None
    assert page(None, runs=True).row is None
