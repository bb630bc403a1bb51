"""The outside world: how an adapter looks to the engine, where adapters are found, and the ones
that come with the library.

`HttpJson` and `NetworkInquiry` (which need httpx) and the simulator are loaded when they are asked
for.
"""

from typing import TYPE_CHECKING, Any

from .installed import NotMade
from .protocol import (
    Adapter,
    AdapterFault,
    Answer,
    Arrival,
    Call,
    Checkable,
    Operation,
    PermanentFailure,
    Reply,
    TemporaryFailure,
    Unclear,
)
from .registry import AdapterRegistry, BadRequest, NotSetUp, UnknownOperation, known_operations

if TYPE_CHECKING:
    from .network_inquiry import NetworkInquiry
    from .settings import AdapterSettings
    from .settings_faults import SettingFault, WrongSettings
    from .settings_file import SettingsFile, SettingsUnreadable
    from .simulators.network_inquiry import NO_FAULTS, FaultProfile, NetworkSimulator
    from .transports.http_json import HttpJson

__all__ = [
    "NO_FAULTS",
    "Adapter",
    "AdapterSettings",
    "AdapterFault",
    "AdapterRegistry",
    "Answer",
    "Arrival",
    "BadRequest",
    "Call",
    "Checkable",
    "FaultProfile",
    "HttpJson",
    "NetworkInquiry",
    "NetworkSimulator",
    "NotMade",
    "NotSetUp",
    "Operation",
    "PermanentFailure",
    "Reply",
    "SettingFault",
    "SettingsFile",
    "SettingsUnreadable",
    "TemporaryFailure",
    "Unclear",
    "UnknownOperation",
    "WrongSettings",
    "known_operations",
]

_LOADED_WHEN_ASKED = {
    "AdapterSettings": "settings",
    "SettingFault": "settings_faults",
    "SettingsFile": "settings_file",
    "SettingsUnreadable": "settings_file",
    "WrongSettings": "settings_faults",
    "NO_FAULTS": "simulators.network_inquiry",
    "FaultProfile": "simulators.network_inquiry",
    "HttpJson": "transports.http_json",
    "NetworkInquiry": "network_inquiry",
    "NetworkSimulator": "simulators.network_inquiry",
}


def __getattr__(name: str) -> Any:
    """What needs httpx or a server is imported by those who use it."""
    module = _LOADED_WHEN_ASKED.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{module}"), name)
