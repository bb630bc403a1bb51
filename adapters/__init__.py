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
    from .auction import Auction
    from .case_funds import CaseFunds
    from .court_systems import Archive, ElectronicFile, PublicDisclosure, TrialSystem
    from .gateway import Gateway
    from .lists import Lists
    from .network_inquiry import NetworkInquiry
    from .node_upload import NodeUpload
    from .partners import Partners
    from .police import Police
    from .registers import Companies, RealEstate, Securities, Vehicles
    from .service import ElectronicPost, Post, ShortMessages
    from .simulators.catalogue import UnknownSimulator
    from .simulators.controls import Controls, SimulatorRefuses
    from .simulators.faults import NO_FAULTS, ROUGH, WORST, FaultProfile, Outage
    from .simulators.network_inquiry import NetworkSimulator
    from .simulators.process import SimulatorProcess
    from .simulators.simulation import OtherLedger
    from .simulators.simulator import Simulator
    from .transports.http_json import HttpJson
    from .valuation import Valuation

__all__ = [
    "NO_FAULTS",
    "ROUGH",
    "WORST",
    "Adapter",
    "AdapterFault",
    "AdapterRegistry",
    "Answer",
    "Archive",
    "Arrival",
    "Auction",
    "BadRequest",
    "Call",
    "CaseFunds",
    "Companies",
    "Controls",
    "ElectronicFile",
    "ElectronicPost",
    "Entry",
    "FaultProfile",
    "Gateway",
    "HttpJson",
    "Lists",
    "NetworkInquiry",
    "NetworkSimulator",
    "NodeUpload",
    "Operation",
    "OtherLedger",
    "Outage",
    "Partners",
    "PermanentFailure",
    "Police",
    "Post",
    "PublicDisclosure",
    "RealEstate",
    "Reconcilable",
    "Reply",
    "Securities",
    "ShortMessages",
    "Simulator",
    "SimulatorProcess",
    "SimulatorRefuses",
    "TemporaryFailure",
    "TrialSystem",
    "Unclear",
    "UnknownOperation",
    "UnknownSimulator",
    "Valuation",
    "Vehicles",
    "known_operations",
]

_LOADED_WHEN_ASKED = {
    "NO_FAULTS": "simulators.faults",
    "ROUGH": "simulators.faults",
    "WORST": "simulators.faults",
    "Archive": "court_systems",
    "Auction": "auction",
    "CaseFunds": "case_funds",
    "Companies": "registers",
    "Controls": "simulators.controls",
    "ElectronicFile": "court_systems",
    "ElectronicPost": "service",
    "FaultProfile": "simulators.faults",
    "Gateway": "gateway",
    "HttpJson": "transports.http_json",
    "Lists": "lists",
    "NetworkInquiry": "network_inquiry",
    "NetworkSimulator": "simulators.network_inquiry",
    "NodeUpload": "node_upload",
    "OtherLedger": "simulators.simulation",
    "Outage": "simulators.faults",
    "Partners": "partners",
    "Police": "police",
    "Post": "service",
    "PublicDisclosure": "court_systems",
    "RealEstate": "registers",
    "Securities": "registers",
    "ShortMessages": "service",
    "Simulator": "simulators.simulator",
    "SimulatorProcess": "simulators.process",
    "SimulatorRefuses": "simulators.controls",
    "TrialSystem": "court_systems",
    "UnknownSimulator": "simulators.catalogue",
    "Valuation": "valuation",
    "Vehicles": "registers",
}


def __getattr__(name: str) -> Any:
    """What needs httpx or a server is imported by those who use it."""
    module = _LOADED_WHEN_ASKED.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{module}"), name)
