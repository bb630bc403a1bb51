"""The outside world: how an adapter looks to the engine, where adapters are found, and the ones
that come with the library.

The adapters and `HttpJson` (which need httpx) and the simulators are loaded when they are asked
for.
"""

from typing import TYPE_CHECKING, Any

from .by_hand import ByHand, NotAnOperation
from .installed import NotMade
from .protocol import (
    Adapter,
    AdapterFault,
    Answer,
    Arrival,
    Call,
    Checkable,
    Entry,
    IncomingRequest,
    Operation,
    PermanentFailure,
    Reconcilable,
    Reply,
    RequestNotTaken,
    TemporaryFailure,
    Unclear,
)
from .registry import AdapterRegistry, BadRequest, NotSetUp, UnknownOperation, known_operations

if TYPE_CHECKING:
    from .auction import Auction
    from .case_funds import CaseFunds
    from .court_systems import Archive, ElectronicFile, PublicDisclosure, TrialSystem
    from .gateway import Gateway
    from .lists import Lists
    from .network_inquiry import NetworkInquiry
    from .node_upload import NodeUpload
    from .other_courts import CourtSettings, OtherCourts
    from .partners import Partners
    from .police import Police
    from .registers import Companies, RealEstate, Securities, Vehicles
    from .service import ElectronicPost, Post, ShortMessages
    from .settings import AdapterSettings
    from .settings_faults import SettingFault, WrongSettings
    from .settings_file import SettingsFile, SettingsUnreadable
    from .simulators.catalogue import UnknownSimulator
    from .simulators.controls import Controls, SimulatorRefuses
    from .simulators.faults import NO_FAULTS, ROUGH, WORST, FaultProfile, Outage
    from .simulators.network_inquiry import NetworkSimulator
    from .simulators.process import SimulatorProcess
    from .simulators.simulation import OtherLedger
    from .simulators.simulator import Simulator
    from .transports.amqp import Amqp, AmqpSettings
    from .transports.answer_json import answers_from_json
    from .transports.callback_app import callback_app
    from .transports.errors import BadTransport, RefusedAddress, RefusedHost
    from .transports.file_drop import DroppedFile, FileDrop, FileForm
    from .transports.http_json import HttpJson
    from .transports.http_settings import HttpSettings
    from .transports.http_xml import HttpXml, xml_as_data
    from .transports.request_app import request_app
    from .transports.smtp import Attachment, Mail, Smtp, SmtpSettings, TlsMode
    from .transports.webhooks import (
        Digest,
        Nonces,
        NoncesFull,
        RecentNonces,
        Sender,
        Taking,
        Verdict,
        Webhooks,
        sign_callback,
    )
    from .valuation import Valuation

__all__ = [
    "NO_FAULTS",
    "ROUGH",
    "WORST",
    "Adapter",
    "AdapterSettings",
    "AdapterFault",
    "AdapterRegistry",
    "Amqp",
    "AmqpSettings",
    "Answer",
    "Archive",
    "Arrival",
    "Attachment",
    "Auction",
    "BadRequest",
    "BadTransport",
    "ByHand",
    "NotAnOperation",
    "Call",
    "Checkable",
    "Digest",
    "DroppedFile",
    "FaultProfile",
    "FileDrop",
    "FileForm",
    "HttpJson",
    "HttpSettings",
    "HttpXml",
    "Mail",
    "NetworkInquiry",
    "NetworkSimulator",
    "NotMade",
    "NotSetUp",
    "Nonces",
    "NoncesFull",
    "CaseFunds",
    "Companies",
    "Controls",
    "CourtSettings",
    "ElectronicFile",
    "ElectronicPost",
    "Entry",
    "Gateway",
    "Lists",
    "NodeUpload",
    "IncomingRequest",
    "Operation",
    "OtherCourts",
    "OtherLedger",
    "Outage",
    "Partners",
    "PermanentFailure",
    "RecentNonces",
    "RefusedAddress",
    "RefusedHost",
    "Reply",
    "RequestNotTaken",
    "SettingFault",
    "SettingsFile",
    "SettingsUnreadable",
    "Sender",
    "Smtp",
    "SmtpSettings",
    "Taking",
    "TemporaryFailure",
    "TlsMode",
    "Unclear",
    "UnknownOperation",
    "WrongSettings",
    "Verdict",
    "Webhooks",
    "answers_from_json",
    "callback_app",
    "Police",
    "Post",
    "PublicDisclosure",
    "RealEstate",
    "Reconcilable",
    "Securities",
    "ShortMessages",
    "Simulator",
    "SimulatorProcess",
    "SimulatorRefuses",
    "TrialSystem",
    "UnknownSimulator",
    "Valuation",
    "Vehicles",
    "known_operations",
    "request_app",
    "sign_callback",
    "xml_as_data",
]

