"""What must hold of a database, whoever was killed while writing it: read from its rows alone."""

from __future__ import annotations

import sqlalchemy as sa

_SAME_CASE = "a.court = b.court AND a.case_id = b.case_id"
_OF_CASE = "h.court = c.court AND h.case_id = c.id"
FINDS_NOTHING = {
    "a gap in a history": """
        SELECT case_id FROM zx_history GROUP BY court, case_id
        HAVING min(seq) <> 1 OR count(*) <> max(seq)""",
    "a case that its history does not end with": f"""
        SELECT c.id FROM zx_cases c WHERE c.version <>
        (SELECT coalesce(max(seq), 0) FROM zx_history h WHERE {_OF_CASE})""",
    "a history without its case": f"""
        SELECT h.case_id FROM zx_history h LEFT JOIN zx_cases c ON {_OF_CASE}
        WHERE c.id IS NULL""",
    "a state that no entry came to": f"""
        SELECT c.id FROM zx_cases c JOIN zx_history h ON {_OF_CASE} AND h.seq = c.version
        WHERE h.target <> c.state""",
    "a time of recording that runs backwards": f"""
        SELECT a.case_id FROM zx_history a JOIN zx_history b ON {_SAME_CASE} AND b.seq = a.seq + 1
        WHERE b.recorded_at < a.recorded_at""",
    "something recorded before it happened": """
        SELECT case_id FROM zx_history WHERE recorded_at < happened_at""",
    "an expiry before its time": """
        SELECT d.id FROM zx_deadlines d JOIN zx_history h
        ON h.court = d.court AND h.case_id = d.case_id
        WHERE d.status = 'expired' AND h.trigger = 'lapse'
        AND (h.happened_at <> d.due_at OR h.recorded_at < d.due_at)""",
    "a limit that expired twice, or without its entry": f"""
        SELECT c.id FROM zx_cases c WHERE c.state <> 'waiting' AND 1 <>
        (SELECT count(*) FROM zx_history h WHERE {_OF_CASE} AND h.trigger = 'lapse')""",
    "a case without its limit": """
        SELECT c.id FROM zx_cases c WHERE 1 <> (SELECT count(*) FROM zx_deadlines d
        WHERE d.court = c.court AND d.case_id = c.id AND d.rule = 'first')""",
    "an alert twice": """
        SELECT case_id FROM zx_alerts GROUP BY court, case_id, deadline_id, kind
        HAVING count(*) > 1""",
    "an expiry that nobody is told of": """
        SELECT d.id FROM zx_deadlines d WHERE d.status = 'expired' AND 1 <>
        (SELECT count(*) FROM zx_alerts a WHERE a.deadline_id = d.id AND a.kind = 'expired')""",
    "a request twice, or without its entry": """
        SELECT o.id FROM zx_outbox o WHERE 1 <> (SELECT count(*) FROM zx_history h
        WHERE h.court = o.court AND h.case_id = o.case_id AND h.seq = o.seq
        AND h.trigger = 'ask')""",
    "an entry whose request is not there once": """
        SELECT h.case_id FROM zx_history h WHERE h.trigger = 'ask' AND 1 <>
        (SELECT count(*) FROM zx_outbox o
        WHERE h.court = o.court AND h.case_id = o.case_id AND h.seq = o.seq)""",
    "an answer that its case did not hear of once": """
        SELECT i.outbox_id FROM zx_inbox i JOIN zx_outbox o
        ON o.court = i.court AND o.id = i.outbox_id
        WHERE (SELECT count(*) FROM zx_inbox j JOIN zx_outbox p
        ON p.court = j.court AND p.id = j.outbox_id WHERE p.case_id = o.case_id) <>
        (SELECT count(*) FROM zx_history h WHERE h.case_id = o.case_id AND h.trigger = 'told')""",
    "two entries of one name": """
        SELECT case_id FROM zx_history WHERE request_id IS NOT NULL
        GROUP BY court, case_id, request_id HAVING count(*) > 1""",
    "an entry with a name whose result was not kept": """
        SELECT h.case_id FROM zx_history h LEFT JOIN zx_requests r ON r.court = h.court
        AND r.scope = h.case_id AND r.request_id = h.request_id
        WHERE h.request_id IS NOT NULL AND r.request_id IS NULL""",
    "a result without the entry of its name": """
        SELECT r.request_id FROM zx_requests r LEFT JOIN zx_history h ON r.court = h.court
        AND r.scope = h.case_id AND r.request_id = h.request_id
        WHERE r.scope <> '' AND h.case_id IS NULL""",
    "a case that was opened twice": """
        SELECT officer FROM zx_cases WHERE officer <> 'li' GROUP BY officer HAVING count(*) > 1""",
    "an incident": "SELECT message FROM zx_incidents",
}
"""Questions that no row may answer."""


def check_rows(url: str) -> None:
    """Ask every question of `FINDS_NOTHING`."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            found = {
                what: [str(row[0]) for row in connection.execute(sa.text(f"{sql} LIMIT 5"))]
                for what, sql in FINDS_NOTHING.items()
            }
    finally:
        engine.dispose()
    assert not any(found.values()), {what: rows for what, rows in found.items() if rows}


def names_taken(url: str) -> set[str]:
    """The names of calls that took effect."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            entries = "SELECT request_id FROM zx_history WHERE request_id IS NOT NULL"
            openings = "SELECT officer FROM zx_cases WHERE officer <> 'li'"
            return set(connection.execute(sa.text(f"{entries} UNION {openings}")).scalars())
    finally:
        engine.dispose()
