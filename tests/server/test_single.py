"""Single-user mode: the same answers, on loopback alone, said plainly."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest

from kg.errors import ParameterError
from kg.server.single import listen
from tests.server.conftest import Service, start_service


def test_it_answers_what_the_walled_service_answers(
    service: Service, published: Path, tmp_path: Path
) -> None:
    single = start_service(published, tmp_path / "log", "--single-user")
    try:
        for path in (
            "/sparql?query=" + urllib.parse.quote("SELECT ?s { ?s a ?t } ORDER BY ?s ?t LIMIT 50"),
            "/id/city/singapore.nt",
            "/queries/cities.csv",
            "/sparql?query=ASK",
        ):
            status, headers, body = service.get(path)
            own = single.get(path)
            assert own[0] == status
            assert own[1]["content-type"] == headers["content-type"]
            assert sorted(own[2].splitlines()) == sorted(body.splitlines())
        status, _, body = single.get(
            "/sparql?query="
            + urllib.parse.quote("ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
        )
        assert status == 403
        assert json.loads(body)["type"].endswith("service-refused")
        assert "a bad query can end it" in single.log.read_text(encoding="utf-8")
    finally:
        single.stop()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_it_is_for_this_machine_alone(host: str) -> None:
    with pytest.raises(ParameterError, match="does not listen"):
        listen(host, 0)


def test_it_imports_where_the_walls_cannot_be_built() -> None:
    """Modules that only Unix has are not needed: as if this were another system."""
    program = (
        "import sys\n"
        "for name in ('resource', 'fcntl', 'termios', 'uvloop'): sys.modules[name] = None\n"
        "import kg.server.single, kg.serving\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
