"""What the settings of every transport have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ..registry import faults
from .errors import BadTransport


class TransportSettings(BaseModel):
    """Frozen, without secrets in its `repr`; made wrongly it raises `BadTransport`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="wrap")
    @classmethod
    def _clearly(cls, data: Any, handler: Callable[[Any], Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            why = "; ".join(f"{where}: {what}" for where, what in faults(error))
            raise BadTransport(why=why) from None
