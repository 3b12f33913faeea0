"""Rows and blobs: the only package that speaks SQL or reads and writes stored files."""
