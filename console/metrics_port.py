"""How a worker stands, served for Prometheus on a port of the machine itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..engine import Engine
from ..workflow.errors import ZhixingError
from .output import Output, print_text


class MetricsMissing(ZhixingError):
    """Metrics need prometheus_client."""

    code = "metrics-missing"
    zh, en = (
        "提供指标需要 pip install 'zhixing[metrics]'（{why}）",
        "metrics need pip install 'zhixing[metrics]' ({why})",
    )


class PortTaken(ZhixingError):
    """Nobody can listen at this port."""

    code = "port-taken"
    zh, en = "端口 {port} 不能用：{why}", "port {port} cannot be used: {why}"


@contextmanager
def scraped(output: Output, engine: Engine, port: int) -> Iterator[None]:
    """Serve the metrics as long as it lasts; port 0 is any that is free.

    Raises `MetricsMissing`, `PortTaken`.
    """
    try:
        from prometheus_client import CollectorRegistry, start_http_server

        from ..engine.metrics import Metrics
    except ImportError as error:
        raise MetricsMissing(why=str(error)) from None
    registry = CollectorRegistry(auto_describe=True)
    registry.register(Metrics(engine))
    try:
        server, thread = start_http_server(port, addr="127.0.0.1", registry=registry)
    except OSError as error:
        raise PortTaken(port=port, why=error.strerror) from None
    where = f"http://127.0.0.1:{server.server_port}/metrics"
    print_text(output.say(f"指标：{where}", f"metrics: {where}"), err=True)
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
