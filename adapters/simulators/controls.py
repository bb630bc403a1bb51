"""How a test, a demonstration or a person speaks with a running simulator, as no adapter does."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from ...workflow.errors import ZhixingError
from .faults import FaultProfile

_SECONDS = 30.0


class SimulatorRefuses(ZhixingError):
    """A simulator does not know what it is told, or it cannot happen there."""

    code = "simulator-refuses"
    zh, en = "模拟系统不接受：{why}", "the simulator refuses: {why}"


class Controls:
    """A simulator at an address: its world, its ledger, its faults, its clock."""

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._url

    @property
    def ledger(self) -> list[tuple[str, str]]:
        """(key, operation) of every request that was acted on, in order."""
        return [(act["key"], act["operation"]) for act in self.acts()]

    def acts(self) -> list[dict[str, Any]]:
        """Every request that was acted on, in order: key, operation, payload and moment."""
        return list(self._ask("GET", "/ledger")["ledger"])

    def world(self) -> dict[str, Any]:
        """Everything that the far side knows and holds; amounts are text."""
        return dict(self._ask("GET", "/world"))

    def happens(self, event: str, **payload: Any) -> None:
        """Let something happen there that nobody asked for. Raises `SimulatorRefuses`."""
        body = {"event": event, "payload": payload}
        self._ask("POST", "/events", body, {"Idempotency-Key": secrets.token_hex(16)})

    def tick(self, now: datetime) -> None:
        """Move its virtual clock to a moment, with its zone. Raises `SimulatorRefuses`."""
        self._ask("POST", "/tick", {"now": now.isoformat()})

    def set_faults(self, profile: FaultProfile) -> None:
        """From now on it behaves so. Raises `SimulatorRefuses`."""
        self._ask("PUT", "/faults", profile.model_dump(mode="json"))

    def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        # plain HTTP on loopback: there is no certificate to verify, and none to load
        response = httpx.request(
            method,
            f"{self.url}{path}",
            json=body,
            headers=headers,
            timeout=_SECONDS,
            trust_env=False,
            verify=False,
        )
        if not response.is_success:
            raise SimulatorRefuses(why=response.text[:200])
        return response.json()
