"""The generator of the synthetic cohort that several shipped challenges are drawn from, each from seeds of its own."""

# Named on every page that shows the cohort; any change of what is drawn is a new version.
VERSION = "1.0.0"
