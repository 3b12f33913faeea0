"""What a list may be asked for."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from arena.api.describing import link
from arena.wire import Split

# Bounds keep an address from asking for more than the database can count to.
Offset = Annotated[int, Field(ge=0, le=1_000_000)]


class Page(BaseModel):
    """A stretch of a list."""

    model_config = ConfigDict(frozen=True)
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    offset: Offset = 0


def next_page(page: Page, found: int, *steps: str) -> str | None:
    """Return the address of the stretch after this one, if `found` says that there is more than was asked for."""
    if found <= page.limit:
        return None
    return link(*steps, limit=page.limit, offset=page.offset + page.limit)


class BoardPage(BaseModel):
    """A stretch of one split's leaderboard."""

    model_config = ConfigDict(frozen=True)
    split: Split = "public"
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    offset: Offset = 0
    labels: Annotated[int, Field(ge=1, le=1_000_000)] | None = None  # as it was under this version of the labels
