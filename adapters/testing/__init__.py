"""For authors of adapters: what each must keep to, as tests; a far side that misbehaves; and
recordings of a real one.

`AdapterContract` needs pytest; the rest does not.
"""

from typing import TYPE_CHECKING, Any

from .errors import BadRecording, CannotMisbehave, NotRecorded
from .far_side import FarAnswer, FarSide, MisbehavingServer, Misbehaviour, Request, Response
from .recording import Recorder, Replayed
from .schemas import incompatible, keep_schemas, schemas_of

if TYPE_CHECKING:
    from .contract import AdapterContract, Sample

__all__ = [
    "AdapterContract",
    "BadRecording",
    "CannotMisbehave",
    "FarAnswer",
    "FarSide",
    "MisbehavingServer",
    "Misbehaviour",
    "NotRecorded",
    "Recorder",
    "Replayed",
    "Request",
    "Response",
    "Sample",
    "incompatible",
    "keep_schemas",
    "schemas_of",
]


def __getattr__(name: str) -> Any:
    """What needs pytest is imported by those who use it."""
    if name not in ("AdapterContract", "Sample"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import contract

    return getattr(contract, name)
