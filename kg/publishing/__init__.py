"""The dataset in the formats that other tools read."""

from kg.publishing.formats import FORMATS, export

__all__ = ["FORMATS", "export"]
