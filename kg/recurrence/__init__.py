"""What recurs across cities: counts over the incidence of cities and concepts."""

from kg.recurrence.comparison import Cell, Comparison, compare_cities
from kg.recurrence.counts import FACETS, Recurrence, RecurrenceTable, count_recurrence
from kg.recurrence.incidence import Incidence, Link, read_incidence

__all__ = [
    "FACETS",
    "Cell",
    "Comparison",
    "Incidence",
    "Link",
    "Recurrence",
    "RecurrenceTable",
    "compare_cities",
    "count_recurrence",
    "read_incidence",
]
