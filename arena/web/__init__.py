"""The site's pages: server-rendered, in Korean and English, to the standard of a journal's results page."""

from arena.web.app import create_app

__all__ = ["create_app"]
