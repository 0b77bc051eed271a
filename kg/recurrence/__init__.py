"""What recurs across cities: counts over the incidence of cities and concepts."""

from kg.recurrence.counts import FACETS, Recurrence, RecurrenceTable, count_recurrence
from kg.recurrence.incidence import Incidence, Link, read_incidence

__all__ = [
    "FACETS",
    "Incidence",
    "Link",
    "Recurrence",
    "RecurrenceTable",
    "count_recurrence",
    "read_incidence",
]
