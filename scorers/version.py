"""The version of the scoring rules: raised whenever a score, a standard error or a decision could change."""

SCORER_VERSION = "1"
