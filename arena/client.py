"""A small typed client for the JSON API, for notebooks and the command line; it needs no part of the server.

>>> from arena.client import Arena
>>> arena = Arena("http://127.0.0.1:8000", token="arena_…")  # doctest: +SKIP
>>> submission = arena.wait(arena.submit("colon-adjuvant", "predictions.csv"))  # doctest: +SKIP
>>> submission.decision, submission.scores["public"]["harrell_c"].value  # doctest: +SKIP
"""

import hashlib
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx

from arena import (
    patience,
    wire,
    wire_analysis,
    wire_participation,
    wire_practice,
    wire_receipts,
    wire_reports,
    wire_versions,
)
from arena.patience import ATTEMPTS, ClientError, Model, Refused, Unreachable
from arena.transfers import Progress, Watched, tell

__all__ = ("Arena", "ClientError", "Damaged", "Refused", "Unreachable")

CHUNK = 1 << 16
Page = TypeVar(
    "Page", wire.ChallengeList, wire.SubmissionList, wire.Leaderboard, wire_analysis.Analysis, wire_versions.VersionList
)


class Damaged(ClientError):
    """A downloaded file is not the one that the server names."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was damaged on the way; download it again")
        self.name = name


class Arena:
    """One site, seen with one token."""

    def __init__(self, url: str, token: str | None = None, *, language: str = "en", timeout: float = 60.0) -> None:
        headers = {"Accept": "application/json, application/problem+json", "Accept-Language": language}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def challenges(self) -> list[wire.ChallengeSummary]:
        """Return all challenges."""
        return [one for page in self._pages(wire.ChallengeList, "/challenges") for one in page.challenges]

    def challenge(self, slug: str) -> wire.ChallengeDetail:
        """Return one challenge with its columns, metrics, files and texts."""
        return self._ask(wire.ChallengeDetail, "GET", f"/challenges/{slug}")

    def versions(self, slug: str) -> list[wire_versions.Version]:
        """Return a challenge's versions, the first one first, each with what it changed and why."""
        pages = self._pages(wire_versions.VersionList, f"/challenges/{slug}/versions")
        return [one for page in pages for one in page.versions]

    def version(self, slug: str, number: int) -> wire_versions.VersionDetail:
        """Return one version whole: its definition and its files' digests."""
        return self._ask(wire_versions.VersionDetail, "GET", f"/challenges/{slug}/versions/{number}")

    def accept(self, slug: str, version: str) -> wire.Accepted:
        """Accept the challenge's agreement in the version that was read."""
        return self._ask(wire.Accepted, "POST", f"/challenges/{slug}/agreement", json={"version": version})

    def participation(self, slug: str) -> wire_participation.Participation:
        """Return whether the caller is admitted, and what the organizers ask of whoever wants to be."""
        return self._ask(wire_participation.Participation, "GET", f"/challenges/{slug}/participation")

    def ask_to_take_part(self, slug: str, answers: dict[str, str]) -> wire_participation.Participation:
        """Ask to take part, with answers by the questions' ids; harmless for whoever is in or waits already."""
        return self._ask(
            wire_participation.Participation, "POST", f"/challenges/{slug}/participation", json={"answers": answers}
        )

    def create_team(self, slug: str, name: str) -> wire.Team:
        """Make a team with the caller as its captain."""
        return self._ask(wire.Team, "POST", f"/challenges/{slug}/teams", json={"name": name})

    def team(self, slug: str) -> wire.Team:
        """Return the caller's team with what is left of its quota."""
        return self._ask(wire.Team, "GET", f"/challenges/{slug}/team")

    def invite(self, team_id: int) -> wire.Invitation:
        """Return a code that lets one person join the caller's team."""
        return self._ask(wire.Invitation, "POST", f"/teams/{team_id}/invitations")

    def invitations(self, team_id: int) -> list[wire_participation.OutstandingInvitation]:
        """Return the outstanding invitations of the caller's team."""
        return self._ask(wire_participation.InvitationList, "GET", f"/teams/{team_id}/invitations").invitations

    def revoke(self, team_id: int, invitation: int) -> list[wire_participation.OutstandingInvitation]:
        """Revoke an outstanding invitation; return those that are left."""
        path = f"/teams/{team_id}/invitations/{invitation}"
        return self._ask(wire_participation.InvitationList, "DELETE", path).invitations

    def change_team(self, team_id: int, *, name: str | None = None, affiliation: str | None = None) -> wire.Team:
        """Give the caller's team another name or affiliation, as its captain."""
        changed = {"name": name, "affiliation": affiliation}
        given = {key: value for key, value in changed.items() if value is not None}
        return self._ask(wire.Team, "PATCH", f"/teams/{team_id}", json=given)

    def leave(self, slug: str) -> wire_participation.Left:
        """Leave the caller's team, which must not have submitted."""
        return self._ask(wire_participation.Left, "POST", f"/challenges/{slug}/team/leave")

    def join(self, code: str) -> wire.Team:
        """Join the team that an invitation is for."""
        return self._ask(wire.Team, "POST", f"/invitations/{code}/accept")

    def check(
        self, slug: str, file: str | Path, *, companion: str | Path | None = None, progress: Progress | None = None
    ) -> wire.Checked:
        """Check a prediction file, and its companion; costs nothing. Every problem is in the error's `problem.errors`."""
        return self._send(wire.Checked, f"/challenges/{slug}/check", (file, companion), progress)

    def submit(
        self,
        slug: str,
        file: str | Path,
        note: str = "",
        *,
        method: str = "",
        companion: str | Path | None = None,
        idempotency_key: str | None = None,
        progress: Progress | None = None,
    ) -> wire.Submitted:
        """Submit a prediction file; safe on a bad line, since every attempt carries the same key.

        `method` says in a few sentences how the predictions were made; only the own team sees it. `companion` is the unranked second file of a challenge that asks for one.
        """
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        fields = {name: words for name, words in (("note", note), ("method", method)) if words}
        path = f"/challenges/{slug}/submissions"
        return self._send(wire.Submitted, path, (file, companion), progress, data=fields, headers=headers)

    def practice(
        self,
        slug: str,
        file: str | Path,
        *,
        against: str | Path | None = None,
        note: str = "",
        timeout: float = 600.0,
    ) -> wire_practice.Practice:
        """Score predictions of the validation part of the training file in full, and wait for it; costs no submission.

        With `against`, the paired differences from that file come too. Fit the model without the validation rows.
        """
        with ExitStack() as opened:
            paths = {name: Path(one) for name, one in (("file", file), ("against", against)) if one is not None}
            files = {name: (one.name, opened.enter_context(one.open("rb")), "text/csv") for name, one in paths.items()}
            found = self._post(wire_practice.Practice, f"/challenges/{slug}/practice", files, data={"note": note})
        give_up, pause = time.monotonic() + timeout, 0.2
        while not found.finished:
            if time.monotonic() + pause > give_up:
                raise TimeoutError(f"practice {found.id} is still waiting after {timeout:g} s")
            time.sleep(pause)
            pause = min(2.0, 1.3 * pause)
            found = self._ask(wire_practice.Practice, "GET", f"/practice/{found.id}")
        return found

    def submissions(self, slug: str) -> Iterator[wire.Submission]:
        """Yield the own team's submissions, the newest first."""
        for page in self._pages(wire.SubmissionList, f"/challenges/{slug}/submissions"):
            yield from page.submissions

    def submission(self, submission_id: str) -> wire.Submission:
        """Return one submission of the own team."""
        return self._ask(wire.Submission, "GET", f"/submissions/{submission_id}")

    def wait(
        self,
        submission: wire.Submission | str,
        *,
        timeout: float = 600.0,
        told: Callable[[wire.Submission], None] | None = None,
    ) -> wire.Submission:
        """Ask until the submission is decided; raise TimeoutError after `timeout` seconds."""
        submission_id = _id(submission)
        give_up, pause = time.monotonic() + timeout, 0.2
        while True:
            found = self.submission(submission_id)
            if told is not None:
                told(found)
            if found.finished:
                return found
            if time.monotonic() + pause > give_up:
                raise TimeoutError(f"submission {submission_id} is still {found.status} after {timeout:g} s")
            time.sleep(pause)
            pause = min(2.0, 1.3 * pause)

    def report(self, submission: wire.Submission | str) -> wire_reports.SubmissionReport:
        """Return the numbers of a submission's figures; refused with `not_revealed` where its scores are not shown."""
        return self._ask(wire_reports.SubmissionReport, "GET", f"/submissions/{_id(submission)}/report")

    def choose_final(self, submission: wire.Submission | str) -> wire.Submission:
        """Make a submission the team's final."""
        return self._ask(wire.Submission, "PATCH", f"/submissions/{_id(submission)}", json={"final": True})

    def leaderboard(self, slug: str, split: str = "public") -> wire.Leaderboard:
        """Return the whole leaderboard of one split."""
        pages = list(self._pages(wire.Leaderboard, f"/challenges/{slug}/leaderboard", params={"split": split}))
        rows = [row for page in pages for row in page.rows]
        return pages[0].model_copy(update={"rows": rows, "next": None})

    def analysis(self, slug: str) -> wire_analysis.Analysis:
        """Return the analysis of the finals; refused with `not_revealed` before the reveal."""
        pages = list(self._pages(wire_analysis.Analysis, f"/challenges/{slug}/analysis"))
        rows = [row for page in pages for row in page.rows]
        return pages[0].model_copy(update={"rows": rows, "next": None})

    def labels_key(self) -> wire.LabelsKey:
        """Return the public key that labels are sealed with."""
        return self._ask(wire.LabelsKey, "GET", "/labels-key")

    def receipt_key(self) -> wire_receipts.ReceiptKey:
        """Return the public key that receipts are signed with."""
        return self._ask(wire_receipts.ReceiptKey, "GET", "/receipt-key")

    def download(
        self,
        slug: str,
        folder: str | Path | None = None,
        *,
        names: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> list[Path]:
        """Download the challenge's files; go on where an earlier attempt stopped, and check every SHA-256."""
        target = Path(folder or slug)
        target.mkdir(parents=True, exist_ok=True)
        wanted = [file for file in self.challenge(slug).files if names is None or file.name in names]
        total, before, paths = sum(file.size for file in wanted), 0, []
        for file in wanted:
            paths.append(self._fetch(file, target, partial(tell, progress, before, total)))
            before += file.size
        return paths

    def _fetch(self, file: wire.FileLink, folder: Path, told: Callable[[int], None]) -> Path:
        path = folder / Path(file.name).name
        if not (path.is_file() and _sha256(path) == file.sha256):
            part = path.with_name(path.name + ".part")
            for attempt in range(ATTEMPTS):
                if self._fetch_rest(file, part, told, last=attempt == ATTEMPTS - 1):
                    break
            if _sha256(part) != file.sha256:
                part.unlink()
                raise Damaged(file.name)
            part.replace(path)
        told(file.size)
        return path

    def _fetch_rest(self, file: wire.FileLink, part: Path, told: Callable[[int], None], *, last: bool) -> bool:
        start = part.stat().st_size if part.is_file() else 0
        if start >= file.size:
            part.unlink(missing_ok=True)
            start = 0
        # If-Range: should the file have changed meanwhile, the whole of it comes.
        headers = {"Range": f"bytes={start}-", "If-Range": f'"{file.sha256}"'} if start else {}
        try:
            with self._http.stream("GET", self._link(file.url) or "", headers=headers) as response:
                if response.status_code not in (200, 206):
                    response.read()
                    raise patience.problem(response)
                resumed = response.status_code == 206
                done = start if resumed else 0
                with part.open("ab" if resumed else "wb") as out:
                    for chunk in response.iter_bytes(CHUNK):
                        out.write(chunk)
                        done += len(chunk)
                        told(done)
        except httpx.TransportError as error:
            if last:
                raise Unreachable(patience.told(error)) from error
            time.sleep(0.5)
            return False
        return True

    def _pages(self, model: type[Page], path: str, **given: Any) -> Iterator[Page]:
        """Yield the stretches of a list, following `next`."""
        page: str | None = path
        while page:
            found = self._ask(model, "GET", page, **given)
            yield found
            page, given = self._link(found.next), {}

    def _link(self, path: str | None) -> str | None:
        # The server's links begin at the root of its address, behind whatever proxy that is.
        return str(httpx.URL(self.url).join(path)) if path else None

    def _send(
        self,
        model: type[Model],
        path: str,
        sent: tuple[str | Path, str | Path | None],
        progress: Progress | None,
        **given: Any,
    ) -> Model:
        paths = {name: Path(one) for name, one in zip(("file", "companion"), sent, strict=True) if one is not None}
        total, before = sum(one.stat().st_size for one in paths.values()), 0
        files: dict[str, Any] = {}
        with ExitStack() as opened:
            for name, one in paths.items():
                stream = opened.enter_context(Watched(one, partial(tell, progress, before, total)))
                files[name] = (one.name, stream, "text/csv")
                before += one.stat().st_size
            return self._post(model, path, files, **given)

    def _post(self, model: type[Model], path: str, files: dict[str, Any], **given: Any) -> Model:
        return patience.read(model, patience.patiently(lambda: self._http.post(path, files=files, **given)))

    def _ask(self, model: type[Model], method: str, path: str, **given: Any) -> Model:
        # A GET may be repeated at will; a POST without a key must not be, unless the server says that it did nothing.
        return patience.read(
            model, patience.patiently(lambda: self._http.request(method, path, **given), repeat=method == "GET")
        )


def _id(submission: wire.Submission | str) -> str:
    return submission if isinstance(submission, str) else submission.id


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
