"""Decisions of the import: data in, verdicts and reasons out."""
