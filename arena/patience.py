"""Asking a server as a patient person would: again after a moment where that is safe, and with errors that say what to do."""

import time
from collections.abc import Callable
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from arena import wire

Model = TypeVar("Model", bound=BaseModel)

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


def told(error: httpx.TransportError) -> str:
    """Return what went wrong and whom it was asked of: a login may have been for a site that has moved."""
    said = str(error) or type(error).__name__
    return f"{error.request.url.copy_with(path='/', query=None)}: {said}"


def patiently(once: Callable[[], httpx.Response], *, repeat: bool = True) -> httpx.Response:
    for attempt in range(ATTEMPTS):
        last = attempt == ATTEMPTS - 1
        try:
            response = once()
        except httpx.TransportError as error:
            if last or not (repeat or isinstance(error, httpx.ConnectError)):
                raise Unreachable(told(error)) from error
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


def read(model: type[Model], response: httpx.Response) -> Model:
    if not response.is_success:
        raise problem(response)
    try:
        return model.model_validate_json(response.content)
    except ValidationError as error:
        raise Unreachable(f"{response.url} does not answer as an Arena does") from error


def problem(response: httpx.Response) -> ClientError:
    try:
        problem = wire.Problem.model_validate_json(response.content)
    except ValidationError:
        return Unreachable(f"{response.url} answered {response.status_code} {response.reason_phrase}")
    return Unreachable(problem.detail) if problem.status >= 500 else Refused(problem)
