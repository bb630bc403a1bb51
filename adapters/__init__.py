"""The outside world: how an adapter looks to the engine, where adapters are found, and the ones
that come with the library.

Transports (which need httpx, say), `NetworkInquiry` and the simulator are loaded when they are
asked for.
"""

from typing import TYPE_CHECKING, Any

from .protocol import (
    Adapter,
    AdapterFault,
    Answer,
    Arrival,
    Call,
    Operation,
    PermanentFailure,
    Reply,
    TemporaryFailure,
    Unclear,
)
from .registry import AdapterRegistry, BadRequest, UnknownOperation, known_operations

if TYPE_CHECKING:
    from .network_inquiry import NetworkInquiry
    from .simulators.network_inquiry import NO_FAULTS, FaultProfile, NetworkSimulator
    from .transports.amqp import Amqp, AmqpSettings
    from .transports.answer_json import answers_from_json
    from .transports.callback_app import callback_app
    from .transports.errors import BadTransport, RefusedAddress, RefusedHost
    from .transports.file_drop import DroppedFile, FileDrop, FileForm
    from .transports.http_json import HttpJson
    from .transports.http_settings import HttpSettings
    from .transports.http_xml import HttpXml, xml_as_data
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

__all__ = [
    "NO_FAULTS",
    "Adapter",
    "AdapterFault",
    "AdapterRegistry",
    "Amqp",
    "AmqpSettings",
    "Answer",
    "Arrival",
    "Attachment",
    "BadRequest",
    "BadTransport",
    "Call",
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
    "Nonces",
    "NoncesFull",
    "Operation",
    "PermanentFailure",
    "RecentNonces",
    "RefusedAddress",
    "RefusedHost",
    "Reply",
    "Sender",
    "Smtp",
    "SmtpSettings",
    "Taking",
    "TemporaryFailure",
    "TlsMode",
    "Unclear",
    "UnknownOperation",
    "Verdict",
    "Webhooks",
    "answers_from_json",
    "callback_app",
    "known_operations",
    "sign_callback",
    "xml_as_data",
]

_LOADED_WHEN_ASKED = {
    "NO_FAULTS": "simulators.network_inquiry",
    "Amqp": "transports.amqp",
    "AmqpSettings": "transports.amqp",
    "Attachment": "transports.smtp",
    "BadTransport": "transports.errors",
    "Digest": "transports.webhooks",
    "DroppedFile": "transports.file_drop",
    "FaultProfile": "simulators.network_inquiry",
    "FileDrop": "transports.file_drop",
    "FileForm": "transports.file_drop",
    "HttpJson": "transports.http_json",
    "HttpSettings": "transports.http_settings",
    "HttpXml": "transports.http_xml",
    "Mail": "transports.smtp",
    "NetworkInquiry": "network_inquiry",
    "NetworkSimulator": "simulators.network_inquiry",
    "Nonces": "transports.webhooks",
    "NoncesFull": "transports.webhooks",
    "RecentNonces": "transports.webhooks",
    "RefusedAddress": "transports.errors",
    "RefusedHost": "transports.errors",
    "Sender": "transports.webhooks",
    "Smtp": "transports.smtp",
    "SmtpSettings": "transports.smtp",
    "Taking": "transports.webhooks",
    "TlsMode": "transports.smtp",
    "Verdict": "transports.webhooks",
    "Webhooks": "transports.webhooks",
    "answers_from_json": "transports.answer_json",
    "callback_app": "transports.callback_app",
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
