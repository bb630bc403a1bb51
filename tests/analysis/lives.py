"""Random lives of cases on a real engine: what is done, by whom and when is drawn by a seed, mostly
as people who know the procedure would do it, sometimes as nobody should.

Each thing that is tried is held against what has to be so whatever happens (`watching`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any

from tests.analysis.watching import Watch
from tests.conftest import ROOT, SHANGHAI
from zhixing.adapters import Answer
from zhixing.analysis.generating.values import ExampleValues
from zhixing.analysis.opening import fire, open_case, opener
from zhixing.engine import Actor, Case, Engine, Refused, VirtualClock, ZhixingError
from zhixing.testing import FakeAdapter
from zhixing.workflow import Definition, Extension, TimeUnit, load_definition
from zhixing.workflow.checks.structure import closure, reverse
from zhixing.workflow.model.definition import RESERVED_ROLES
from zhixing.workflow.model.facts import OPEN, Facts
from zhixing.workflow.model.field_types import FieldType
from zhixing.workflow.model.flow import STAY, Transition

BEGINS = datetime(2025, 3, 3, 1, tzinfo=UTC)
_PEOPLE = 3
_TRIES = 8
_TEXTS = ("京A-1", "京A-2", "p1", "p2", "x")
_CENT = Decimal("0.01")


@cache
def shipped(name: str) -> Definition:
    return load_definition(ROOT / "definitions" / "cn" / f"{name}.yaml")


@cache
def all_shipped() -> tuple[str, ...]:
    """Every procedure that is shipped, by its name."""
    files = (ROOT / "definitions" / "cn").glob("*.yaml")
    parts = {"common"}
    return tuple(sorted(f.stem for f in files if "." not in f.stem and f.stem not in parts))


@cache
def with_related(name: str) -> tuple[str, ...]:
    """A procedure with all that its cases open or are linked with."""
    found, left = {name}, [name]
    while left:
        one = shipped(left.pop())
        for spec in (*one.sub_procedures.values(), *one.links.values()):
            if spec.procedure not in found:
                found.add(spec.procedure)
                left.append(spec.procedure)
    return tuple(sorted(found))


@cache
def steps_to_the_end(name: str) -> Mapping[str, int]:
    """How many moves lie between each state and the nearest end, whatever they take."""
    definition = shipped(name)
    moves: dict[str, set[str]] = {}
    for way in definition.transitions:
        for source in definition.sources_of(way):
            targets = definition.states if way.to == "return" else [way.to]
            moves.setdefault(source, set()).update(t for t in targets if t != STAY)
    back = reverse(moves)
    found, at = {}, 0
    reached = set(definition.terminal)
    while reached - found.keys():
        found.update(dict.fromkeys(reached - found.keys(), at))
        reached |= set(chain.from_iterable(back.get(s, ()) for s in reached))
        reached &= closure(back, set(definition.terminal))
        at += 1
    return found


@cache
def facts(name: str) -> Facts:
    return Facts(shipped(name))


@cache
def examples(name: str) -> ExampleValues:
    made = ExampleValues(shipped(name))
    made.begin([])
    return made


class Values:
    """Data for an act, drawn by chance of what a case holds already and of what is plain."""

    def __init__(self, chance: random.Random, held: Callable[[str], Iterable[Decimal]]) -> None:
        self._chance, self.held = chance, held

    def of(self, definition: Definition, name: str, case: Case | None, today: Any) -> Any:
        spec = definition.fields[name]
        draw = self._chance
        if spec.fields:
            every = [f"{name}.{part}" for part in spec.fields]
            given = [n for n in every if draw.random() < 0.8] or every
            return [{n.partition(".")[2]: self.of(definition, n, case, today) for n in given}]
        match spec.type:
            case FieldType.MONEY:
                return str(self._sum(case))
            case FieldType.NUMBER:
                return draw.choice((0, 1, 1, 2, 3, 5, 7, 10, 15, 30, 60))
            case FieldType.DATE:
                days = draw.choice((0, 0, 0, 0, -1, -3, -20, 1, 15, 40, 200, 360))
                return f"{today + timedelta(days=days)}"
            case FieldType.FLAG:
                return draw.random() < 0.8
            case FieldType.CHOICE:
                return draw.choice(list(spec.choices or ["x"]))
            case FieldType.TEXT:
                return draw.choice(_TEXTS)
            case FieldType.PARTY:
                return draw.choice(("p1", "p2", "p3"))
            case _:
                return examples(definition.id).plain(name)

    def _sum(self, case: Case | None) -> Decimal:
        draw = self._chance
        known = [v for v in (case.data.values() if case else ()) if isinstance(v, Decimal) and v]
        known += [sum_ for sum_ in (self.held(case.id) if case else ()) if sum_]
        if not known or draw.random() < 0.25:
            return draw.choice(
                (Decimal(1), _CENT, Decimal("333.33"), Decimal(1000), Decimal(70000))
            )
        part = draw.choice(("1", "1", "1", "0.5", "0.3333", "1.01"))
        return abs((draw.choice(known) * Decimal(part)).quantize(_CENT))


@dataclass
class Attempt:
    """An act as it is tried: what is brought with it, and by whom."""

    way: Transition
    actor: Actor
    data: dict[str, Any] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)
    about: str = ""


class Life:
    """The life of one case with all that hangs on it. `steps` tells what was tried, to be read."""

    def __init__(self, name: str, seed: int) -> None:
        self.name, self.seed = name, seed
        self.chance = random.Random(f"{name}/{seed}")
        self.values = Values(self.chance, lambda case_id: self.watch.held(case_id))
        self.steps: list[str] = []
        self.clock = VirtualClock(BEGINS)
        definitions = [shipped(one) for one in with_related(name)]
        asked: dict[str, set[str]] = {}
        for one in definitions:
            for request in one.requests.values():
                adapter, _, operation = request.operation.partition(".")
                asked.setdefault(adapter, set()).add(operation)
        self.engine = Engine(
            "sqlite://",
            definitions,
            clock=self.clock,
            adapters=[FakeAdapter(adapter, *sorted(ops)) for adapter, ops in sorted(asked.items())],
            synchronous="NORMAL",
            drafts=True,
            identity_key=b"a key of random lives",
        )
        self.watch = Watch(self.engine, {d.id: d for d in definitions})
        self.case_id = ""
        self._acts_done: set[tuple[str, str, str]] = set()

    def close(self) -> None:
        self.engine.close()

    def told(self) -> str:
        return f"{self.name}, seed {self.seed}:\n" + "\n".join(self.steps)

    # -- what is tried

    def try_to(
        self, words: str, act: Callable[[], Any], case_id: str = ""
    ) -> Refused | bool | None:
        """Do something. True when it was done; the refusal, or False for another error."""
        now = self.clock.now().astimezone(SHANGHAI)
        self.steps.append(f"  {now:%Y-%m-%d %H:%M} {words}")
        before = self.watch.look(case_id)
        try:
            act()
        except Refused as refused:
            self.steps[-1] += f" -> {', '.join(sorted({o.code for o in refused.obstacles}))}"
            self.watch.refused(before, refused)
            return refused
        except ZhixingError as error:
            self.steps[-1] += f" -> {error.code}"
            self.watch.failed(before, error)
            return False
        self.watch.done(before)
        return True

    def begin(self) -> bool:
        """Open the case; where it is not possible at first, with what else may be brought."""
        definition, today = shipped(self.name), self.clock.now().astimezone(SHANGHAI).date()
        asked = facts(self.name).at_opening()
        power = definition.powers.get(OPEN)
        required = {n for n, f in facts(self.name).form_of_opening().fields.items() if f.required}
        role = next((r for r in power.by if r not in RESERVED_ROLES), "") if power else ""
        officer = "officer-1"
        has_officer = "officer" in definition.roles and not (
            role == "filing_judge" and self.name == "first_enforcement"
        )
        for tried in range(_TRIES):
            share = (0.8, 0.95, 1.0)[min(tried, 2)]
            names = [n for n in sorted(asked.fields) if n in required or self._is(share)]
            if self.name == "first_enforcement":
                few = {"title_item", "title_debtor", "title_creditor", "called_in_on"}
                names = [n for n in names if n not in few]
            data = {n: self.values.of(definition, n, None, today) for n in names}
            if "claim" in data:
                data["claim"] = str(self.chance.choice((1000, 5000, 123456.78, 10**6)))
            if "account" in data:
                data["account"] = "6222"

            def act(data: dict[str, Any] = data) -> None:
                self.case_id = open_case(
                    self.engine, definition, data, asked.documents, officer if has_officer else ""
                )

            actor = opener(definition, officer)
            if self.try_to(f"open {self.name} by {actor.id} with {data}", act) is True:
                return True
        return False

    def step(self) -> None:
        """One random thing."""
        draw = self.chance.random()
        if draw < 0.50:
            self.helped()
        elif draw < 0.62:
            self.vote()
        elif draw < 0.72:
            self.answer()
        elif draw < 0.84:
            self.wait()
        elif draw < 0.89:
            self.order()
        else:
            self.nonsense()

    def open_cases(self) -> list[Case]:
        known = self.watch.known().items()
        return [self.engine.case(id) for id, (_, _, is_open) in known if is_open]

    def some_case(self) -> Case:
        """The case itself half of the time, else any that is known."""
        if self._is(0.5):
            return self.engine.case(self.case_id)
        return self.engine.case(self.chance.choice(list(self.watch.known())))

    def helped(self) -> None:
        """An act of the present state, with what it takes, by one who may."""
        case = self.some_case()
        ways = [w for w in self.ways(case) if set(w.by) - RESERVED_ROLES.keys()]
        if ways:
            weights = [self._weight(case, way) for way in ways]
            self.insist(case.id, self.chance.choices(ways, weights)[0])

    def _weight(self, case: Case, way: Transition) -> float:
        """Acts that go on with a case are likelier than those that end it."""
        to = shipped(case.procedure).states.get(way.to)
        if to is not None and to.closes:
            return 0.1
        return 2.0 if way.to != STAY or way.opens else 1.0

    def ways(self, case: Case) -> list[Transition]:
        definition = shipped(case.procedure)
        return [w for w in definition.transitions if case.state in definition.sources_of(w)]

    def nonsense(self) -> None:
        """Anything by anybody, with anything."""
        case, chance = self.some_case(), self.chance
        definition = shipped(case.procedure)
        way = chance.choice(definition.transitions)
        role = chance.choice([*definition.roles, *RESERVED_ROLES, "nobody"])
        roles = [role, *chance.sample(list(definition.roles), self._is(0.2))]
        attempt = self.attempt(case, way, Actor.of(f"{role}-{chance.randint(1, _PEOPLE)}", *roles))
        if self._is(0.5):
            name = chance.choice(list(definition.fields))
            attempt.data[name] = chance.choice(("-1.00", "1e9", "", None, "x", True, 3, [1], {}))
        if self._is(0.3) and attempt.documents:
            attempt.documents.pop()
        if self._is(0.1):
            attempt.about = "nothing"
        self.bring(case.id, attempt)
        if self._is(0.3):
            self.bring(case.id, attempt)

    def actor(self, case: Case, role: str, number: int = 0) -> Actor:
        """Somebody who holds a role; its own officer, where the case has one."""
        held = "officer" if role == "any_officer" else role
        name = f"{held}-{number or self.chance.randint(1, _PEOPLE)}"
        return Actor.of(case.officer if role == "officer" and case.officer else name, held)

    def attempt(self, case: Case, way: Transition, actor: Actor, full: bool = False) -> Attempt:
        definition = shipped(case.procedure)
        asked = facts(case.procedure).of(way)
        form = definition.form_of(way).fields
        needed = {n for n, f in form.items() if f.required} | {
            n for n in way.needs if case.data.get(n) is None
        }
        is_answer = "outside" in actor.roles
        today = self.clock.now().astimezone(SHANGHAI).date()
        share = 1.0 if full else self.chance.choice((0.0, 0.3, 0.9))
        names = [n for n in sorted(asked.takes(is_answer)) if n in needed or self._is(share)]
        data = {n: self.values.of(definition, n, case, today) for n in names}
        records = case.data.get(way.each or "") or []
        about = str(self.chance.choice(records)["id"]) if records else ""
        documents = list(dict.fromkeys((*way.documents, *definition.form_of(way).documents)))
        return Attempt(way, actor, data, documents, about if way.each else "")

    def insist(self, case_id: str, way: Transition, tries: int = _TRIES, about: str = "") -> bool:
        """Try an act, providing each time what the refusal says is missing."""
        case = self.engine.case(case_id)
        roles = [r for r in way.by if r != "clock"] or ["clock"]
        people = [r for r in roles if r not in RESERVED_ROLES]
        role = self.chance.choice(people or roles)
        actor = self.actor(case, role) if people else Actor.of(role, role)
        attempt = self.attempt(case, way, actor)
        attempt.about = about or attempt.about
        for _ in range(tries):
            found = self.bring(case_id, attempt)
            if not isinstance(found, Refused):
                return found is True
            if not self._provide(case_id, attempt, found):
                return False
        return False

    def bring(self, case_id: str, attempt: Attempt) -> Refused | bool | None:
        way, actor = attempt.way, attempt.actor
        is_nobody = not RESERVED_ROLES.keys().isdisjoint(actor.roles)
        told = f"{case_id[-6:]} {way.trigger} by {actor.id} {sorted(actor.roles)} {attempt.data}"
        given = {n: f"{n}-1" for n in attempt.documents}

        def act() -> None:
            put = {"data": attempt.data, "documents": given, "about": attempt.about}
            if is_nobody and actor.id in RESERVED_ROLES:
                fire(self.engine, case_id, way.trigger, actor, **put)
            else:
                self.engine.fire(case_id, way.trigger, actor=actor, **put)

        return self.try_to(f"{told} {attempt.documents} {attempt.about}", act, case_id)

    def _provide(self, case_id: str, attempt: Attempt, refused: Refused) -> bool:
        """Bring what is missing, take other values where a condition does not hold."""
        case, way = self.engine.case(case_id), attempt.way
        definition = shipped(case.procedure)
        today = self.clock.now().astimezone(SHANGHAI).date()
        asked = facts(case.procedure).of(way).takes("outside" in attempt.actor.roles)
        has_more = False
        for obstacle in refused.obstacles:
            match obstacle.code:
                case "missing-field" if obstacle.field in asked:
                    value = self.values.of(definition, obstacle.field, case, today)
                    has_more |= obstacle.field not in attempt.data
                    attempt.data[obstacle.field] = value
                case "missing-document" | "checklist":
                    items = definition.checklist_of(way).items.values()
                    listed = chain.from_iterable(item.documents for item in items)
                    more = [obstacle.document] if obstacle.document else []
                    before = len(attempt.documents)
                    attempt.documents[:] = dict.fromkeys((*attempt.documents, *listed, *more))
                    has_more |= len(attempt.documents) > before
                case "known-fact":
                    has_more |= attempt.data.pop(obstacle.field, None) is not None
                case "document-not-asked" if obstacle.document in attempt.documents:
                    attempt.documents.remove(obstacle.document)
                    has_more = True
                case "guard" | "guard-value":
                    has_more |= self._other_values(case, attempt, asked)
        return has_more

    def _other_values(self, case: Case, attempt: Attempt, asked: Iterable[str]) -> bool:
        """Values that make a condition so, where they can be found; else others by chance."""
        definition = shipped(case.procedure)
        today = self.clock.now().astimezone(SHANGHAI).date()
        names = sorted(set(asked) & attempt.data.keys()) or sorted(asked)
        if not names:
            return False
        if self._is(0.4):
            wanted = examples(case.procedure).wanted(attempt.way, False, dict(case.data))
            attempt.data.update(wanted)
        else:
            for name in names:
                if self._is(0.6):
                    attempt.data[name] = self.values.of(definition, name, case, today)
        return True

    def _is(self, chance: float) -> bool:
        return self.chance.random() < chance

    # -- the others

    def vote(self, wrong: float = 0.2) -> None:
        """Vote on something that waits, mostly by one who may."""
        waiting = [(c, w) for c in self.open_cases() for w in c.waiting]
        if waiting:
            self.decide(*self.chance.choice(waiting), wrong)

    def decide(self, case: Case, waits: Any, wrong: float) -> None:
        engine, chance = self.engine, self.chance
        role = chance.choice(waits.awaits)
        if self._is(wrong):
            role = chance.choice(list(shipped(case.procedure).roles))
        who = self.actor(case, role)
        if self._is(wrong):
            who = Actor.of(waits.proposed_by, role)
        told = f"{case.id[-6:]} {waits.name} by {who.id} {sorted(who.roles)}"
        if self._is(wrong / 2):
            act = lambda: engine.withdraw(case.id, waits.name, actor=who)  # noqa: E731
            self.try_to(f"withdraw {told}", act, case.id)
        elif self._is(wrong):
            act = lambda: engine.reject(case.id, waits.name, actor=who, note="x")  # noqa: E731
            self.try_to(f"reject {told}", act, case.id)
        else:
            act = lambda: engine.approve(case.id, waits.name, actor=who)  # noqa: E731
            self.try_to(f"approve {told}", act, case.id)

    def answer(self, kinds: tuple[str, ...] = ("answered", "partial", "refused", "failed")) -> bool:
        """An outside system answers a request: once, twice, or after all was said."""
        requests = self.engine.requests(open_only=self._is(0.7) or len(kinds) == 1)
        if not requests:
            return False
        request = self.chance.choice(requests)
        case = self.engine.case(request.case_id)
        definition = shipped(case.procedure)
        spec = definition.requests.get(request.request)
        today = self.clock.now().astimezone(SHANGHAI).date()
        data = {
            theirs: self.values.of(definition, ours, case, today)
            for ours, theirs in (spec.takes.items() if spec else ())
        }
        kind = self.chance.choice(kinds)
        number = self.chance.randint(1, 10**6)
        is_final = kind != "partial"
        answer = Answer(request.id, f"m{number}", kind, data, final=is_final)
        source = request.operation.partition(".")[0]
        for _ in range(2 if self._is(0.2) else 1):
            words = f"{request.case_id[-6:]} {request.request} is {kind} {data}"
            self.try_to(words, lambda: self.engine.receive(answer, source), request.case_id)
        return True

    def wait(self, longest: int = 60) -> None:
        """Time passes, and the clock does what is due."""
        jump = self.chance.choice((0.02, 0.1, 1, 1, 3, 8, 16, 31, longest, longest * 3))
        self.clock.advance(days=jump)
        self.try_to("the clock", self.engine.run_due)

    def order(self) -> None:
        """An order beside the acts, by whoever."""
        case, chance, engine = self.some_case(), self.chance, self.engine
        role = chance.choice(list(shipped(case.procedure).roles))
        who = self.actor(case, role)
        live = engine.deadlines(case.id)
        rule = chance.choice(live).rule if live else "nothing"
        more = Extension(3, TimeUnit.DAY, who.id, "d")
        papers = {"correction_basis": "c", "dated_proof": "d"}
        orders: Mapping[str, Callable[[], Any]] = {
            "assign": lambda: engine.assign(case.id, f"officer-{_PEOPLE}", actor=who),
            "watch": lambda: engine.watch(case.id, rule, "officer-1", actor=who),
            "waive": lambda: engine.waive(case.id, rule, actor=who),
            "arm": lambda: engine.arm(case.id, rule, actor=who),
            "correct": lambda: engine.correct(
                case.id, actor=who, note="x", documents=papers, annul=[case.version]
            ),
            "extend": lambda: engine.extend(case.id, rule, more, actor=who, documents=papers),
            "restore": lambda: engine.restore(case.id, rule, more, actor=who),
        }
        name = chance.choice(list(orders))
        self.try_to(f"{case.id[-6:]} {name} {rule} by {who.id} {role}", orders[name], case.id)

    # -- to the end

    def end(self, most: int) -> bool:
        """Bring the case to an end, whatever it takes; false where that was not found."""
        return any(self._nearer(self.case_id, 0, turn) for turn in range(most))

    def _nearer(self, case_id: str, depth: int, turn: int) -> bool:
        """One turn of trying; whether the case is closed."""
        case = self.engine.case(case_id)
        if case.closed_at is not None:
            return True
        self._settle(case)
        if self._towards_the_end(case_id):
            return self.engine.case(case_id).closed_at is not None
        if depth < 2:
            for child in self._hangers(case_id):
                for again in range(3):
                    if self._nearer(child, depth + 1, turn + again):
                        break
        self._settle(self.engine.case(case_id))
        self._stay_acts(case_id)
        if turn % 2:
            self._let_time_pass(case_id)
        return self.engine.case(case_id).closed_at is not None

    def _hangers(self, case_id: str) -> Iterator[str]:
        case = self.engine.case(case_id)
        linked = {link.case_id for link in case.links}
        for other in self.open_cases():
            if other.parent_id == case_id or other.id in linked:
                yield other.id

    def _settle(self, case: Case) -> None:
        """Whatever waits for others is decided and answered."""
        for _ in range(12):
            case = self.engine.case(case.id)
            if not case.waiting:
                break
            self.decide(case, self.chance.choice(case.waiting), wrong=0.0)
        for _ in range(3):
            if not self.answer(("answered",)):
                break

    def _towards_the_end(self, case_id: str) -> bool:
        """An act that leads nearer to an end, else to another state."""
        case = self.engine.case(case_id)
        distance = steps_to_the_end(case.procedure)
        here = distance.get(case.state, 99)
        ways = [w for w in self.ways(case) if w.to != STAY and w.to != case.state]
        ways = [w for w in ways if set(w.by) != {"clock"}]
        self.chance.shuffle(ways)
        ways.sort(key=lambda w: distance.get(w.to, here))
        for way in ways:
            if self.insist(case_id, way):
                self._settle(case)
                if self.engine.case(case_id).state != case.state:
                    return True
        return False

    def _stay_acts(self, case_id: str) -> None:
        """Acts that lead nowhere by themselves, and may be what an end waits for."""
        case = self.engine.case(case_id)
        opening = [w for w in self.ways(case) if w.to == STAY and set(w.by) != {"clock"}]
        self.chance.shuffle(opening)
        for way in opening[:12]:
            is_more = way.opens or len(case.data.get(way.adds or "") or []) > 1
            if is_more and self._is(0.95):
                continue
            records = [str(r["id"]) for r in case.data.get(way.each or "") or []]
            for about in self.chance.sample(records, min(len(records), 12)) or [""]:
                done = (case_id, way.trigger, about)
                if about and done in self._acts_done and self._is(0.9):
                    continue
                if self.insist(case_id, way, tries=6, about=about):
                    self._acts_done.add(done)
        self._settle(case)

    def _let_time_pass(self, case_id: str) -> None:
        due = [d.due_at for d in self.engine.deadlines(case_id) if d.due_at is not None]
        later = [at for at in due if at > self.clock.now()]
        if later and self._is(0.7):
            self.clock.set(min(later) + timedelta(minutes=1))
        else:
            self.clock.advance(days=31)
        self.try_to("the clock", self.engine.run_due)

    def lacks(self) -> str:
        """Every way out of the present state, with why it is refused: for those who read why a
        life has no end."""
        case = self.engine.case(self.case_id)
        lines = [f"{case.procedure} stands in {case.state}; of its ways:"]
        for way in self.ways(case):
            actor = self.actor(case, way.by[0])
            found = self.bring(case.id, self.attempt(case, way, actor, full=True))
            why = [o.en for o in found.obstacles] if isinstance(found, Refused) else [str(found)]
            lines.append(f"  {way.trigger} -> {way.to}: {'; '.join(why)}")
        return "\n".join(lines)
