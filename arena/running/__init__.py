"""Keeping an instance alive: its home, its Valkey, its processes and their supervision."""
