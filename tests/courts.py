"""Courts for tests: a charter with a province above two courts, and what takes two persons."""

from __future__ import annotations

import sqlalchemy as sa

from zhixing.engine import Actor, Charter, Engine, MigrationPlan, Publication
from zhixing.engine.charter.files import charter_from_text
from zhixing.workflow import Definition

EDITOR = Actor.of("li", "procedure_editor")
ADMIN = Actor.of("sun", "system_admin")
PUBLISHER = Actor.of("wang", "procedure_publisher")

CHARTER_TEXT = """
charter: beijing
title: {zh: 北京法院, en: courts of Beijing}
version: 1
organisation:
  beijing: {level: province, title: {zh: 北京市高级人民法院, en: high court of Beijing}}
  haidian: {level: court, under: beijing, title: {zh: 海淀区人民法院, en: Haidian court}}
  bureau: {level: bureau, under: haidian, title: {zh: 海淀执行局, en: Haidian bureau}}
  team: {level: team, under: bureau, title: {zh: 一团队, en: first team}}
  chaoyang: {level: court, under: beijing, title: {zh: 朝阳区人民法院, en: Chaoyang court}}
roles:
  procedure_editor: {title: {zh: 流程编制人, en: editor}}
  procedure_publisher: {title: {zh: 流程发布人, en: publisher}}
  chief: {title: {zh: 局长, en: chief}}
  president: {title: {zh: 院长, en: president}}
  system_admin: {title: {zh: 系统管理员, en: system administrator}}
  security_admin: {title: {zh: 安全管理员, en: security administrator}}
  audit_admin: {title: {zh: 审计管理员, en: audit administrator}}
apart: [system_admin, security_admin, audit_admin]
powers:
  publish: {by: procedure_editor, decided_by: procedure_publisher}
  change_charter: {by: security_admin, decided_by: president}
  load_law: {by: procedure_editor, decided_by: procedure_publisher}
  load_calendar: {by: procedure_publisher}
  apply_rules: {by: procedure_publisher}
  resolve: {by: system_admin}
  appoint_deputy:
    - {by: chief, roles: [officer]}
  export: {by: audit_admin}
  read_sealed: {by: president}
  read_refusals: {by: audit_admin}
  oversee: {by: [chief, president]}
  look_up: {by: [chief, president]}
  take_over: {by: president}
"""
CHARTER = charter_from_text(CHARTER_TEXT, "beijing.yaml")


def publish(engine: Engine, definition: Definition, court: str = "", at: str = "") -> Publication:
    """A version proposed by one person and published by another, both of a unit."""
    by, decided_by = (Actor.of(who.id, *who.roles, at=at) for who in (EDITOR, PUBLISHER))
    proposed = engine.propose_version(definition, court=court, actor=by)
    return engine.decide_version(proposed.id, actor=decided_by)


def migrate(
    engine: Engine, definition: Definition, role: str = "chief", note: str = ""
) -> tuple[int, list[MigrationPlan]]:
    """Running cases moved by two persons; gives how many moved, and the plans of the others."""
    first, second = Actor.of("chief.one", role), Actor.of("chief.zhou", role)
    proposed = engine.propose_migration(definition, actor=first, note=note)
    engine.decide_migration(proposed.id, actor=second)
    done, staying = engine.migrate_cases(proposed.id)
    return done.moved, staying


def charter_of(*courts: str) -> Charter:
    """A charter of several courts side by side, below a province."""
    units = "  all: {level: province, title: {zh: 全部, en: all}}\n"
    for id in courts:
        units += f"  {id}: {{level: court, under: all, title: {{zh: {id}, en: {id}}}}}\n"
    before, _, rest = CHARTER_TEXT.partition("organisation:\n")
    _, _, after = rest.partition("roles:\n")
    return charter_from_text(f"{before}organisation:\n{units}roles:\n{after}")


def key_of(engine: Engine, case_id: str, seq: int | None = None) -> str:
    """The key of the last request of a case, or of the one that an entry of it asked."""
    where = "" if seq is None else f" AND seq = {seq}"
    query = sa.text(f"SELECT max(id) FROM zx_outbox WHERE case_id = :case{where}")
    with engine.transaction(writes=False) as transaction:
        return str(transaction.connection.execute(query, {"case": case_id}).scalar())


ACCEPTED = dict.fromkeys(
    ("title_effective", "is_entitled", "is_definite", "in_default", "has_jurisdiction"), True
)
"""What the filing division finds of an application that it accepts."""
