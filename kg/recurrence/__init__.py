"""What recurs across cities: counts over the incidence of cities and concepts."""

from kg.recurrence.comparison import Cell, Comparison, compare_cities
from kg.recurrence.counts import FACETS, Recurrence, RecurrenceTable, count_recurrence
from kg.recurrence.incidence import Incidence, Link, read_incidence
from kg.recurrence.matrix import GRADES, IncidenceMatrix, Scope, read_matrix

__all__ = [
    "FACETS",
    "GRADES",
    "Cell",
    "Comparison",
    "Incidence",
    "IncidenceMatrix",
    "Link",
    "Recurrence",
    "RecurrenceTable",
    "Scope",
    "compare_cities",
    "count_recurrence",
    "read_incidence",
    "read_matrix",
]
