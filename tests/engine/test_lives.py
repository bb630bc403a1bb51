"""The lives of deadlines against a small independent model, under random events, rests and leaps of
the clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.conftest import LOAN, SHANGHAI, at
from tests.engine.test_cases import OFFICER
from tests.workflow import oracle
from zhixing.engine import Engine, VirtualClock
from zhixing.workflow import definition_from_text


class Lives(RuleBasedStateMachine):
    """One case: `answer` (7 days from opening, met by notify), `payment` (10 days from the notice),
    both resting with the case; `clue_check` (3 days each) which never rests."""

    @initialize()
    def open(self) -> None:
        self.clock = VirtualClock(at("2024-09-20 09:00"))
        self.engine = Engine("sqlite://", definition_from_text(LOAN), clock=self.clock, drafts=True)
        self.case = self.engine.open_case("loan", actor=OFFICER, data={"amount": "10"}).id
        self.rests: list[tuple[date, date | None]] = []
        self.starts: dict[str, date] = {"answer": self.today()}
        self.lengths = {"answer": 7, "payment": 10}
        self.ended: dict[str, str] = {}
        self.clues: dict[str, tuple[date, str]] = {}
        self.unserved = False

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.close()

    def now(self) -> datetime:
        return self.clock.now().astimezone(SHANGHAI)

    def today(self) -> date:
        return self.now().date()

    def due(self, name: str) -> date | None:
        """None while the case rests."""
        if self.rests and self.rests[-1][1] is None:
            return None
        return oracle.due(
            self.starts[name],
            self.lengths[name],
            "day",
            deducted=tuple((a, b) for a, b in self.rests if b),
        )

    def pass_time(self) -> None:
        """What the law makes of the time that has passed, by the model's own reckoning."""
        for name in self.starts.keys() - self.ended.keys():
            due = self.due(name)
            if due is not None and self.today() > due:
                self.ended[name] = "expired"
        for clue, (start, status) in self.clues.items():
            if status == "running" and self.today() > oracle.due(start, 3, "day"):
                self.clues[clue] = (start, "expired")

    @rule(hours=st.integers(1, 24 * 12), serve=st.booleans())
    def wait(self, hours: int, serve: bool) -> None:
        self.clock.advance(hours=hours)
        self.unserved = not serve
        if serve:
            self.engine.run_due()
        self.pass_time()

    def fire(self, trigger: str, **more: Any) -> None:
        self.engine.fire(self.case, trigger, actor=OFFICER, **more)
        self.unserved = False

    @precondition(lambda self: "payment" not in self.starts and not self.resting())
    @rule()
    def notify(self) -> None:
        self.fire("notify", documents={"notice": "n"})
        self.ended["answer"] = "met-late" if self.ended.get("answer") == "expired" else "met"
        self.starts["payment"] = self.today()

    def resting(self) -> bool:
        return bool(self.rests) and self.rests[-1][1] is None

    @precondition(lambda self: not self.resting())
    @rule()
    def rest(self) -> None:
        self.fire("rest")
        self.rests.append((self.today(), None))

    @precondition(lambda self: self.resting())
    @rule()
    def resume(self) -> None:
        self.fire("resume")
        self.rests[-1] = (self.rests[-1][0], self.today())
        self.unserved = (
            True  # a deadline that had little left may now be over: that is the clock's next moment
        )
        self.engine.run_due()
        self.unserved = False
        self.pass_time()

    @precondition(lambda self: not self.resting() and len(self.clues) < 4)
    @rule()
    def clue(self) -> None:
        name = f"k{len(self.clues)}"
        self.fire("clue", data={"clue": name})
        self.clues[name] = (self.today(), "running")

    @precondition(lambda self: not self.resting() and self.clues)
    @rule(choice=st.integers(0, 3))
    def check_clue(self, choice: int) -> None:
        name = sorted(self.clues)[choice % len(self.clues)]
        start, status = self.clues[name]
        self.fire("check_clue", data={"clue": name})
        self.clues[name] = (start, {"running": "met", "expired": "met-late"}.get(status, status))

    @invariant()
    def the_rows_are_as_the_model(self) -> None:
        if not hasattr(self, "engine") or self.unserved:
            return
        found = self.engine.deadlines(self.case, live=False)
        for name in self.starts:
            (deadline,) = [d for d in found if d.rule == name]
            expected = self.ended.get(name) or ("paused" if self.resting() else "running")
            assert deadline.status == expected, (name, self.now())
            if expected == "running":
                assert deadline.due_day == self.due(name)
        assert {d.key: d.status for d in found if d.rule == "clue_check"} == {
            k: s for k, (_, s) in self.clues.items()
        }

    @invariant()
    def each_moment_came_once_and_not_before_its_time(self) -> None:
        if not hasattr(self, "engine"):
            return
        seen = set()
        for entry in self.engine.history(self.case):
            assert entry.recorded_at >= entry.happened_at
            for effect in entry.effects:
                if effect["what"] in ("expired", "met", "met-late", "cancelled"):
                    key = (
                        effect.get("deadline"),
                        effect.get("key"),
                        effect["what"],
                        effect.get("due"),
                    )
                    assert key not in seen
                    seen.add(key)
                if effect["what"] == "expired":
                    assert entry.happened_at.astimezone(SHANGHAI).date() >= date.fromisoformat(
                        effect["due"]
                    ) + timedelta(days=1)


Lives.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestLives = Lives.TestCase
