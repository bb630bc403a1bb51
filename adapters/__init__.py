"""The outside world: how an adapter looks to the engine, where adapters are found, and the ones
that come with the library.

The adapters and `HttpJson` (which need httpx) and the simulators are loaded when they are asked
for.
"""

from typing import TYPE_CHECKING, Any

from .protocol import (
    Adapter,
    AdapterFault,
    Answer,
    Arrival,
    Call,
    Entry,
    Operation,
    PermanentFailure,
    Reconcilable,
    Reply,
    TemporaryFailure,
    Unclear,
)
from .registry import AdapterRegistry, BadRequest, UnknownOperation, known_operations

if TYPE_CHECKING:
    from .gateway import Gateway
    from .network_inquiry import NetworkInquiry
    from .simulators.catalogue import UnknownSimulator
    from .simulators.controls import Controls, SimulatorRefuses
    from .simulators.faults import NO_FAULTS, ROUGH, WORST, FaultProfile, Outage
    from .simulators.network_inquiry import NetworkSimulator
    from .simulators.process import SimulatorProcess
    from .simulators.simulation import OtherLedger
    from .simulators.simulator import Simulator
    from .transports.http_json import HttpJson

__all__ = [
    "NO_FAULTS",
    "ROUGH",
    "WORST",
    "Adapter",
    "AdapterFault",
    "AdapterRegistry",
    "Answer",
    "Arrival",
    "BadRequest",
    "Call",
    "Controls",
    "Entry",
    "FaultProfile",
    "Gateway",
    "HttpJson",
    "NetworkInquiry",
    "NetworkSimulator",
    "Operation",
    "OtherLedger",
    "Outage",
    "PermanentFailure",
    "Reconcilable",
    "Reply",
    "Simulator",
    "SimulatorProcess",
    "SimulatorRefuses",
    "TemporaryFailure",
    "Unclear",
    "UnknownOperation",
    "UnknownSimulator",
    "known_operations",
]

_LOADED_WHEN_ASKED = {
    "NO_FAULTS": "simulators.faults",
    "ROUGH": "simulators.faults",
    "WORST": "simulators.faults",
    "Controls": "simulators.controls",
    "FaultProfile": "simulators.faults",
    "Gateway": "gateway",
    "HttpJson": "transports.http_json",
    "NetworkInquiry": "network_inquiry",
    "NetworkSimulator": "simulators.network_inquiry",
    "OtherLedger": "simulators.simulation",
    "Outage": "simulators.faults",
    "Simulator": "simulators.simulator",
    "SimulatorProcess": "simulators.process",
    "SimulatorRefuses": "simulators.controls",
    "UnknownSimulator": "simulators.catalogue",
}


def __getattr__(name: str) -> Any:
    """What needs httpx or a server is imported by those who use it."""
    module = _LOADED_WHEN_ASKED.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{module}"), name)
