"""Sessions in a signed cookie, of which static files know nothing."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class Sessions(SecureCookieSessionInterface):
    """As Flask's own, but for static files: a session that is looked at adds `Vary: Cookie`.

    A browser would then fetch every font again as soon as its reader signs in.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "assets.serve":
            super().save_session(app, session, response)
