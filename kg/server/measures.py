"""Figures for operators, as Prometheus reads them."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Measures:
    """Counters of one web process."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.requests = Counter(
            "kg_requests", "Requests by route and status", ["route", "status"], registry=registry
        )
        self.outcomes = Counter(
            "kg_queries", "Queries by what became of them", ["outcome"], registry=registry
        )
        self.seconds = Histogram(
            "kg_request_seconds",
            "Time from request to the end of the answer",
            ["route"],
            registry=registry,
            buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )
        self.running = Gauge("kg_queries_running", "Queries running now", registry=registry)
        self.waiting = Gauge("kg_queries_waiting", "Queries waiting now", registry=registry)
        self.workers = Gauge(
            "kg_workers", "Workers started, ended by us, and crashed", ["what"], registry=registry
        )

    def page(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self.registry)
