"""`Metrics`: what the server counts, as Prometheus reads it. Labels are routes, codes and names of operations: never values, never people."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from api.http_call import Call

MOST_OPERATIONS = 100
"""Names of operations come from clients: the first so many are told apart, later ones are counted together."""

OTHER = "other"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


class Metrics:
    """The figures of one application, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "orgraph_http_requests",
            "Requests answered",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "orgraph_http_request_seconds",
            "Time until a request is answered",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._operations = Counter(
            "orgraph_graphql_operations",
            "Operations executed",
            ["kind", "operation"],
            registry=self._registry,
        )
        self._errors = Counter(
            "orgraph_errors", "Errors shown to clients, by code", ["code"], registry=self._registry
        )
        self._store_calls = Counter(
            "orgraph_store_calls", "Calls of the store", ["method", "outcome"], registry=self._registry
        )
        self._store_seconds = Histogram(
            "orgraph_store_call_seconds",
            "Time of calls of the store",
            ["method"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._names: set[str] = set()

    def request(self, route: str, method: str, status: int, seconds: float, call: Call) -> None:
        """Count one answered request."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if call.kind:
            self._operations.labels(call.kind, self._name(call.operation)).inc()
        for code in call.codes:
            self._errors.labels(code).inc()

    def store_call(self, method: str, seconds: float, *, has_failed: bool) -> None:
        """Count one call of the store."""
        self._store_calls.labels(method, "error" if has_failed else "ok").inc()
        self._store_seconds.labels(method).observe(seconds)

    def text(self) -> tuple[bytes, str]:
        """Return all figures and their media type."""
        return generate_latest(self._registry), CONTENT_TYPE_PLAIN_0_0_4

    def _name(self, operation: str) -> str:
        if not operation:
            return "-"
        if operation not in self._names and len(self._names) >= MOST_OPERATIONS:
            return OTHER
        self._names.add(operation)
        return operation
