"""The dataset in the formats that other tools read, its references, and its published versions.

Each module is imported by itself: who serves versions needs nothing that builds datasets.
"""
