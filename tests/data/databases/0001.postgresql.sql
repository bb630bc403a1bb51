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
ALTER TABLE ONLY public.zx_incidents ALTER COLUMN id SET DEFAULT nextval('public.zx_incidents_id_seq'::regclass);
INSERT INTO public.zx_alembic_version VALUES ('0001');
INSERT INTO public.zx_alerts VALUES ('6e5e5cf8e6bb411783706d64c07ea3f5', 'fresh', 'fresh.1.0', 'answer', 'warning', '["officer"]', 'li', '2025-03-07 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('b3782aff2d6649fd81389ab64108202c', 'fresh', 'fresh.1.0', 'answer', 'warning', '["officer"]', 'li', '2025-03-09 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('d2299c960302422bac9b457af54046b3', 'fresh', 'fresh.1.0', 'answer', 'expired', '["officer"]', 'li', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('19788d2001054a118817b526bc3e4efe', 'fresh', 'fresh.1.0', 'answer', 'escalated', '["chief"]', 'li', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('a6674196a79943bc886e89e282f2390a', 'noticed', 'noticed.3.0', 'clue_check', 'expired', '["officer"]', 'li', '2025-03-06 16:00:00+00', '2025-03-06', NULL);
INSERT INTO public.zx_alerts VALUES ('3f648bbcf37e4ad0a6601be38f25bc40', 'closed', 'closed.1.0', 'answer', 'warning', '["officer"]', '', '2025-03-07 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('bfb9b4f2934342aab8cac92b32d5d1e6', 'closed', 'closed.1.0', 'answer', 'warning', '["officer"]', '', '2025-03-09 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('a4b7595f3444484686d9147408abcd4d', 'closed', 'closed.1.0', 'answer', 'expired', '["officer"]', '', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('4ff2b2ac784d44358ca1c3d1866fb3e4', 'closed', 'closed.1.0', 'answer', 'escalated', '["chief"]', '', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('19d66044463d4fffa22b63968fcac118', 'late', 'late.1.0', 'answer', 'warning', '["officer"]', '', '2025-04-14 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_alerts VALUES ('dbd7d79ad0d64b3bb6038808d825cc4f', 'late', 'late.1.0', 'answer', 'warning', '["officer"]', '', '2025-04-16 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_alerts VALUES ('8870a1a60c0a4a4790dcb9619413059c', 'late', 'late.1.0', 'answer', 'expired', '["officer"]', '', '2025-04-17 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_alerts VALUES ('2a832e429353436195babc165d68373b', 'late', 'late.1.0', 'answer', 'escalated', '["chief"]', '', '2025-04-17 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_cases VALUES ('resting', 'loan', 'f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'resting', 2, '', '', '', '{"paid": "0.00", "amount": "1.00", "due_days": 10}', '{"origins": ["fresh"], "deductions": [["2025-03-03", null, "rest", ""]]}', '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('fresh', 'loan', 'f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'fresh', 5, '（2025）执1号', 'jiayu', 'li', '{"paid": "0.00", "amount": "100.50", "due_days": 10}', '{}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('noticed', 'loan', 'f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'overdue', 9, '', '', 'li', '{"clue": "car", "paid": "0.00", "amount": "100.00", "due_days": 10}', '{"documents": {"notice": ["n-1"]}, "deductions": [["2025-03-04", "2025-03-06", "notice", "n-1"]]}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('closed', 'loan', 'f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'lost', 6, '', '', '', '{"paid": "0.00", "amount": "1.00", "due_days": 10}', '{}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', '2025-04-10 01:00:00+00', 'lost', NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('late', 'loan', 'f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0', 'fresh', 4, '', '', '', '{"paid": "0.00", "amount": "7.00", "due_days": 10}', '{}', '2025-04-10 01:00:00+00', '2025-04-20 01:00:00+00', NULL, NULL, '2025-05-09 16:00:00+00', NULL, NULL);
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
SELECT pg_catalog.setval('public.zx_incidents_id_seq', 1, false);
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
