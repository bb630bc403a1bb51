"""What requests and answers are made of: frozen shapes, money to the cent, names of things."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=200)]
"""What somebody or something is called: never empty."""
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
"""An amount in yuan, with no more than two decimals (分)."""
Price = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=2)]
"""An amount in yuan that is more than nothing."""


class Shape(BaseModel):
    """Base of requests and answers: frozen."""

    model_config = ConfigDict(frozen=True)


class Asked(Shape):
    """Base of requests: what an operation does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class ByNumber(Asked):
    """About what the far side did before, by the far side's own `number` of it."""

    number: Name


class Done(Shape):
    """That it was done; the day is the answer's own."""
