"""A challenge with a whole life behind it, its archive, and what an instance holds afterwards."""

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from arena import accounts, archive_files, audit, exporting, importing, publishing, rescoring, teams
from arena.store import archives, models
from arena.store.engine import reading, snapshot, transaction
from tests.arena.conftest import NOW, Site


def live(site: Site) -> Site:
    """Give a challenge a life: teams, files, decisions, a reveal, a disclosure, a rescoring; and another one beside it."""
    with transaction(site.engine) as session:
        accounts.create_user(
            session, email="root@example.org", name="root", admin=True, password="correct horse 9", at=NOW
        )
    site.publish("another")
    for ring in site.publish():
        assert site.decide(ring, "shown")
    for name, files in (("가", 2), ("=B", 1)):
        person, team = site.team(name)
        for seed in range(files):
            recorded = site.submit(person, len(name) + seed)
            assert site.decide(recorded.evaluation_id, "accepted", gain=0.01)
        with transaction(site.engine) as session:
            teams.invite(session, person, team, at=site.now)
            accounts.issue_token(session, person, name="t", at=site.now)
    with transaction(site.engine) as session:
        row = session.get(models.Team, team.id)
        row.final_submission_id = recorded.submission.id
        session.add(row)
        accounts.grant(session, email="root@example.org", role="judge", slug="small", at=site.now)
    chained(site)
    site.now = site.hosted().row.closes_at + timedelta(minutes=1)
    with transaction(site.engine) as session:
        publishing.start_reveal(session, site.hosted(), site.now)
    decide_all(site, 0.1)
    with transaction(site.engine) as session:
        assert publishing.finish_reveal(session, site.hosted(), site.now)
        hosted = site.hosted()
        sealed = site.blobs.put(io.BytesIO(b"sealed again"))
        session.add(
            models.Labels(
                challenge_id=hosted.id,
                version=2,
                ciphertext_sha256=sealed.sha256,
                ids_sha256="0" * 64,
                created_at=site.now,
            )
        )
        session.add(
            models.Disclosure(
                challenge_id=hosted.id,
                labels_version=1,
                secret="5" * 64,
                secret_sha256="1" * 64,
                labels_sha256="2" * 64,
                at=site.now,
            )
        )
        evaluation = session.exec(select(models.Evaluation.id).order_by(col(models.Evaluation.id).desc())).first()
        session.add(models.Report(evaluation_id=evaluation, content={"rows": 60, "curves": {"b": [0.1], "a": []}}))
        session.add(
            models.Comparison(
                challenge_id=hosted.id,
                split="private",
                labels_version=1,
                content={"z": 1, "a": [0.1]},
                created_at=site.now,
            )
        )
    with transaction(site.engine) as session:
        rescoring.start(session, site.hosted(), user_id=None, at=site.now)
    decide_all(site, 0.2)
    with transaction(site.engine) as session:
        assert rescoring.finish(session, site.hosted(), site.now)
    chained(site)
    return site


def decide_all(site: Site, base: float) -> None:
    with reading(site.engine) as session:
        rows = session.exec(select(models.Evaluation).where(models.Evaluation.state == "received")).all()
    for row in rows:
        if row.labels_version == 2 or row.split == "private":
            assert site.decide(row.id, "accepted", value=base + row.submission_id / 100)


def chained(site: Site) -> None:
    with transaction(site.engine) as session:
        audit.chain(session, site.now)


def export(site: Site, slug: str = "small") -> bytes:
    with snapshot(site.engine) as session:
        hosted = site.hosted(slug)
        tables, history = exporting.collect(session, hosted)
    out = io.BytesIO()
    exporting.write(out, site.blobs, hosted, tables, history, labels_key="abcd", receipts_key=site.signer.public_key)
    return out.getvalue()


def restore(site: Site, content: bytes) -> importing.Imported:
    with archive_files.opened(io.BytesIO(content)) as archive:
        found = importing.check(archive)
        importing.put_files(site.blobs, archive)
        with transaction(site.engine) as session:
            return importing.restore(session, found, archive_sha256=hashlib.sha256(content).hexdigest(), at=site.now)


def rows_of(site: Site) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table that hangs on a challenge."""
    with reading(site.engine) as session:
        found = {}
        for part in archives.parts():
            model = next(m.class_ for m in models.User._sa_registry.mappers if m.local_table.name == part.name)
            rows = session.exec(select(model).order_by(model.id))
            found[part.name] = [row.model_dump(exclude=set(archives.HELD)) for row in rows]
    return found


def remade(content: bytes, change: Callable[[dict[str, bytes]], None], **given: Any) -> bytes:
    """Return the archive with its members changed and, unless told otherwise, a manifest that agrees with them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    if given.get("agree", True):
        manifest = json.loads(members["archive.json"])
        manifest["parts"] = {
            name: hashlib.sha256(one).hexdigest() for name, one in members.items() if name != "archive.json"
        }
        members["archive.json"] = json.dumps(manifest).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", given.get("method", zipfile.ZIP_STORED)) as archive:
        for name, one in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = given.get("mode", stat.S_IFREG | 0o600) << 16
            info.compress_type = given.get("method", zipfile.ZIP_STORED)
            archive.writestr(info, one)
    return out.getvalue()


def edited(name: str, change: Callable[[Any], object]) -> Callable[[dict[str, bytes]], None]:
    def act(members: dict[str, bytes]) -> None:
        value = json.loads(members[name])
        changed = change(value)
        members[name] = json.dumps(value if changed is None else changed).encode()

    return act
