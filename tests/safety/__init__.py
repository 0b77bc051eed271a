"""Hostile input: named cases, and a generator of many more (``python -m tests.safety``)."""
