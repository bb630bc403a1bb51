"""A verb without `within` is repeated on what may succeed later, after waits by chance.

A verb is one transaction, so what failed in a way that is `retryable` wrote nothing. It is repeated
from outside, as a call: the body of a verb is left as it is.
"""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, TypeVar

from ...workflow.errors import ZhixingError

_FIRST_SECONDS = 0.02
_LONGEST_SECONDS = 2.0

T = TypeVar("T")
Verb = Callable[..., Any]


def repeating(verbs: type[T]) -> type[T]:
    """Let every public verb of a class that takes `within` be repeated `retries` times.

    Only where it is not given: a host's transaction is the host's to repeat. What may have been
    written (`OutcomeUnknown`) is not repeated.
    """
    for name, verb in list(vars(verbs).items()):
        is_verb = inspect.isfunction(verb) and not name.startswith("_")
        if is_verb and "within" in inspect.signature(verb).parameters:
            setattr(verbs, name, _repeated(verb))
    return verbs


def _repeated(verb: Verb) -> Verb:
    @wraps(verb)
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self.retries or kwargs.get("within") is not None:
            return verb(self, *args, **kwargs)
        given, named = kept(args), kept_named(kwargs)
        for wait in waits(self.retries):
            try:
                return verb(self, *given, **named)
            except ZhixingError as error:
                if not error.retryable:
                    raise
            time.sleep(wait)
        return verb(self, *given, **named)

    return run


def waits(retries: int) -> Iterator[float]:
    """The seconds to wait before each repetition: anything up to a bound that doubles.

    All of it is by chance, so that those who met once do not meet again.
    """
    for number in range(retries):
        bound = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2 ** min(number, 30))
        yield random.uniform(0, bound)


def kept(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments that can be given again: what can be gone through once is written down."""
    return tuple(_again(value) for value in values)


def kept_named(values: Mapping[str, Any]) -> dict[str, Any]:
    """As `kept`, of arguments by name."""
    return {name: _again(value) for name, value in values.items()}


def _again(value: Any) -> Any:
    return list(value) if isinstance(value, Iterator) else value
