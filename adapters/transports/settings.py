"""What the settings of every transport have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ..registry import faults
from .errors import BadTransport


class TransportSettings(BaseModel):
    """Frozen, without secrets in its `repr` and in what is said of wrong ones."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def clearly() -> Any:
    """A validator, to stand last in a class: settings that are wrong raise `BadTransport`."""
    validator: Any = classmethod(_clearly)
    return model_validator(mode="wrap")(validator)


def _clearly(cls: type[Any], data: Any, handler: Callable[[Any], Any]) -> Any:
    try:
        return handler(data)
    except ValidationError as error:
        why = "; ".join(f"{where}: {what}" for where, what in faults(error))
        raise BadTransport(why=why) from None
