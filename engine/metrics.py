"""How a court's engine stands, as Prometheus scrapes it; needs the extra `metrics`.

Names and labels follow https://prometheus.io/docs/practices/naming/. No label holds a case, a
request or a person.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from prometheus_client import Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from ..workflow.errors import ZhixingError
from .engine import Engine
from .model.exchange import Exchange
from .queries.figures import DueNow, Figures
from .queries.requests import CounterpartyView

log = logging.getLogger("zhixing")

SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0)
"""The bounds of the buckets that exchanges are counted in."""
_READABLE = GaugeMetricFamily(
    "zhixing_database_readable", "1 where the figures of the database could be read, else 0."
)


class Metrics(Collector):
    """What is registered with `prometheus_client`: `REGISTRY.register(Metrics(engine))`.

    All but `zhixing_exchange_seconds` is read from the database when somebody asks, and is the same
    in every process on it: scrape one of them. `zhixing_exchange_seconds` counts the exchanges of
    this process with far sides, from now on: scrape each that sends. A database that cannot be read
    is told as `zhixing_database_readable` 0; the rest is then left out.
    """

    def __init__(self, engine: Engine, *, seconds: Sequence[float] = SECONDS) -> None:
        self._engine = engine
        self._exchanges = Histogram(
            "zhixing_exchange_seconds",
            "How long exchanges with far sides took, by what came of them, in this process.",
            ("operation", "outcome"),
            buckets=seconds,
            registry=None,
        )
        engine.on_exchange(self._count)

    def _count(self, exchange: Exchange) -> None:
        self._exchanges.labels(exchange.operation, exchange.outcome).observe(exchange.seconds)

    def describe(self) -> Iterable[Metric]:
        """The names, without a look into the database."""
        return [_READABLE, *self._exchanges.describe()]

    def collect(self) -> Iterable[Metric]:
        """Everything, as it stands now."""
        yield from self._of_the_database()
        yield from self._exchanges.collect()

    def _of_the_database(self) -> Iterator[Metric]:
        try:
            figures = self._engine.figures()
        except (ZhixingError, SQLAlchemyError, ValueError, TypeError) as error:
            log.warning("metrics: the database cannot be read: %s", error)
            yield _one(_READABLE.name, _READABLE.documentation, 0)
            return
        yield _one(_READABLE.name, _READABLE.documentation, 1)
        yield from _of_counterparties(figures)
        yield from _of_what_is_due(figures)
        yield from _of_what_is_told(figures)


def _of_counterparties(figures: Figures) -> Iterator[Metric]:
    now, each = figures.at, figures.counterparties
    yield _open(each)
    silent = {one.counterparty: one.silent for one in each}
    yield _by(
        "zhixing_requests_silent",
        "Open requests of which nothing more is done of itself.",
        "counterparty",
        silent,
    )
    oldest = {one.counterparty: _age(now, one.oldest) for one in each}
    yield _by(
        "zhixing_requests_oldest_seconds",
        "The age of the oldest open request.",
        "counterparty",
        oldest,
    )
    attempts = {one.counterparty: one.most_attempts for one in each}
    yield _by(
        "zhixing_requests_most_attempts",
        "The most failures in a row, or times asked about, of an open request.",
        "counterparty",
        attempts,
    )


def _open(each: Sequence[CounterpartyView]) -> Metric:
    labels = ("counterparty", "status")
    words = "Requests without their last answer, by counterparty and status."
    family = GaugeMetricFamily("zhixing_requests_open", words, labels=labels)
    for one in each:
        for status in ("waiting", "sending", "sent"):
            family.add_metric([one.counterparty, status], getattr(one, status))
    return family


def _of_what_is_due(figures: Figures) -> Iterator[Metric]:
    at, requests, due = figures.at, figures.requests_due, figures.cases_due
    words = "Requests that could be sent or asked about now, in nobody's hand"
    yield _one("zhixing_requests_due", f"{words}.", requests.count)
    yield _one("zhixing_requests_due_seconds", f"{words}: since when.", _since(at, requests))
    words = "Cases with a moment that has come and that nobody has served"
    yield _one("zhixing_cases_due", f"{words}.", due.count)
    yield _one("zhixing_cases_due_seconds", f"{words}: since when.", _since(at, due))
    words = "Limits that have passed, in cases where nothing ended them."
    yield _one("zhixing_deadlines_overdue", words, figures.deadlines_overdue)


def _of_what_is_told(figures: Figures) -> Iterator[Metric]:
    words = "Incidents that wait for a person."
    yield _by("zhixing_incidents_open", words, "kind", figures.incidents)
    words = "Answers to open requests, by what became of them."
    yield _by("zhixing_answers_to_open_requests", words, "outcome", figures.answers)
    words = "Callbacks refused in the last 24 hours."
    yield _one("zhixing_callbacks_refused_last_day", words, figures.callbacks_refused)


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _since(now: datetime, due: DueNow) -> float:
    return 0.0 if due.since is None else _age(now, due.since)


def _age(now: datetime, moment: datetime) -> float:
    return max(0.0, (now - moment).total_seconds())
