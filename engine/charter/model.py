"""The charter of a court as its file says it: the organisation, offices, and what they may do."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, StringConstraints

from ...workflow.language import Words
from ...workflow.model.base import Described, Element, Id, Ids, Text, Version

UnitId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Level = Literal["province", "court", "bureau", "team"]
LEVELS: tuple[Level, ...] = ("province", "court", "bureau", "team")
HEARING: frozenset[Level] = frozenset({"province", "court"})
"""The levels that are courts and have cases: a province is that of its high court."""


class Unit(Element):
    """A part of the organisation: a province, a court, a bureau, a team or tribunal."""

    level: Level
    under: str = ""
    title: Text


class Office(Described):
    """A role that the charter knows: it acts on the system, not on a case."""


class Grant(Element):
    """Who may do one thing. Where it takes two persons, `by` propose and `decided_by` decide.

    A role holds where it is held and for everything below it in the organisation.
    """

    by: Ids = Field(min_length=1)
    decided_by: Ids = ()

    def roles(self, deciding: bool) -> Ids:
        """The roles of those who decide, or of those who propose or do it alone."""
        return self.decided_by if deciding else self.by


class DeputyGrant(Element):
    """Who may appoint deputies, and for which roles."""

    by: Ids = Field(min_length=1)
    roles: Ids = Field(min_length=1)


class Grants(Element):
    """Everything that a charter grants; what it does not name nobody may do."""

    publish: Grant | None = None
    change_charter: Grant | None = None
    load_law: Grant | None = None
    load_calendar: Grant | None = None
    apply_rules: Grant | None = None
    resolve: Grant | None = None
    appoint_deputy: tuple[DeputyGrant, ...] = ()
    export: Grant | None = None
    read_sealed: Grant | None = None
    read_refusals: Grant | None = None
    oversee: Grant | None = None
    look_up: Grant | None = None
    take_over: Grant | None = None


TITLES = {
    "publish": Words("发布流程版本", "publish versions"),
    "change_charter": Words("变更章程", "change the charter"),
    "load_law": Words("载入法律表", "load tables of law"),
    "load_calendar": Words("载入放假通知", "load holiday notices"),
    "apply_rules": Words("按新规则重算在办期限", "count running limits by new rules"),
    "resolve": Words("处理事件单", "resolve incidents"),
    "appoint_deputy": Words("为此职务指定代理人", "appoint a deputy in this role"),
    "export": Words("导出", "export"),
    "read_sealed": Words("查看密封信息", "read what is sealed"),
    "read_refusals": Words("查看拒绝记录", "read what was refused"),
    "oversee": Words("查看清单和统计", "see the lists and figures"),
    "look_up": Words("跨案查询财产和当事人", "look up assets and persons over all cases"),
    "take_over": Words("接入存量案件", "take running cases over"),
}
"""What each grant is called."""
BY_TWO = frozenset({"publish", "change_charter", "load_law"})
"""What takes two persons."""


class Charter(Element):
    """The charter of a court, or of the courts of a province, in one database."""

    charter: Id
    title: Text
    version: Version
    note: str = ""
    zone: str = "Asia/Shanghai"
    organisation: dict[UnitId, Unit] = Field(min_length=1)
    roles: dict[Id, Office]
    apart: Ids = ()
    powers: Grants

    _hash: str = PrivateAttr(default="")
    _text: str = PrivateAttr(default="")

    @property
    def hash(self) -> str:
        """The content hash of its text."""
        return self._hash

    @property
    def source_text(self) -> str:
        """The YAML text."""
        return self._text

    @cached_property
    def courts(self) -> tuple[str, ...]:
        """The units that have cases, in the order of the file."""
        units = self.organisation.items()
        return tuple(id for id, unit in units if unit.level in HEARING)

    @property
    def sole_court(self) -> str:
        """The only court there is; nothing where there are several."""
        return _only(self.courts)

    @cached_property
    def highest(self) -> tuple[str, ...]:
        """The units that lie in no other; in a charter that passed its checks there is one."""
        return tuple(id for id, unit in self.organisation.items() if not unit.under)

    @property
    def top(self) -> str:
        """What stands for the whole: its one highest unit, where there is one."""
        return _only(self.highest)

    @cached_property
    def _paths(self) -> dict[str, tuple[str, ...]]:
        return {}

    def path(self, unit: str) -> tuple[str, ...]:
        """A unit and all that it lies in, from itself upwards.

        One that the charter does not know (a court of old cases) lies in nothing.
        """
        found = self._paths.get(unit)
        if found is None:
            found = self._paths[unit] = tuple(self._upwards(unit))
        return found

    def _upwards(self, unit: str) -> list[str]:
        found: list[str] = []
        while unit and unit not in found:
            found.append(unit)
            unit = self._above.get(unit, "")
        return found

    @cached_property
    def _above(self) -> dict[str, str]:
        return {id: unit.under for id, unit in self.organisation.items()}

    def is_within(self, unit: str, whole: str) -> bool:
        """Whether a unit is another one, or lies in it; everything lies in the whole (`""`)."""
        return not whole or whole in self.path(unit)


def _only(units: tuple[str, ...]) -> str:
    return units[0] if len(units) == 1 else ""