_LOADED_WHEN_ASKED = {
    "AdapterSettings": "settings",
    "Amqp": "transports.amqp",
    "AmqpSettings": "transports.amqp",
    "Archive": "court_systems",
    "Attachment": "transports.smtp",
    "Auction": "auction",
    "BadTransport": "transports.errors",
    "CaseFunds": "case_funds",
    "Companies": "registers",
    "Controls": "simulators.controls",
    "CourtSettings": "other_courts",
    "Digest": "transports.webhooks",
    "DroppedFile": "transports.file_drop",
    "ElectronicFile": "court_systems",
    "ElectronicPost": "service",
    "FaultProfile": "simulators.faults",
    "FileDrop": "transports.file_drop",
    "FileForm": "transports.file_drop",
    "Gateway": "gateway",
    "HttpJson": "transports.http_json",
    "HttpSettings": "transports.http_settings",
    "HttpXml": "transports.http_xml",
    "Lists": "lists",
    "Mail": "transports.smtp",
    "NO_FAULTS": "simulators.faults",
    "NetworkInquiry": "network_inquiry",
    "NetworkSimulator": "simulators.network_inquiry",
    "NodeUpload": "node_upload",
    "Nonces": "transports.webhooks",
    "NoncesFull": "transports.webhooks",
    "OtherCourts": "other_courts",
    "OtherLedger": "simulators.simulation",
    "Outage": "simulators.faults",
    "Partners": "partners",
    "Police": "police",
    "Post": "service",
    "PublicDisclosure": "court_systems",
    "ROUGH": "simulators.faults",
    "RealEstate": "registers",
    "RecentNonces": "transports.webhooks",
    "RefusedAddress": "transports.errors",
    "RefusedHost": "transports.errors",
    "Securities": "registers",
    "Sender": "transports.webhooks",
    "SettingFault": "settings_faults",
    "SettingsFile": "settings_file",
    "SettingsUnreadable": "settings_file",
    "ShortMessages": "service",
    "Simulator": "simulators.simulator",
    "SimulatorProcess": "simulators.process",
    "SimulatorRefuses": "simulators.controls",
    "Smtp": "transports.smtp",
    "SmtpSettings": "transports.smtp",
    "Taking": "transports.webhooks",
    "TlsMode": "transports.smtp",
    "TrialSystem": "court_systems",
    "UnknownSimulator": "simulators.catalogue",
    "Valuation": "valuation",
    "Vehicles": "registers",
    "Verdict": "transports.webhooks",
    "WORST": "simulators.faults",
    "Webhooks": "transports.webhooks",
    "WrongSettings": "settings_faults",
    "answers_from_json": "transports.answer_json",
    "callback_app": "transports.callback_app",
    "request_app": "transports.request_app",
    "sign_callback": "transports.webhooks",
    "xml_as_data": "transports.http_xml",
}


def __getattr__(name: str) -> Any:
    """What needs httpx or a server is imported by those who use it."""
    module = _LOADED_WHEN_ASKED.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{module}"), name)
