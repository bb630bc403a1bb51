CREATE TABLE public.zx_alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.zx_alerts (
    id character varying(100) NOT NULL,
    case_id character varying(100) NOT NULL,
    deadline_id character varying(100) NOT NULL,
    rule character varying(64) NOT NULL,
    kind character varying(16) NOT NULL,
    roles jsonb NOT NULL,
    watcher character varying(100) NOT NULL,
    at timestamp with time zone NOT NULL,
    due_day date,
    seen_by character varying(100)
);
CREATE TABLE public.zx_cases (
    id character varying(100) NOT NULL,
    procedure character varying(64) NOT NULL,
    definition_hash character varying(64) NOT NULL,
    state character varying(64) NOT NULL,
    version integer NOT NULL,
    number character varying(100) NOT NULL,
    court character varying(100) NOT NULL,
    officer character varying(100) NOT NULL,
    data jsonb NOT NULL,
    extra jsonb NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    mode character varying(64),
    wake_at timestamp with time zone,
    parent_id character varying(100),
    sub character varying(64)
);
CREATE TABLE public.zx_deadlines (
    id character varying(100) NOT NULL,
    case_id character varying(100) NOT NULL,
    rule character varying(64) NOT NULL,
    key character varying(200) NOT NULL,
    status character varying(16) NOT NULL,
    live boolean NOT NULL,
    start timestamp with time zone NOT NULL,
    due_day date,
    due_at timestamp with time zone,
    wake_at timestamp with time zone,
    warned integer NOT NULL,
    escalated integer NOT NULL,
    round integer NOT NULL,
    provisional boolean NOT NULL,
    calendar_version character varying(16) NOT NULL,
    watcher character varying(100) NOT NULL,
    extensions jsonb NOT NULL,
    ended_at timestamp with time zone
);
CREATE TABLE public.zx_definitions (
    hash character varying(64) NOT NULL,
    procedure character varying(64) NOT NULL,
    version character varying(64) NOT NULL,
    effective date NOT NULL,
    text text NOT NULL,
    stored_at timestamp with time zone NOT NULL
);
CREATE TABLE public.zx_history (
    case_id character varying(100) NOT NULL,
    seq integer NOT NULL,
    at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    kind character varying(16) NOT NULL,
    trigger character varying(64) NOT NULL,
    actor character varying(100) NOT NULL,
    roles jsonb NOT NULL,
    source character varying(64) NOT NULL,
    target character varying(64) NOT NULL,
    changes jsonb NOT NULL,
    effects jsonb NOT NULL,
    note text NOT NULL
);
CREATE TABLE public.zx_inbox (
    source character varying(100) NOT NULL,
    message_id character varying(200) NOT NULL,
    outbox_id character varying(100) NOT NULL,
    kind character varying(32) NOT NULL,
    answer jsonb NOT NULL,
    received_at timestamp with time zone NOT NULL,
    outcome text NOT NULL
);
CREATE TABLE public.zx_incidents (
    id bigint NOT NULL,
    case_id character varying(100),
    outbox_id character varying(100),
    kind character varying(32) NOT NULL,
    at timestamp with time zone NOT NULL,
    message text NOT NULL,
    resolved_at timestamp with time zone,
    resolved_by character varying(100),
    resolution text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.zx_incidents_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.zx_incidents_id_seq OWNED BY public.zx_incidents.id;
CREATE TABLE public.zx_outbox (
    id character varying(100) NOT NULL,
    case_id character varying(100) NOT NULL,
    seq integer NOT NULL,
    request character varying(64) NOT NULL,
    operation character varying(130) NOT NULL,
    payload jsonb NOT NULL,
    status character varying(16) NOT NULL,
    attempts integer NOT NULL,
    send_at timestamp with time zone,
    leased_until timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    answered_at timestamp with time zone,
    last_error text NOT NULL
);
CREATE TABLE public.zx_publications (
    id bigint NOT NULL,
    procedure character varying(64) NOT NULL,
    case_id character varying(100),
    definition_hash character varying(64) NOT NULL,
    version character varying(200) NOT NULL,
    effective date NOT NULL,
    status character varying(16) NOT NULL,
    proposed_by character varying(100) NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    decided_by character varying(100) NOT NULL,
    decided_at timestamp with time zone,
    withdrawn_by character varying(100) NOT NULL,
    withdrawn_at timestamp with time zone,
    note text NOT NULL
);
CREATE SEQUENCE public.zx_publications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.zx_publications_id_seq OWNED BY public.zx_publications.id;
CREATE TABLE public.zx_tasks (
    id character varying(100) NOT NULL,
    case_id character varying(100) NOT NULL,
    kind character varying(16) NOT NULL,
    name character varying(64) NOT NULL,
    pool character varying(500) NOT NULL,
    status character varying(16) NOT NULL,
    claimed_by character varying(100) NOT NULL,
    offered_at timestamp with time zone NOT NULL,
    claimed_at timestamp with time zone,
    ended_at timestamp with time zone
);
ALTER TABLE ONLY public.zx_incidents ALTER COLUMN id SET DEFAULT nextval('public.zx_incidents_id_seq'::regclass);
ALTER TABLE ONLY public.zx_publications ALTER COLUMN id SET DEFAULT nextval('public.zx_publications_id_seq'::regclass);
INSERT INTO public.zx_alembic_version VALUES ('0002');
INSERT INTO public.zx_alerts VALUES ('42292ac6bfee4b659605bc2ec4c24601', 'fresh', 'fresh.1.0', 'answer', 'warning', '["officer"]', 'li', '2025-03-07 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('4b1e304ac6db4c93a61248ecc9447d4b', 'fresh', 'fresh.1.0', 'answer', 'warning', '["officer"]', 'li', '2025-03-09 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('35a4c727c9cb4675aabb298d942dcd45', 'fresh', 'fresh.1.0', 'answer', 'expired', '["officer"]', 'li', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('441f03e1fbd247168927ade46f64823b', 'fresh', 'fresh.1.0', 'answer', 'escalated', '["chief"]', 'li', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('a2a7dce2742e412eb477952d531c0f28', 'noticed', 'noticed.3.0', 'clue_check', 'expired', '["officer"]', 'li', '2025-03-06 16:00:00+00', '2025-03-06', NULL);
INSERT INTO public.zx_alerts VALUES ('d577c6b697d241b0bf290d4e7494d5c5', 'closed', 'closed.1.0', 'answer', 'warning', '["officer"]', '', '2025-03-07 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('0af70a766cc745ab8075ebaf77ba44fa', 'closed', 'closed.1.0', 'answer', 'warning', '["officer"]', '', '2025-03-09 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('1d4bbb07e5014d59904f195e2634a4d9', 'closed', 'closed.1.0', 'answer', 'expired', '["officer"]', '', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('3cdc539e80984bfdad412b9047331105', 'closed', 'closed.1.0', 'answer', 'escalated', '["chief"]', '', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('1f6b743450cd45f1a7cefa226bd69f80', 'late', 'late.1.0', 'answer', 'warning', '["officer"]', '', '2025-04-14 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_alerts VALUES ('481493f2a2bd4e21840f7c9397569f72', 'late', 'late.1.0', 'answer', 'warning', '["officer"]', '', '2025-04-16 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_alerts VALUES ('dedee00322f04896a7f2fc274e1cec28', 'late', 'late.1.0', 'answer', 'expired', '["officer"]', '', '2025-04-17 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_alerts VALUES ('31915400bb444296b6ccc3b06d9fd1de', 'late', 'late.1.0', 'answer', 'escalated', '["chief"]', '', '2025-04-17 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_cases VALUES ('resting', 'loan', 'f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'resting', 2, '', '', '', '{"paid": "0.00", "amount": "1.00", "due_days": 10}', '{"origins": ["fresh"], "deductions": [["2025-03-03", null, "rest", ""]]}', '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('fresh', 'loan', 'f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'fresh', 5, '（2025）执1号', 'jiayu', 'li', '{"paid": "0.00", "amount": "100.50", "due_days": 10}', '{}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('noticed', 'loan', 'f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'overdue', 9, '', '', 'li', '{"clue": "car", "paid": "0.00", "amount": "100.00", "due_days": 10}', '{"documents": {"notice": ["n-1"]}, "deductions": [["2025-03-04", "2025-03-06", "notice", "n-1"]]}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('closed', 'loan', 'f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'lost', 6, '', '', '', '{"paid": "0.00", "amount": "1.00", "due_days": 10}', '{}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', '2025-04-10 01:00:00+00', 'lost', NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('late', 'loan', 'f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'fresh', 4, '', '', '', '{"paid": "0.00", "amount": "7.00", "due_days": 10}', '{}', '2025-04-10 01:00:00+00', '2025-04-20 01:00:00+00', NULL, NULL, '2025-05-09 16:00:00+00', NULL, NULL);
INSERT INTO public.zx_cases VALUES ('sanction', 'sanction', '1e81778edcf3967dc4ff516356d412e32606e66e1e30ebe759120b3efc0a58ff', 'draft', 4, '', '', '', '{}', '{"tasks": [["sanction.3.t0", "approval", "fine", ["panel"], "2025-04-20T01:00:00+00:00", "offered", "", null]], "documents": {"memo": ["m"]}, "proposals": [{"at": "2025-04-20T01:00:00+00:00", "to": "decided", "data": {"kind": "person", "amount": "500.00"}, "note": "", "step": 0, "roles": ["officer"], "person": "li", "ballots": [["wang", "panel", "2025-04-20T01:00:00+00:00", true, ""]], "trigger": "fine", "approval": "fine", "documents": {"decision": "d"}, "step_began": 0}]}', '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', NULL, NULL, '2025-04-27 16:00:00+00', NULL, NULL);
INSERT INTO public.zx_deadlines VALUES ('noticed.1.0', 'noticed', 'answer', '', 'met', false, '2025-03-03 01:00:00+00', '2025-03-10', '2025-03-10 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', '2025-03-03 01:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('resting.1.0', 'resting', 'answer', '', 'paused', true, '2025-03-03 01:00:00+00', NULL, NULL, NULL, 0, 0, 1, false, '8db0bd3bf157', '', '[]', NULL);
INSERT INTO public.zx_deadlines VALUES ('resting.1.1', 'resting', 'not_yet', '', 'paused', true, '2025-03-03 01:00:00+00', NULL, NULL, NULL, 0, 0, 1, false, '8db0bd3bf157', '', '[]', NULL);
INSERT INTO public.zx_deadlines VALUES ('fresh.1.0', 'fresh', 'answer', '', 'expired', true, '2025-03-03 01:00:00+00', '2025-03-10', '2025-03-10 16:00:00+00', NULL, 2, 1, 1, false, '8db0bd3bf157', 'li', '[]', '2025-03-10 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('fresh.1.1', 'fresh', 'not_yet', '', 'opened', false, '2025-03-03 01:00:00+00', '2025-04-03', '2025-04-02 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', '2025-04-02 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('noticed.3.0', 'noticed', 'clue_check', 'car', 'expired', true, '2025-03-03 01:00:00+00', '2025-03-06', '2025-03-06 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', '2025-03-06 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('noticed.2.0', 'noticed', 'payment', '', 'expired', false, '2025-03-03 01:00:00+00', '2025-03-20', '2025-03-20 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[[5, "day", "sun", "d-1"]]', '2025-03-20 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('noticed.1.1', 'noticed', 'not_yet', '', 'opened', false, '2025-03-03 01:00:00+00', '2025-04-03', '2025-04-02 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', '2025-04-02 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('closed.1.1', 'closed', 'not_yet', '', 'opened', false, '2025-03-03 01:00:00+00', '2025-04-03', '2025-04-02 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', '', '[]', '2025-04-02 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('closed.1.0', 'closed', 'answer', '', 'expired', false, '2025-03-03 01:00:00+00', '2025-03-10', '2025-03-10 16:00:00+00', NULL, 2, 1, 1, false, '8db0bd3bf157', '', '[]', '2025-04-10 01:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('late.1.1', 'late', 'not_yet', '', 'running', true, '2025-04-10 01:00:00+00', '2025-05-10', '2025-05-09 16:00:00+00', '2025-05-09 16:00:00+00', 0, 0, 1, false, '8db0bd3bf157', '', '[]', NULL);
INSERT INTO public.zx_deadlines VALUES ('late.1.0', 'late', 'answer', '', 'expired', true, '2025-04-10 01:00:00+00', '2025-04-17', '2025-04-17 16:00:00+00', NULL, 2, 1, 1, false, '8db0bd3bf157', '', '[]', '2025-04-17 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('sanction.3.0', 'sanction', 'decide', '', 'running', true, '2025-04-20 01:00:00+00', '2025-04-27', '2025-04-27 16:00:00+00', '2025-04-27 16:00:00+00', 0, 0, 1, false, '8db0bd3bf157', '', '[]', NULL);
INSERT INTO public.zx_definitions VALUES ('e50a742db0d5947c06874e3fde187b6d5f031de3ccefb8071c0787bed6e6bc67', 'instalment', '1', '2024-01-01', '
id: instalment
title: {zh: 分期, en: instalment}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
data: {share: {type: money, title: {zh: 份额, en: share}}, paid: {type: money, title: {zh: 已缴, en: paid}}}
modes: {done: {zh: 已缴, en: done}}
initial: waiting
states: {waiting: {title: {zh: 待缴, en: waiting}}, done: {title: {zh: 已缴, en: done}, closes: done}}
transitions:
  - {trigger: pay, title: {zh: 缴纳, en: pay}, from: waiting, to: done, by: officer, needs: paid}
', '2025-03-03 01:00:00+00');
INSERT INTO public.zx_definitions VALUES ('f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'loan', '1', '2024-01-01', '
id: loan
title: {zh: 催款, en: dunning}
version: 1
effective: 2024-01-01
roles:
  officer: {title: {zh: 承办人, en: officer}}
  chief: {title: {zh: 局长, en: chief}}
data:
  amount: {type: money, title: {zh: 金额, en: amount}}
  paid: {type: money, default: 0, title: {zh: 已付, en: paid}}
  clue: {type: text, title: {zh: 线索, en: clue}}
  due_days: {type: number, default: 10, title: {zh: 天数, en: days}}
documents:
  notice: {title: {zh: 通知书, en: notice}}
grounds:
  rest: {zh: 中止, en: suspension}
  notice: {zh: 公告, en: public notice}
phases:
  work: {title: {zh: 办理, en: work}}
modes:
  done: {zh: 完毕, en: done}
  lost: {zh: 终结, en: lost}
initial: fresh
states:
  fresh: {title: {zh: 新收, en: fresh}, phase: work}
  noticed: {title: {zh: 已通知, en: noticed}, phase: work}
  overdue: {title: {zh: 逾期, en: overdue}, phase: work}
  resting: {title: {zh: 中止, en: resting}}
  done: {title: {zh: 完毕, en: done}, closes: done}
  lost: {title: {zh: 终结, en: lost}, closes: lost}
transitions:
  - {trigger: notify, title: {zh: 通知, en: notify}, from: fresh, to: noticed, by: officer, documents: notice, needs: amount}
  - {trigger: lapse, title: {zh: 届满, en: lapse}, from: noticed, to: overdue, by: clock}
  - {trigger: pay, title: {zh: 付款, en: pay}, from: {phases: work}, to: stay, by: officer, needs: paid, when: case.paid >= money("0")}
  - {trigger: clue, title: {zh: 线索, en: clue}, from: {phases: work}, to: stay, by: officer, needs: clue}
  - {trigger: check_clue, title: {zh: 核查, en: check}, from: {phases: work}, to: stay, by: officer, needs: clue}
  - {trigger: rest, title: {zh: 中止, en: rest}, from: {phases: work}, to: resting, by: officer}
  - {trigger: resume, title: {zh: 恢复, en: resume}, from: resting, to: return, by: officer}
  - {trigger: propose, title: {zh: 提请, en: propose}, from: {phases: work}, to: stay, by: [officer, chief]}
  - trigger: finish
    title: {zh: 结案, en: finish}
    from: [noticed, overdue]
    to: done
    by: chief
    not_by_who: propose
    when: case.paid >= case.amount
    otherwise: {zh: 尚未付清, en: not everything is paid}
  - {trigger: give_up, title: {zh: 终结, en: give up}, from: [fresh, noticed, overdue], to: lost, by: chief}
suspensions:
  - {states: resting, ground: rest}
deadlines:
  answer:
    title: {zh: 答复, en: answer}
    starts: {entering: fresh}
    length: 7
    unit: day
    warn: [3d, 1d]
    met_by: notify
    on_expiry: {alert: officer, escalate: [chief], every: 2d}
  payment:
    title: {zh: 付款期限, en: payment}
    starts: {entering: noticed}
    length: due_days
    unit: day
    deducts: notice
    extension: {by: chief, length: 5, unit: day, times: 1}
    on_expiry: {fire: lapse}
  clue_check:
    title: {zh: 核查线索, en: check the clue}
    starts: {on: clue}
    keyed_by: clue
    length: 3
    unit: day
    met_by: check_clue
    pauses: false
    on_expiry: {alert: officer}
  not_yet:
    title: {zh: 一个月内不得终结, en: a month before giving up}
    starts: {entering: fresh}
    length: 1
    unit: month
    counting: minimum
    expires: start-of-day
    gates: give_up
', '2025-03-03 01:00:00+00');
INSERT INTO public.zx_definitions VALUES ('1e81778edcf3967dc4ff516356d412e32606e66e1e30ebe759120b3efc0a58ff', 'sanction', '1', '2024-01-01', '
id: sanction
title: {zh: 惩戒, en: sanction}
version: 1
effective: 2024-01-01
roles:
  officer: {title: {zh: 承办人, en: officer}}
  clerk: {title: {zh: 书记员, en: clerk}}
  panel: {title: {zh: 合议庭, en: panel}}
  president: {title: {zh: 院长, en: president}}
  debtor: {title: {zh: 被执行人, en: debtor}, party: true}
data:
  kind: {type: choice, choices: {person: {zh: 个人, en: person}, company: {zh: 单位, en: company}}, title: {zh: 对象, en: kind}}
  amount: {type: money, visible_to: debtor, title: {zh: 金额, en: amount}}
  name: {type: text, visible_to: debtor, masked: true, title: {zh: 姓名, en: name}}
  inner: {type: text, title: {zh: 内部意见, en: inner note}}
  days: {type: number, title: {zh: 缴纳期限, en: days to pay}}
  reason: {type: text, title: {zh: 理由, en: reason}}
documents:
  decision: {visible_to: debtor, title: {zh: 决定书, en: decision}}
  memo: {title: {zh: 审查报告, en: memo}}
modes: {paid: {zh: 已缴, en: paid}, dropped: {zh: 不予惩戒, en: dropped}}
initial: draft
states:
  draft: {title: {zh: 草拟, en: draft}}
  decided: {title: {zh: 已决定, en: decided}, visible_to: debtor}
  paid: {title: {zh: 已缴, en: paid}, closes: paid, visible_to: debtor}
  dropped: {title: {zh: 不予惩戒, en: dropped}, closes: dropped}
sub_procedures:
  part: {title: {zh: 分期, en: instalment}, procedure: instalment, fields: {paid: money}, states: [waiting], passes: {share: amount}}
approvals:
  fine:
    title: {zh: 罚款审批, en: approval of a fine}
    steps: [{by: panel, votes: 2, of: 3}, {by: president}]
checklists:
  fine:
    title: {zh: 罚款要件, en: what a fine needs}
    items:
      memo: {title: {zh: 审查报告在卷, en: memo on file}, documents: memo}
      limit: {title: {zh: 不超过法定上限, en: within the limit}, when: ''case.amount <= money("100000") || case.kind == "company"''}
forms:
  fine:
    title: {zh: 罚款审批表, en: fine}
    fields:
      kind: {required: true}
      amount: {required: true}
      reason: {required_when: ''case.amount > money("50000")''}
tables:
  days:
    title: {zh: 缴纳期限, en: days to pay}
    rows: [{when: ''case.kind == "company"'', is: 30}, {when: ''case.amount > money("50000")'', is: 20}]
    otherwise: 10
tasks:
  serve: {title: {zh: 送达, en: serve}, starts: {entering: decided}, offered_to: [clerk, officer], done_by: served}
transitions:
  - {trigger: note, title: {zh: 记录, en: note}, from: any, to: stay, by: officer}
  - {trigger: fine, title: {zh: 罚款, en: fine}, from: draft, to: decided, by: officer, form: fine, documents: decision, checklist: fine, approval: fine, if_refused: drop, sets: {days: {table: days}}}
  - {trigger: drop, title: {zh: 不予惩戒, en: drop}, from: draft, to: dropped, by: [officer, procedure]}
  - {trigger: served, title: {zh: 送达, en: served}, from: decided, to: stay, by: [clerk, officer]}
  - {trigger: split, title: {zh: 分期, en: split}, from: decided, to: stay, by: officer, opens: part}
  - {trigger: close, title: {zh: 缴清, en: close}, from: decided, to: paid, by: officer, when: part.at.waiting == 0 && part.count == 2 && part.latest.paid >= money("10")}
deadlines:
  decide: {title: {zh: 审批期限, en: time to decide}, starts: {proposing: fine}, length: 7, unit: day, met_by: fine}
  pay: {title: {zh: 缴纳期限, en: time to pay}, starts: {entering: decided}, length: days, unit: day, met_by: close}
', '2025-03-03 01:00:00+00');
INSERT INTO public.zx_history VALUES ('fresh', 1, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "100.50"}', '[{"due": "2025-03-10", "what": "armed", "deadline": "answer"}, {"due": "2025-04-03", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 1, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "100.00"}', '[{"due": "2025-03-10", "what": "armed", "deadline": "answer"}, {"due": "2025-04-03", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 2, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'event', 'notify', 'li', '["officer"]', 'fresh', 'noticed', '{}', '[{"due": "2025-03-10", "what": "met", "deadline": "answer"}, {"due": "2025-03-13", "what": "armed", "deadline": "payment"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 3, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'event', 'clue', 'li', '["officer"]', 'noticed', 'noticed', '{"clue": "car"}', '[{"due": "2025-03-06", "key": "car", "what": "armed", "deadline": "clue_check"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 4, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'deduction', '', 'li', '["officer"]', 'noticed', 'noticed', '{"deduction": ["notice", "2025-03-04", "2025-03-06", "n-1"]}', '[{"due": "2025-03-17", "what": "recomputed", "deadline": "payment"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 5, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'extension', '', 'sun', '["chief"]', 'noticed', 'noticed', '{"extension": ["payment", 5, "day", "sun", "d-1"]}', '[{"due": "2025-03-20", "what": "recomputed", "deadline": "payment"}]', '');
INSERT INTO public.zx_history VALUES ('resting', 1, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "1.00"}', '[{"due": "2025-03-10", "what": "armed", "deadline": "answer"}, {"due": "2025-04-03", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('resting', 2, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'event', 'rest', 'li', '["officer"]', 'fresh', 'resting', '{}', '[{"due": null, "what": "paused", "deadline": "answer"}, {"due": null, "what": "paused", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('closed', 1, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "1.00"}', '[{"due": "2025-03-10", "what": "armed", "deadline": "answer"}, {"due": "2025-04-03", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('fresh', 2, '2025-03-07 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('fresh', 3, '2025-03-09 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('fresh', 4, '2025-03-10 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "expired", "deadline": "answer"}, {"due": "2025-03-10", "what": "escalated:chief", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('fresh', 5, '2025-04-02 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-03", "what": "opened", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 6, '2025-03-06 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'noticed', 'noticed', '{}', '[{"due": "2025-03-06", "key": "car", "what": "expired", "deadline": "clue_check"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 7, '2025-03-20 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'noticed', 'noticed', '{}', '[{"due": "2025-03-20", "what": "expired", "deadline": "payment"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 8, '2025-03-20 16:00:00+00', '2025-04-10 01:00:00+00', 'event', 'lapse', 'clock', '["clock"]', 'noticed', 'overdue', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('noticed', 9, '2025-04-02 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'overdue', 'overdue', '{}', '[{"due": "2025-04-03", "what": "opened", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('closed', 2, '2025-03-07 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('closed', 3, '2025-03-09 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('closed', 4, '2025-03-10 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "expired", "deadline": "answer"}, {"due": "2025-03-10", "what": "escalated:chief", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('closed', 5, '2025-04-02 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-03", "what": "opened", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('closed', 6, '2025-04-10 01:00:00+00', '2025-04-10 01:00:00+00', 'event', 'give_up', 'sun', '["chief"]', 'fresh', 'lost', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('late', 1, '2025-04-10 01:00:00+00', '2025-04-10 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "7.00"}', '[{"due": "2025-04-17", "what": "armed", "deadline": "answer"}, {"due": "2025-05-10", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('late', 2, '2025-04-14 16:00:00+00', '2025-04-20 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-17", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('late', 3, '2025-04-16 16:00:00+00', '2025-04-20 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-17", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('late', 4, '2025-04-17 16:00:00+00', '2025-04-20 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-17", "what": "expired", "deadline": "answer"}, {"due": "2025-04-17", "what": "escalated:chief", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('sanction', 1, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'draft', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('sanction', 2, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'event', 'note', 'li', '["officer"]', 'draft', 'draft', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('sanction', 3, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'proposed', 'fine', 'li', '["officer"]', 'draft', 'draft', '{"proposed": {"kind": "person", "amount": "500.00"}}', '[{"task": "fine", "what": "offered"}, {"due": "2025-04-27", "what": "armed", "deadline": "decide"}]', '');
INSERT INTO public.zx_history VALUES ('sanction', 4, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'vote', 'fine', 'wang', '["panel"]', 'draft', 'draft', '{"ballots": [["wang", "panel", "2025-04-20T01:00:00+00:00", "for", ""]]}', '[]', '');
INSERT INTO public.zx_publications VALUES (1, 'instalment', NULL, 'e50a742db0d5947c06874e3fde187b6d5f031de3ccefb8071c0787bed6e6bc67', '1', '2024-01-01', 'published', 'li', '2025-04-20 01:00:00+00', 'sun', '2025-04-20 01:00:00+00', '', NULL, '');
INSERT INTO public.zx_tasks VALUES ('sanction.3.t0', 'sanction', 'approval', 'fine', 'panel', 'offered', '', '2025-04-20 01:00:00+00', NULL, NULL);
SELECT pg_catalog.setval('public.zx_incidents_id_seq', 1, false);
SELECT pg_catalog.setval('public.zx_publications_id_seq', 1, true);
ALTER TABLE ONLY public.zx_alembic_version
    ADD CONSTRAINT zx_alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.zx_alerts
    ADD CONSTRAINT zx_alerts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.zx_cases
    ADD CONSTRAINT zx_cases_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.zx_deadlines
    ADD CONSTRAINT zx_deadlines_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.zx_definitions
    ADD CONSTRAINT zx_definitions_pkey PRIMARY KEY (hash);
ALTER TABLE ONLY public.zx_history
    ADD CONSTRAINT zx_history_pkey PRIMARY KEY (case_id, seq);
ALTER TABLE ONLY public.zx_inbox
    ADD CONSTRAINT zx_inbox_pkey PRIMARY KEY (source, message_id);
ALTER TABLE ONLY public.zx_incidents
    ADD CONSTRAINT zx_incidents_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.zx_outbox
    ADD CONSTRAINT zx_outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.zx_publications
    ADD CONSTRAINT zx_publications_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.zx_tasks
    ADD CONSTRAINT zx_tasks_pkey PRIMARY KEY (id);
CREATE INDEX zx_alerts_case ON public.zx_alerts USING btree (case_id);
CREATE INDEX zx_alerts_unseen ON public.zx_alerts USING btree (at) WHERE (seen_by IS NULL);
CREATE INDEX zx_cases_officer ON public.zx_cases USING btree (officer);
CREATE INDEX zx_cases_parent ON public.zx_cases USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX zx_cases_state ON public.zx_cases USING btree (procedure, state);
CREATE INDEX zx_cases_wake ON public.zx_cases USING btree (wake_at) WHERE (wake_at IS NOT NULL);
CREATE INDEX zx_deadlines_case ON public.zx_deadlines USING btree (case_id, live);
CREATE INDEX zx_deadlines_due ON public.zx_deadlines USING btree (due_at) WHERE live;
CREATE INDEX zx_incidents_open ON public.zx_incidents USING btree (at) WHERE (resolved_at IS NULL);
CREATE INDEX zx_outbox_case ON public.zx_outbox USING btree (case_id);
CREATE INDEX zx_outbox_due ON public.zx_outbox USING btree (send_at) WHERE (send_at IS NOT NULL);
CREATE INDEX zx_publications_current ON public.zx_publications USING btree (procedure, status, effective);
CREATE INDEX zx_tasks_case ON public.zx_tasks USING btree (case_id);
CREATE INDEX zx_tasks_open ON public.zx_tasks USING btree (pool, offered_at) WHERE (ended_at IS NULL);
CREATE INDEX zx_tasks_person ON public.zx_tasks USING btree (claimed_by) WHERE (ended_at IS NULL);
ALTER TABLE ONLY public.zx_alerts
    ADD CONSTRAINT zx_alerts_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.zx_cases(id);
ALTER TABLE ONLY public.zx_cases
    ADD CONSTRAINT zx_cases_definition_hash_fkey FOREIGN KEY (definition_hash) REFERENCES public.zx_definitions(hash);
ALTER TABLE ONLY public.zx_cases
    ADD CONSTRAINT zx_cases_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.zx_cases(id);
ALTER TABLE ONLY public.zx_deadlines
    ADD CONSTRAINT zx_deadlines_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.zx_cases(id);
ALTER TABLE ONLY public.zx_history
    ADD CONSTRAINT zx_history_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.zx_cases(id);
ALTER TABLE ONLY public.zx_inbox
    ADD CONSTRAINT zx_inbox_outbox_id_fkey FOREIGN KEY (outbox_id) REFERENCES public.zx_outbox(id);
ALTER TABLE ONLY public.zx_outbox
    ADD CONSTRAINT zx_outbox_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.zx_cases(id);
ALTER TABLE ONLY public.zx_publications
    ADD CONSTRAINT zx_publications_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.zx_cases(id);
ALTER TABLE ONLY public.zx_publications
    ADD CONSTRAINT zx_publications_definition_hash_fkey FOREIGN KEY (definition_hash) REFERENCES public.zx_definitions(hash);
ALTER TABLE ONLY public.zx_tasks
    ADD CONSTRAINT zx_tasks_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.zx_cases(id);
