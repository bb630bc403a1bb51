"""Deadlines of a host: the overdue list and the alerts, on a clock moved by hand."""

from datetime import UTC, datetime
from importlib.resources import files

from zhixing.engine import Actor, Engine, VirtualClock

clock = VirtualClock(datetime(2025, 1, 22, 2, tzinfo=UTC))

with Engine(
    "sqlite://", str(files("zhixing.definitions").joinpath("cn")), clock=clock, drafts=True
) as court:
    case = court.open_case(
        "first_enforcement",
        actor=Actor.of("liu", "filing_judge"),
        data={"applied_on": "2025-01-22"},
    )
    court.assign(case.id, "li", actor=Actor.of("zhou", "bureau_chief"))
    for deadline in court.deadlines(case.id, explain=True):
        print(
            deadline.title_en,
            deadline.due_day,
            *(step.text("en") for step in deadline.steps),
            sep="\n    ",
        )
    clock.advance(days=20)
    court.run_due()
    for item in court.overdue(officer="li"):
        print(f"overdue by {item.overdue_days} days: {item.title_en} ({item.basis})")
    for alert in court.alerts(unseen=True):
        print(alert.kind, alert.rule, alert.at.date(), alert.roles)
