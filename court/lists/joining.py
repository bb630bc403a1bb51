"""A join that is done from left to right: few rows first, then what belongs to each.

SQLite has no figures of its tables, as a rule, and would walk the larger one in its order.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Join
from sqlalchemy.ext.compiler import compiles


class InThisOrder(Join):
    """As `Join`, with the left side looked up first."""

    inherit_cache = True


@compiles(InThisOrder)
def _as_any(join: InThisOrder, compiler: Any, **kw: Any) -> str:
    return str(compiler.visit_join(join, **kw))


@compiles(InThisOrder, "sqlite")
def _in_order(join: InThisOrder, compiler: Any, **kw: Any) -> str:
    """SQLite joins what is said to be a CROSS JOIN in the order in which it stands."""
    return str(compiler.visit_join(join, **kw)).replace(" JOIN ", " CROSS JOIN ", 1)
