"""City Practice Graph: what leading city governments do, with evidence for every statement.

``kg.open()`` gives the graph. Importing this package loads neither rdflib nor pandas nor networkx.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import (
    CurationError,
    DatasetError,
    EndpointError,
    EvidenceError,
    FactsNotFoundError,
    KgError,
    MissingPackageError,
    ParameterError,
    QueryError,
    UnknownNameError,
)

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph

__all__ = [
    "CurationError",
    "DatasetError",
    "EndpointError",
    "EvidenceError",
    "FactsNotFoundError",
    "KgError",
    "MissingPackageError",
    "ParameterError",
    "QueryError",
    "UnknownNameError",
    "__version__",
    "open",
]
__version__ = "0.1.0"


def open(  # the name that the field uses: rasterio.open, xarray.open_dataset
    location: str | Path | None = None, *, source: str | None = None, **options: Any
) -> KnowledgeGraph:
    """Open a graph of city practices.

    Parameters
    ----------
    location
        Nothing for the facts that ship with the package, a folder of curated files, a dataset
        that ``kg build`` wrote (an N-Quads file, or a store folder), or the http or https address
        of a SPARQL 1.1 endpoint.
    source
        Slug of a source: only claims that rest on this source alone. For curated files only.
    options
        ``timeout`` in seconds for an endpoint; ``progress`` to be told each step of a build.

    Raises
    ------
    FactsNotFoundError
        The folder does not exist or holds no curated file.
    CurationError
        The files hold faults; all of them are listed.
    DatasetError
        The file or store folder is no dataset.
    EndpointError
        The address is not http or https.
    """
    from kg.graph import open_graph

    return open_graph(location, source=source, **options)
