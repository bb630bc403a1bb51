"""The flow that is measured: a ring of three states with a role, a guard and a deadline on every
step."""

from __future__ import annotations

from zhixing.workflow import Definition, definition_from_text

RING = """
id: ring
title: {zh: 环, en: ring}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}, chief: {title: {zh: 局长, en: chief}}}
data:
  claim: {type: money, default: 1000, title: {zh: 标的, en: claim}}
  paid: {type: money, default: 10, title: {zh: 已付, en: paid}}
  count: {type: number, default: 3, title: {zh: 次数, en: count}}
modes: {done: {zh: 完毕, en: done}}
initial: a
states:
  a: {title: {zh: 甲, en: a}}
  b: {title: {zh: 乙, en: b}}
  c: {title: {zh: 丙, en: c}}
  done: {title: {zh: 完, en: done}, closes: done}
transitions:
  - {trigger: go, title: {zh: 走, en: go}, from: a, to: b, by: officer, when: &when}
  - {trigger: go, title: {zh: 走, en: go}, from: b, to: c, by: officer, when: *when}
  - {trigger: go, title: {zh: 走, en: go}, from: c, to: a, by: officer, when: *when}
  - {trigger: stop, title: {zh: 停, en: stop}, from: [a, b, c], to: done, by: chief}
deadlines:
  next:
    title: {zh: 下一步, en: next step}
    starts: {entering: [a, b]}
    length: 7
    unit: day
    warn: 2d
    met_by: go
    on_expiry: {alert: officer}
""".replace("&when", "case.paid < case.claim && case.count > 1").replace(
    "*when", "case.paid < case.claim && case.count > 1"
)


def ring() -> Definition:
    return definition_from_text(RING, "ring.yaml")


TIMER = """
id: timer
title: {zh: 计时, en: timer}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
powers: {open: {by: officer}}
modes: {gone: {zh: 届满, en: gone}}
initial: waiting
states:
  waiting: {title: {zh: 等待, en: waiting}}
  late: {title: {zh: 已过, en: late}}
  gone: {title: {zh: 届满, en: gone}, closes: gone}
transitions:
  - {trigger: lapse, title: {zh: 届满, en: lapse}, from: waiting, to: late, by: clock}
  - {trigger: end, title: {zh: 终了, en: end}, from: late, to: gone, by: [clock, officer]}
deadlines:
  first:
    title: {zh: 第一期限, en: first}
    starts: {entering: waiting}
    length: 1
    unit: hour
    counting: raw
    on_expiry: {fire: lapse}
  second:
    title: {zh: 第二期限, en: second}
    starts: {entering: late}
    length: 1
    unit: month
    on_expiry: {fire: end}
"""
