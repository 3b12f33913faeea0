"""Numbers: arrays in, numbers out; no clock, no disk, no database."""
