"""A charter checked before it is in force: every finding at its line, in two languages."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from ...workflow.language import did_you_mean
from ...workflow.model.base import Element
from ...workflow.model.definition import DERIVED_ROLES, RESERVED_ROLES
from ...workflow.source.findings import Finding
from .model import BY_TWO, LEVELS, Charter, DeputyGrant, Grant, Grants, Unit
from .persons import fault_of

_ENGINES_OWN = RESERVED_ROLES.keys() | DERIVED_ROLES.keys()


def check(charter: Charter) -> Iterator[Finding]:
    """Everything that is wrong with a charter."""
    yield from _zone(charter)
    for id, unit in charter.organisation.items():
        yield from _unit(charter, id, unit)
    if not charter.courts:
        at = charter.at_value("organisation")
        zh, en = "组织中没有法院", "the organisation has no court"
        yield Finding(at, "charter-unit", zh, en)
    yield from _one_top(charter)
    yield from _roles(charter)
    for name, grant in grants_of(charter):
        yield from _grant(charter, name, grant)
    for granted in charter.powers.appoint_deputy:
        yield from _known(charter, granted, "by")
        yield from _no_reserved(granted)
    yield from _keeps_its_key(charter)


def _zone(charter: Charter) -> Iterator[Finding]:
    try:
        ZoneInfo(charter.zone)
    except (KeyError, ValueError, OSError):
        at, zone = charter.at_value("zone"), charter.zone
        yield Finding(at, "unknown-zone", f"未知的时区 {zone}", f"unknown time zone {zone}")


def _one_top(charter: Charter) -> Iterator[Finding]:
    """One unit stands above all: who acts for the whole acts there."""
    highest = charter.highest
    for id in highest[1:]:
        at = charter.organisation[id].at
        zh = f"最高单位只能有一个：{highest[0]} 之外的 {id} 须写明隶属（under）"
        en = f"one unit stands above all: {id} lies in another than {highest[0]} (under)"
        yield Finding(at, "charter-unit", zh, en)


def _unit(charter: Charter, id: str, unit: Unit) -> Iterator[Finding]:
    """A unit lies in one that is there and stands no lower, and in the end in none."""
    fault = fault_of(id)
    if fault is not None or "@" in id:
        zh = f"组织标识 {id!a} 不规范"
        yield Finding(unit.at, "charter-unit", zh, f"the unit id {id!a} is not in normal form")
    if not unit.under:
        return
    above = charter.organisation.get(unit.under)
    if above is None:
        yield _unknown_unit(charter, unit)
    elif LEVELS.index(above.level) > LEVELS.index(unit.level):
        zh = f"{unit.level} 不能隶属于 {above.level}"
        en = f"a {unit.level} does not lie in a {above.level}"
        yield Finding(unit.at_value("under"), "charter-unit", zh, en)
    elif _lies_in_itself(charter, id):
        zh = f"{id} 的隶属关系循环"
        yield Finding(unit.at_value("under"), "charter-unit", zh, f"{id} lies in itself")


def _lies_in_itself(charter: Charter, id: str) -> bool:
    path = charter.path(id)
    highest = charter.organisation.get(path[-1])
    return highest is not None and highest.under in path


def _unknown_unit(charter: Charter, unit: Unit) -> Finding:
    hint = did_you_mean(unit.under, charter.organisation)
    zh = f"组织中没有 {unit.under}{hint.zh}"
    en = f"there is no unit {unit.under}{hint.en}"
    return Finding(unit.at_value("under"), "charter-unit", zh, en)


def _roles(charter: Charter) -> Iterator[Finding]:
    for role in charter.roles.keys() & _ENGINES_OWN:
        at = charter.roles[role].at
        yield Finding(at, "reserved-role", f"{role} 是保留角色", f"{role} is a reserved role")
    yield from _known(charter, charter, "apart")


def _unknown_role(charter: Charter, element: Element, key: str, role: str) -> Finding:
    hint = did_you_mean(role, charter.roles)
    zh = f"章程中没有角色 {role}{hint.zh}"
    en = f"the charter has no role {role}{hint.en}"
    return Finding(element.at_value(key), "unknown-role", zh, en)


def _grant(charter: Charter, name: str, grant: Grant) -> Iterator[Finding]:
    """The roles of a grant are the charter's; what takes two persons names both."""
    for key in ("by", "decided_by"):
        yield from _known(charter, grant, key)
        yield from _apart(charter, grant, key)
    if name in BY_TWO and not grant.decided_by:
        zh, en = f"{name} 须写明 decided_by", f"{name} says who decides (decided_by)"
        yield Finding(grant.at, "charter-two-persons", zh, en)
    if name not in BY_TWO and grant.decided_by:
        zh, en = f"{name} 由一人办理，没有 decided_by", f"{name} takes one person, no decided_by"
        yield Finding(grant.at_value("decided_by"), "charter-two-persons", zh, en)


def _no_reserved(granted: DeputyGrant) -> Iterator[Finding]:
    """The engine's own roles have no deputy."""
    for role in sorted(_ENGINES_OWN.intersection(granted.roles)):
        at = granted.at_value("roles")
        yield Finding(at, "reserved-role", f"{role} 是保留角色", f"{role} is a reserved role")


def _known(charter: Charter, element: Element, key: str) -> Iterator[Finding]:
    """The roles that something names, is granted to for one, are those of the charter."""
    for role in getattr(element, key):
        if role not in charter.roles:
            yield _unknown_role(charter, element, key, role)


def _apart(charter: Charter, grant: Grant, key: str) -> Iterator[Finding]:
    """No one power is in the hands of administrators who are kept apart."""
    both = set(charter.apart).intersection(getattr(grant, key))
    if len(both) > 1:
        told = "、".join(sorted(both))
        zh, en = f"{told} 应相互分离", f"{', '.join(sorted(both))} are to be kept apart"
        yield Finding(grant.at_value(key), "charter-apart", zh, en)


def _keeps_its_key(charter: Charter) -> Iterator[Finding]:
    """A charter that nobody may change could never be mended."""
    if charter.powers.change_charter is None:
        at = charter.at_value("powers")
        zh, en = "章程须写明由谁变更（change_charter）", "a charter says who may change it"
        yield Finding(at, "charter-two-persons", zh, en)


def grants_of(charter: Charter) -> Iterator[tuple[str, Grant]]:
    """What a charter grants, each by its name."""
    for name in Grants.model_fields:
        grant = getattr(charter.powers, name)
        if isinstance(grant, Grant):
            yield name, grant
