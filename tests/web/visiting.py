"""What the tests of pages visit, and what they read there."""

import re

from tests.web.conftest import predictions

READING = ["/", "/signin", "/signup", "/metrics-guide"]


OF_ONE = ["", "/data", "/evaluation", "/rules", "/agreement", "/leaderboard", "/team", "/submit", "/submissions"]


def text_of(answer):
    """The page's words, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<svg.*?</svg>|<head>.*?</head>", " ", answer.text)))


def submitted(visitor, seed=5, slug="small"):
    answer = visitor.upload(slug, predictions(seed))
    assert answer.status_code == 303, text_of(answer)
    return answer.location.partition("?")[0]
