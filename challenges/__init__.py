"""Challenge definitions: what a challenge is, how a prediction file is read, and the shipped challenges."""
