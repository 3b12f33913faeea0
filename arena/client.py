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
from pydantic import BaseModel, ValidationError

from arena import wire, wire_participation
from arena.transfers import Progress, Watched, tell

Model = TypeVar("Model", bound=BaseModel)

CHUNK = 1 << 16
ATTEMPTS = 4
# What a person would do too: wait a moment after these, then ask again.
PASSING = frozenset({429, 502, 503, 504})
LONGEST_PAUSE = 30.0


class ClientError(Exception):
    """Whatever the client may raise."""


class Refused(ClientError):
    """The server refused for a reason that the caller can mend; `problem` holds every item of it."""

    def __init__(self, problem: wire.Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.status = problem.status
        self.code = problem.code


class Unreachable(ClientError):
    """The server did not answer, or answered that the fault is its own."""


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
        return self._ask(wire.ChallengeList, "GET", "/challenges").challenges

    def challenge(self, slug: str) -> wire.ChallengeDetail:
        """Return one challenge with its columns, metrics, files and texts."""
        return self._ask(wire.ChallengeDetail, "GET", f"/challenges/{slug}")

    def accept(self, slug: str, version: str) -> wire.Accepted:
        """Accept the challenge's agreement in the version that was read."""
        return self._ask(wire.Accepted, "POST", f"/challenges/{slug}/agreement", json={"version": version})

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
        companion: str | Path | None = None,
        idempotency_key: str | None = None,
        progress: Progress | None = None,
    ) -> wire.Submitted:
        """Submit a prediction file; safe on a bad line, since every attempt carries the same key.

        `companion` is the unranked second file of a challenge that asks for one.
        """
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        fields = {"note": note} if note else {}
        path = f"/challenges/{slug}/submissions"
        return self._send(wire.Submitted, path, (file, companion), progress, data=fields, headers=headers)

    def submissions(self, slug: str) -> Iterator[wire.Submission]:
        """Yield the own team's submissions, the newest first."""
        page: str | None = f"/challenges/{slug}/submissions"
        while page:
            found = self._ask(wire.SubmissionList, "GET", page)
            yield from found.submissions
            page = self._link(found.next)

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
        submission_id = submission if isinstance(submission, str) else submission.id
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

    def choose_final(self, submission_id: str) -> wire.Submission:
        """Make a submission the team's final."""
        return self._ask(wire.Submission, "PATCH", f"/submissions/{submission_id}", json={"final": True})

    def leaderboard(self, slug: str, split: str = "public") -> wire.Leaderboard:
        """Return the whole leaderboard of one split."""
        board = self._ask(wire.Leaderboard, "GET", f"/challenges/{slug}/leaderboard", params={"split": split})
        rows, page = list(board.rows), self._link(board.next)
        while page:
            more = self._ask(wire.Leaderboard, "GET", page)
            rows, page = rows + more.rows, self._link(more.next)
        return board.model_copy(update={"rows": rows, "next": None})

    def analysis(self, slug: str) -> wire.Analysis:
        """Return the analysis of the finals; refused with `not_revealed` before the reveal."""
        return self._ask(wire.Analysis, "GET", f"/challenges/{slug}/analysis")

    def labels_key(self) -> wire.LabelsKey:
        """Return the public key that labels are sealed with."""
        return self._ask(wire.LabelsKey, "GET", "/labels-key")

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
                    raise _problem(response)
                resumed = response.status_code == 206
                done = start if resumed else 0
                with part.open("ab" if resumed else "wb") as out:
                    for chunk in response.iter_bytes(CHUNK):
                        out.write(chunk)
                        done += len(chunk)
                        told(done)
        except httpx.TransportError as error:
            if last:
                raise Unreachable(_told(error)) from error
            time.sleep(0.5)
            return False
        return True

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
        return _read(model, _patiently(lambda: self._http.post(path, files=files, **given)))

    def _ask(self, model: type[Model], method: str, path: str, **given: Any) -> Model:
        # A GET may be repeated at will; a POST without a key must not be, unless the server says that it did nothing.
        return _read(model, _patiently(lambda: self._http.request(method, path, **given), repeat=method == "GET"))


def _told(error: httpx.TransportError) -> str:
    """Return what went wrong and whom it was asked of: a login may have been for a site that has moved."""
    said = str(error) or type(error).__name__
    return f"{error.request.url.copy_with(path='/', query=None)}: {said}"


def _patiently(once: Callable[[], httpx.Response], *, repeat: bool = True) -> httpx.Response:
    for attempt in range(ATTEMPTS):
        last = attempt == ATTEMPTS - 1
        try:
            response = once()
        except httpx.TransportError as error:
            if last or not (repeat or isinstance(error, httpx.ConnectError)):
                raise Unreachable(_told(error)) from error
            time.sleep(0.3 * 2**attempt)
            continue
        pause = _pause(response, attempt)
        if last or pause is None or not (repeat or response.status_code in (429, 503)):
            return response
        time.sleep(pause)
    raise AssertionError


def _pause(response: httpx.Response, attempt: int) -> float | None:
    if response.status_code not in PASSING:
        return None
    asked = response.headers.get("Retry-After", "")
    if response.status_code == 429 and not asked.isdigit():
        return None  # a used-up quota is no passing thing
    pause = float(asked) if asked.isdigit() else 0.3 * 2**attempt
    return pause if pause <= LONGEST_PAUSE else None


def _read(model: type[Model], response: httpx.Response) -> Model:
    if not response.is_success:
        raise _problem(response)
    try:
        return model.model_validate_json(response.content)
    except ValidationError as error:
        raise Unreachable(f"{response.url} does not answer as an Arena does") from error


def _problem(response: httpx.Response) -> ClientError:
    try:
        problem = wire.Problem.model_validate_json(response.content)
    except ValidationError:
        return Unreachable(f"{response.url} answered {response.status_code} {response.reason_phrase}")
    return Unreachable(problem.detail) if problem.status >= 500 else Refused(problem)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
