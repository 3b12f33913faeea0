"""How many rows a statement has changed: what a claim, a settlement or a sweep decides by."""

from typing import Any

from sqlalchemy import CursorResult
from sqlmodel import Session


def changed(session: Session, statement: Any, *, synchronize: bool = True) -> int:
    """Execute an update or deletion and return the number of its rows.

    Without `synchronize`, rows that the session holds already are not looked at again: whoever changes very many at once
    reads afterwards.
    """
    options = {} if synchronize else {"synchronize_session": False}
    result = session.execute(statement, execution_options=options)
    return result.rowcount if isinstance(result, CursorResult) else 0
