"""What procedures of tests begin with, and a freeze that several have as their sub-procedure."""

from __future__ import annotations

HEAD = """
title: {zh: 样例, en: sample}
version: 1
effective: 2024-01-01
roles:
  officer: {title: {zh: 承办人, en: officer}}
  chief: {title: {zh: 局长, en: chief}}
documents: {proof: {title: {zh: 材料, en: proof}}}
approvals: {chief: {title: {zh: 局长审批, en: by the chief}, steps: [{by: chief}]}}
modes: {ended: {zh: 终, en: ended}}
"""
"""The part that is the same: roles, a document that shows, an approval by the chief."""

FREEZE = f"""
id: freeze
{HEAD}
initial: frozen
states:
  frozen: {{title: {{zh: 冻, en: frozen}}}}
  contested: {{title: {{zh: 争, en: contested}}}}
  lifted: {{title: {{zh: 解, en: lifted}}, closes: ended}}
transitions:
  - {{trigger: lift, title: {{zh: 解, en: lift}}, from: frozen, to: lifted,
      by: [officer, procedure], tells: {{parent: hear}}}}
  - {{trigger: contest, title: {{zh: 争, en: contest}}, from: frozen, to: contested, by: officer}}
  - {{trigger: settle, title: {{zh: 定, en: settle}}, from: contested, to: lifted, by: officer}}
  - {{trigger: lapse, title: {{zh: 失效, en: lapse}}, from: frozen, to: lifted, by: clock,
      tells: {{parent: hear}}}}
deadlines:
  term: {{title: {{zh: 期限, en: term}}, starts: {{entering: frozen}}, length: 1, unit: year,
    counting: fixed, on_expiry: {{alert: officer, fire: lapse}}}}
powers: {{open: {{by: procedure}}}}
"""
"""A freeze of a year: lifted, contested, lapsed; it tells its parent."""
