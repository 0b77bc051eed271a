"""Good clients are served while another one sends nothing but bombs.

The short version; ``python -m tests.server.soak --seconds 600`` is the long one.
"""

from __future__ import annotations

import os
from pathlib import Path

from kg.build import canonical_nquads
from kg.graph import KnowledgeGraph
from tests.server.conftest import start_service
from tests.server.load import percentile, questions, settled
from tests.server.soak import soak

SECONDS = float(os.environ.get("KG_SOAK_SECONDS", "20"))


def test_one_client_does_not_starve_the_others(
    graph: KnowledgeGraph, published: Path, tmp_path: Path
) -> None:
    known = questions(canonical_nquads(graph.embedded("tests").dataset))
    service = start_service(published, tmp_path / "log")  # with the budgets that users have
    try:
        result = soak(service, known, SECONDS)
        print(result)
        assert result.good.wrong == []
        # The goals are 99.5 % and 300 ms, over ten minutes; this is short, and the machine may have
        # other things to do.
        assert result.success >= 0.98
        assert percentile(result.good.right, 95) <= 1_000
        assert result.wrong == []
        # It was told that it asks too much, and before that the bombs were really tried.
        assert result.bombs[429] > 0
        assert result.bombs[504] + result.bombs[413] > 0
        assert result.peak <= 3 << 30
        assert result.web_after == result.web_before
        settled(service)
    finally:
        assert service.stop() == 0
