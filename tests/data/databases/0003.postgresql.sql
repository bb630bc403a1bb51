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
    particulars jsonb CONSTRAINT zx_cases_extra_not_null NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    closing_mode character varying(64),
    wake_at timestamp with time zone,
    parent_id character varying(100),
    sub_procedure character varying(64)
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
INSERT INTO public.zx_alembic_version VALUES ('0003');
INSERT INTO public.zx_alerts VALUES ('57b101b3e4ab4f989d4df8693b58f237', 'fresh', 'fresh.1.0', 'answer', 'warning', '["officer"]', 'li', '2025-03-09 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('0c6d8a922d63482cbd9f9efc414fa7e1', 'fresh', 'fresh.1.0', 'answer', 'expired', '["officer"]', 'li', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('27e74ab697cc423380639a0bedeac6e5', 'fresh', 'fresh.1.0', 'answer', 'escalated', '["chief"]', 'li', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('f967563478c44761acb684aa1963256f', 'noticed', 'noticed.3.0', 'clue_check', 'expired', '["officer"]', 'li', '2025-03-06 16:00:00+00', '2025-03-06', NULL);
INSERT INTO public.zx_alerts VALUES ('b0b2c96a56ca4922afe84c43cacab3a5', 'closed', 'closed.1.0', 'answer', 'warning', '["officer"]', '', '2025-03-07 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('b57bcbc34a294001b10d9c537a6ea01e', 'closed', 'closed.1.0', 'answer', 'warning', '["officer"]', '', '2025-03-09 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('a2d2c34e6f4d4be6992125e14cf11506', 'closed', 'closed.1.0', 'answer', 'expired', '["officer"]', '', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('b398a316d67c4cad870be0a19b651f5c', 'closed', 'closed.1.0', 'answer', 'escalated', '["chief"]', '', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('43128d7fb7334781864e693ff1018ced', 'elsewhere', 'elsewhere.1.0', 'answer', 'warning', '["officer"]', 'zhou', '2025-03-07 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('cf1d248ae2fa4e468c312cf9c7a1cdb0', 'elsewhere', 'elsewhere.1.0', 'answer', 'warning', '["officer"]', 'zhou', '2025-03-09 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('0ecf7780035747bf8a03705e70a47097', 'elsewhere', 'elsewhere.1.0', 'answer', 'expired', '["officer"]', 'zhou', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('e44afd231c524ea6911260c0d7c1e96c', 'elsewhere', 'elsewhere.1.0', 'answer', 'escalated', '["chief"]', 'zhou', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('e5fca3a15bd645faab30e8b68c898620', 'shut', 'shut.1.0', 'answer', 'warning', '["officer"]', 'zhou', '2025-03-07 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('52484d80022d48aba3dbbca580317fe2', 'shut', 'shut.1.0', 'answer', 'warning', '["officer"]', 'zhou', '2025-03-09 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('e490cd6549894a31a17b18fd61444e3a', 'shut', 'shut.1.0', 'answer', 'expired', '["officer"]', 'zhou', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('ad185be4d1a845de8c6115ea64edc2a4', 'shut', 'shut.1.0', 'answer', 'escalated', '["chief"]', 'zhou', '2025-03-10 16:00:00+00', '2025-03-10', NULL);
INSERT INTO public.zx_alerts VALUES ('5f18b7c97c964411b2ab648cfbff7201', 'again', 'again.1.0', 'answer', 'warning', '["officer"]', 'li', '2025-03-08 16:00:00+00', '2025-03-11', NULL);
INSERT INTO public.zx_alerts VALUES ('0d432d1db46a4aecaa3b355ff6d143d7', 'again', 'again.1.0', 'answer', 'warning', '["officer"]', 'li', '2025-03-10 16:00:00+00', '2025-03-11', NULL);
INSERT INTO public.zx_alerts VALUES ('29aad34b700f40cdb350fc213f493849', 'again', 'again.1.0', 'answer', 'expired', '["officer"]', 'li', '2025-03-11 16:00:00+00', '2025-03-11', NULL);
INSERT INTO public.zx_alerts VALUES ('ab6d525af8714d3abb9926942367faad', 'again', 'again.1.0', 'answer', 'escalated', '["chief"]', 'li', '2025-03-11 16:00:00+00', '2025-03-11', NULL);
INSERT INTO public.zx_alerts VALUES ('9a065ff2499b44eebb9208bf9035227a', 'unassigned', 'unassigned.1.0', 'answer', 'warning', '["officer"]', 'wu', '2025-03-08 16:00:00+00', '2025-03-11', NULL);
INSERT INTO public.zx_alerts VALUES ('5c0ac637d11644bf8baf408d223d92e9', 'unassigned', 'unassigned.1.0', 'answer', 'warning', '["officer"]', 'wu', '2025-03-10 16:00:00+00', '2025-03-11', NULL);
INSERT INTO public.zx_alerts VALUES ('a5a36fbd79aa4bdd8a7a8bc9a5557d75', 'unassigned', 'unassigned.1.0', 'answer', 'expired', '["officer"]', 'wu', '2025-03-11 16:00:00+00', '2025-03-11', NULL);
INSERT INTO public.zx_alerts VALUES ('07452e7188fb4b0bbd9519d9f3bc1311', 'unassigned', 'unassigned.1.0', 'answer', 'escalated', '["chief"]', 'wu', '2025-03-11 16:00:00+00', '2025-03-11', NULL);
INSERT INTO public.zx_alerts VALUES ('08bfce52558a4c15a6d15c61cbbc9579', 'late', 'late.1.0', 'answer', 'warning', '["officer"]', '', '2025-04-14 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_alerts VALUES ('962e5ab9417f40fa9990b6208bc87251', 'late', 'late.1.0', 'answer', 'warning', '["officer"]', '', '2025-04-16 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_alerts VALUES ('73e85e7b84cb4fb1bbec3c0f61985e0f', 'late', 'late.1.0', 'answer', 'expired', '["officer"]', '', '2025-04-17 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_alerts VALUES ('853be0ef5a644ef19f04baf36fdfbcba', 'late', 'late.1.0', 'answer', 'escalated', '["chief"]', '', '2025-04-17 16:00:00+00', '2025-04-17', NULL);
INSERT INTO public.zx_alerts VALUES ('4cbb660225634f278270a8178c2f4aaf', 'fresh', 'fresh.1.0', 'answer', 'warning', '["officer"]', 'li', '2025-03-07 16:00:00+00', '2025-03-10', 'li');
INSERT INTO public.zx_cases VALUES ('sanction', 'sanction', '48e290f771e00da407875522a058e7e338722cea826b3841b790f791faf24cdc', 'draft', 4, '', '', '', '{}', '{"tasks": [["sanction.3.t0", "approval", "fine", ["panel"], "2025-04-20T01:00:00+00:00", "offered", "", null]], "documents": {"memo": ["m"]}, "proposals": [{"at": "2025-04-20T01:00:00+00:00", "to": "decided", "data": {"kind": "person", "amount": "500.00"}, "note": "", "step": 0, "roles": ["officer"], "person": "li", "ballots": [["wang", "panel", "2025-04-20T01:00:00+00:00", true, ""]], "trigger": "fine", "approval": "fine", "documents": {"decision": "d"}, "step_began": 0}]}', '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', NULL, NULL, '2025-04-27 16:00:00+00', NULL, NULL);
INSERT INTO public.zx_cases VALUES ('resting', 'loan', 'ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383', 'resting', 2, '', '', '', '{"paid": "0.00", "amount": "1.00", "due_days": 10}', '{"origins": ["fresh"], "deductions": [["2025-03-03", null, "rest", ""]]}', '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('fresh', 'loan', 'ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383', 'fresh', 5, '（2025）执1号', 'jiayu', 'li', '{"paid": "0.00", "amount": "100.50", "due_days": 10}', '{}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('noticed', 'loan', 'ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383', 'overdue', 9, '', '', 'li', '{"clue": "car", "paid": "0.00", "amount": "100.00", "due_days": 10}', '{"documents": {"notice": ["n-1"]}, "deductions": [["2025-03-04", "2025-03-06", "notice", "n-1"]]}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('elsewhere', 'loan', 'ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383', 'fresh', 5, '（2025）执1号', 'haidian', 'zhou', '{"paid": "0.00", "amount": "5.00", "due_days": 10}', '{}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('again', 'loan', 'ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383', 'fresh', 5, '(2025)执1号', 'jiayu', 'li', '{"paid": "0.00", "amount": "7.00", "due_days": 10}', '{}', '2025-03-04 01:00:00+00', '2025-04-10 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('unassigned', 'loan', 'ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383', 'fresh', 6, '（2025）执3号', '', 'wu', '{"paid": "0.00", "amount": "8.00", "due_days": 10}', '{}', '2025-03-04 01:00:00+00', '2025-04-10 01:00:00+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('closed', 'loan', 'ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383', 'lost', 6, '', '', '', '{"paid": "0.00", "amount": "1.00", "due_days": 10}', '{}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', '2025-04-10 01:00:00+00', 'lost', NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('shut', 'loan', 'ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383', 'lost', 6, '（2025）执2号', 'haidian', 'zhou', '{"paid": "0.00", "amount": "6.00", "due_days": 10}', '{}', '2025-03-03 01:00:00+00', '2025-04-10 01:00:00+00', '2025-04-10 01:00:00+00', 'lost', NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('late', 'loan', 'ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383', 'fresh', 4, '', '', '', '{"paid": "0.00", "amount": "7.00", "due_days": 10}', '{}', '2025-04-10 01:00:00+00', '2025-04-20 01:00:00+00', NULL, NULL, '2025-05-09 16:00:00+00', NULL, NULL);
INSERT INTO public.zx_cases VALUES ('000000090000994cb4208ffb50e99008', 'instalment', '88f875971bc8ab0f97f49427bc69ada3857177eeb3258825e34a04c0064bf840', 'waiting', 1, '（2025）执4号', 'haidian', 'li', '{"share": "500.00"}', '{}', '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', NULL, NULL, NULL, 'split', 'part');
INSERT INTO public.zx_cases VALUES ('split', 'sanction', '48e290f771e00da407875522a058e7e338722cea826b3841b790f791faf24cdc', 'decided', 9, '（2025）执4号', 'haidian', 'li', '{"days": 10, "kind": "person", "amount": "500.00"}', '{"tasks": [["split.6.t1", "task", "serve", ["clerk", "officer"], "2025-04-20T01:00:00+00:00", "claimed", "zhou", "2025-04-20T01:00:00+00:00"]], "documents": {"memo": ["m"], "decision": ["d"]}}', '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', NULL, NULL, '2025-04-30 16:00:00+00', NULL, NULL);
INSERT INTO public.zx_cases VALUES ('000000080000012a6702480957ecb535', 'instalment', '88f875971bc8ab0f97f49427bc69ada3857177eeb3258825e34a04c0064bf840', 'done', 2, '（2025）执4号', 'haidian', 'li', '{"paid": "10.00", "share": "500.00"}', '{}', '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'done', NULL, 'split', 'part');
INSERT INTO public.zx_cases VALUES ('asked', 'asking', '3c593eeb5f215b0fcf375d803b6828e54684fa5c3711ea304cb3684741927ae4', 'done', 3, '', 'jiayu', '', '{"found": "40.00"}', '{}', '2025-04-20 01:00:00+00', '2025-04-20 01:00:01+00', '2025-04-20 01:00:01+00', 'done', NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('failed', 'asking', '3c593eeb5f215b0fcf375d803b6828e54684fa5c3711ea304cb3684741927ae4', 'asked', 2, '', 'haidian', '', '{}', '{}', '2025-04-20 01:00:01+00', '2025-04-20 01:00:01+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('refused', 'asking', '3c593eeb5f215b0fcf375d803b6828e54684fa5c3711ea304cb3684741927ae4', 'asked', 2, '', 'haidian', '', '{}', '{}', '2025-04-20 01:00:02+00', '2025-04-20 01:00:02+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('waiting', 'asking', '3c593eeb5f215b0fcf375d803b6828e54684fa5c3711ea304cb3684741927ae4', 'asked', 2, '', '', '', '{}', '{}', '2025-04-20 01:00:03+00', '2025-04-20 01:00:03+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.zx_cases VALUES ('redesigned', 'loan', '65fe739b1bc3587fc099877971b003084c4f5a65e30590f97f5d72daa4b9fee2', 'fresh', 2, '（2025）执5号', 'haidian', 'li', '{"paid": "0.00", "amount": "9.00", "due_days": 10}', '{}', '2025-04-20 01:00:03+00', '2025-04-20 01:00:03+00', NULL, NULL, '2025-04-24 16:00:00+00', NULL, NULL);
INSERT INTO public.zx_deadlines VALUES ('noticed.1.0', 'noticed', 'answer', '', 'met', false, '2025-03-03 01:00:00+00', '2025-03-10', '2025-03-10 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', '2025-03-03 01:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('resting.1.0', 'resting', 'answer', '', 'paused', true, '2025-03-03 01:00:00+00', NULL, NULL, NULL, 0, 0, 1, false, '8db0bd3bf157', '', '[]', NULL);
INSERT INTO public.zx_deadlines VALUES ('resting.1.1', 'resting', 'not_yet', '', 'paused', true, '2025-03-03 01:00:00+00', NULL, NULL, NULL, 0, 0, 1, false, '8db0bd3bf157', '', '[]', NULL);
INSERT INTO public.zx_deadlines VALUES ('fresh.1.0', 'fresh', 'answer', '', 'expired', true, '2025-03-03 01:00:00+00', '2025-03-10', '2025-03-10 16:00:00+00', NULL, 2, 1, 1, false, '8db0bd3bf157', 'li', '[]', '2025-03-10 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('fresh.1.1', 'fresh', 'not_yet', '', 'opened', false, '2025-03-03 01:00:00+00', '2025-04-03', '2025-04-02 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', '2025-04-02 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('noticed.3.0', 'noticed', 'clue_check', 'car', 'expired', true, '2025-03-03 01:00:00+00', '2025-03-06', '2025-03-06 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', '2025-03-06 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('noticed.2.0', 'noticed', 'payment', '', 'expired', false, '2025-03-03 01:00:00+00', '2025-03-20', '2025-03-20 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[[5, "day", "sun", "d-1"]]', '2025-03-20 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('noticed.1.1', 'noticed', 'not_yet', '', 'opened', false, '2025-03-03 01:00:00+00', '2025-04-03', '2025-04-02 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', '2025-04-02 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('closed.1.1', 'closed', 'not_yet', '', 'opened', false, '2025-03-03 01:00:00+00', '2025-04-03', '2025-04-02 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', '', '[]', '2025-04-02 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('elsewhere.1.0', 'elsewhere', 'answer', '', 'expired', true, '2025-03-03 01:00:00+00', '2025-03-10', '2025-03-10 16:00:00+00', NULL, 2, 1, 1, false, '8db0bd3bf157', 'zhou', '[]', '2025-03-10 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('elsewhere.1.1', 'elsewhere', 'not_yet', '', 'opened', false, '2025-03-03 01:00:00+00', '2025-04-03', '2025-04-02 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'zhou', '[]', '2025-04-02 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('shut.1.1', 'shut', 'not_yet', '', 'opened', false, '2025-03-03 01:00:00+00', '2025-04-03', '2025-04-02 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'zhou', '[]', '2025-04-02 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('again.1.0', 'again', 'answer', '', 'expired', true, '2025-03-04 01:00:00+00', '2025-03-11', '2025-03-11 16:00:00+00', NULL, 2, 1, 1, false, '8db0bd3bf157', 'li', '[]', '2025-03-11 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('again.1.1', 'again', 'not_yet', '', 'opened', false, '2025-03-04 01:00:00+00', '2025-04-04', '2025-04-03 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', '2025-04-03 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('unassigned.1.0', 'unassigned', 'answer', '', 'expired', true, '2025-03-04 01:00:00+00', '2025-03-11', '2025-03-11 16:00:00+00', NULL, 2, 1, 1, false, '8db0bd3bf157', 'wu', '[]', '2025-03-11 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('unassigned.1.1', 'unassigned', 'not_yet', '', 'opened', false, '2025-03-04 01:00:00+00', '2025-04-04', '2025-04-03 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'wu', '[]', '2025-04-03 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('closed.1.0', 'closed', 'answer', '', 'expired', false, '2025-03-03 01:00:00+00', '2025-03-10', '2025-03-10 16:00:00+00', NULL, 2, 1, 1, false, '8db0bd3bf157', '', '[]', '2025-04-10 01:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('shut.1.0', 'shut', 'answer', '', 'expired', false, '2025-03-03 01:00:00+00', '2025-03-10', '2025-03-10 16:00:00+00', NULL, 2, 1, 1, false, '8db0bd3bf157', 'zhou', '[]', '2025-04-10 01:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('late.1.1', 'late', 'not_yet', '', 'running', true, '2025-04-10 01:00:00+00', '2025-05-10', '2025-05-09 16:00:00+00', '2025-05-09 16:00:00+00', 0, 0, 1, false, '8db0bd3bf157', '', '[]', NULL);
INSERT INTO public.zx_deadlines VALUES ('late.1.0', 'late', 'answer', '', 'expired', true, '2025-04-10 01:00:00+00', '2025-04-17', '2025-04-17 16:00:00+00', NULL, 2, 1, 1, false, '8db0bd3bf157', '', '[]', '2025-04-17 16:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('sanction.3.0', 'sanction', 'decide', '', 'running', true, '2025-04-20 01:00:00+00', '2025-04-27', '2025-04-27 16:00:00+00', '2025-04-27 16:00:00+00', 0, 0, 1, false, '8db0bd3bf157', '', '[]', NULL);
INSERT INTO public.zx_deadlines VALUES ('split.6.0', 'split', 'pay', '', 'running', true, '2025-04-20 01:00:00+00', '2025-04-30', '2025-04-30 16:00:00+00', '2025-04-30 16:00:00+00', 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', NULL);
INSERT INTO public.zx_deadlines VALUES ('split.3.0', 'split', 'decide', '', 'met', false, '2025-04-20 01:00:00+00', '2025-04-27', '2025-04-27 16:00:00+00', NULL, 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', '2025-04-20 01:00:00+00');
INSERT INTO public.zx_deadlines VALUES ('redesigned.1.0', 'redesigned', 'answer', '', 'running', true, '2025-04-20 01:00:03+00', '2025-04-27', '2025-04-27 16:00:00+00', '2025-04-24 16:00:00+00', 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', NULL);
INSERT INTO public.zx_deadlines VALUES ('redesigned.1.1', 'redesigned', 'not_yet', '', 'running', true, '2025-04-20 01:00:03+00', '2025-05-20', '2025-05-19 16:00:00+00', '2025-05-19 16:00:00+00', 0, 0, 1, false, '8db0bd3bf157', 'li', '[]', NULL);
INSERT INTO public.zx_definitions VALUES ('3c593eeb5f215b0fcf375d803b6828e54684fa5c3711ea304cb3684741927ae4', 'asking', '1', '2024-01-01', '
id: asking
title: {zh: 查询, en: inquiry}
version: "1"
effective: 2024-01-01
roles:
  officer: {title: {zh: 执行员, en: officer}}
data:
  found: {type: money, title: {zh: 余额, en: balance}}
modes:
  done: {zh: 完毕, en: done}
initial: fresh
states:
  fresh: {title: {zh: 新收, en: fresh}}
  asked: {title: {zh: 已查询, en: asked}}
  done: {title: {zh: 完毕, en: done}, closes: done}
transitions:
  - {trigger: ask, title: {zh: 查询, en: ask}, from: fresh, to: asked, by: officer, asks: inquiry}
  - {trigger: answered, title: {zh: 反馈, en: answered}, from: asked, to: done,
      by: [outside, officer]}
requests:
  inquiry:
    title: {zh: 查询, en: inquiry}
    operation: network.inquire
    sends: {bank: ICBC}
    answers: {answered: answered}
    takes: {found: found}
', '2025-03-03 01:00:00+00');
INSERT INTO public.zx_definitions VALUES ('ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383', 'loan', '1', '2024-01-01', '
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
  - {trigger: notify, title: {zh: 通知, en: notify}, from: fresh, to: noticed, by: officer,
      documents: notice, needs: amount}
  - {trigger: lapse, title: {zh: 届满, en: lapse}, from: noticed, to: overdue, by: clock}
  - {trigger: pay, title: {zh: 付款, en: pay}, from: {phases: work}, to: stay, by: officer,
      needs: paid, when: case.paid >= money("0")}
  - {trigger: clue, title: {zh: 线索, en: clue}, from: {phases: work}, to: stay, by: officer,
      needs: clue}
  - {trigger: check_clue, title: {zh: 核查, en: check}, from: {phases: work}, to: stay, by: officer,
      needs: clue}
  - {trigger: rest, title: {zh: 中止, en: rest}, from: {phases: work}, to: resting, by: officer}
  - {trigger: resume, title: {zh: 恢复, en: resume}, from: resting, to: return, by: officer}
  - {trigger: propose, title: {zh: 提请, en: propose}, from: {phases: work}, to: stay,
      by: [officer, chief]}
  - trigger: finish
    title: {zh: 结案, en: finish}
    from: [noticed, overdue]
    to: done
    by: chief
    not_by_who: propose
    when: case.paid >= case.amount
    otherwise: {zh: 尚未付清, en: not everything is paid}
  - {trigger: give_up, title: {zh: 终结, en: give up}, from: [fresh, noticed, overdue], to: lost,
      by: chief}
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
INSERT INTO public.zx_definitions VALUES ('48e290f771e00da407875522a058e7e338722cea826b3841b790f791faf24cdc', 'sanction', '1', '2024-01-01', '
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
  kind: {type: choice, choices: {person: {zh: 个人, en: person}, company: {zh: 单位, en: company}},
    title: {zh: 对象, en: kind}}
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
  part: {title: {zh: 分期, en: instalment}, procedure: instalment, fields: {paid: money},
    states: [waiting], passes: {share: amount}}
approvals:
  fine:
    title: {zh: 罚款审批, en: approval of a fine}
    steps: [{by: panel, votes: 2, of: 3}, {by: president}]
checklists:
  fine:
    title: {zh: 罚款要件, en: what a fine needs}
    items:
      memo: {title: {zh: 审查报告在卷, en: memo on file}, documents: memo}
      limit: {title: {zh: 不超过法定上限, en: within the limit},
        when: ''case.amount <= money("100000") || case.kind == "company"''}
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
  serve: {title: {zh: 送达, en: serve}, starts: {entering: decided}, offered_to: [clerk, officer],
    done_by: served}
transitions:
  - {trigger: note, title: {zh: 记录, en: note}, from: any, to: stay, by: officer}
  - {trigger: fine, title: {zh: 罚款, en: fine}, from: draft, to: decided, by: officer, form: fine,
      documents: decision, checklist: fine, approval: fine, if_refused: drop,
      sets: {days: {table: days}}}
  - {trigger: drop, title: {zh: 不予惩戒, en: drop}, from: draft, to: dropped,
      by: [officer, procedure]}
  - {trigger: served, title: {zh: 送达, en: served}, from: decided, to: stay, by: [clerk, officer]}
  - {trigger: split, title: {zh: 分期, en: split}, from: decided, to: stay, by: officer,
      opens: part}
  - {trigger: close, title: {zh: 缴清, en: close}, from: decided, to: paid, by: officer,
      when: part.at.waiting == 0 && part.count == 2 && part.latest.paid >= money("10")}
deadlines:
  decide: {title: {zh: 审批期限, en: time to decide}, starts: {proposing: fine}, length: 7,
    unit: day, met_by: fine}
  pay: {title: {zh: 缴纳期限, en: time to pay}, starts: {entering: decided}, length: days,
    unit: day, met_by: close}
', '2025-03-03 01:00:00+00');
INSERT INTO public.zx_definitions VALUES ('88f875971bc8ab0f97f49427bc69ada3857177eeb3258825e34a04c0064bf840', 'instalment', '1', '2024-01-01', '
id: instalment
title: {zh: 分期, en: instalment}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
data: {share: {type: money, title: {zh: 份额, en: share}}, paid: {type: money, title: {zh: 已缴,
  en: paid}}}
modes: {done: {zh: 已缴, en: done}}
initial: waiting
states: {waiting: {title: {zh: 待缴, en: waiting}}, done: {title: {zh: 已缴, en: done},
  closes: done}}
transitions:
  - {trigger: pay, title: {zh: 缴纳, en: pay}, from: waiting, to: done, by: officer, needs: paid}
', '2025-04-20 01:00:00+00');
INSERT INTO public.zx_definitions VALUES ('c04322a5833138c04ec456b834958dd038de8d948a92b8dd4cd053831f1c7cbc', 'loan', '2', '2024-01-01', '
id: loan
title: {zh: 催款, en: dunning}
version: 2
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
redesign_by: chief
initial: fresh
states:
  fresh: {title: {zh: 新收, en: fresh}, phase: work}
  noticed: {title: {zh: 已通知, en: noticed}, phase: work}
  overdue: {title: {zh: 逾期, en: overdue}, phase: work}
  resting: {title: {zh: 中止, en: resting}}
  done: {title: {zh: 完毕, en: done}, closes: done}
  lost: {title: {zh: 终结, en: lost}, closes: lost}
transitions:
  - {trigger: notify, title: {zh: 通知, en: notify}, from: fresh, to: noticed, by: officer,
      documents: notice, needs: amount}
  - {trigger: lapse, title: {zh: 届满, en: lapse}, from: noticed, to: overdue, by: clock}
  - {trigger: pay, title: {zh: 付款, en: pay}, from: {phases: work}, to: stay, by: officer,
      needs: paid, when: case.paid >= money("0")}
  - {trigger: clue, title: {zh: 线索, en: clue}, from: {phases: work}, to: stay, by: officer,
      needs: clue}
  - {trigger: check_clue, title: {zh: 核查, en: check}, from: {phases: work}, to: stay, by: officer,
      needs: clue}
  - {trigger: rest, title: {zh: 中止, en: rest}, from: {phases: work}, to: resting, by: officer}
  - {trigger: resume, title: {zh: 恢复, en: resume}, from: resting, to: return, by: officer}
  - {trigger: propose, title: {zh: 提请, en: propose}, from: {phases: work}, to: stay,
      by: [officer, chief]}
  - trigger: finish
    title: {zh: 结案, en: finish}
    from: [noticed, overdue]
    to: done
    by: chief
    not_by_who: propose
    when: case.paid >= case.amount
    otherwise: {zh: 尚未付清, en: not everything is paid}
  - {trigger: give_up, title: {zh: 终结, en: give up}, from: [fresh, noticed, overdue], to: lost,
      by: chief}
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
', '2025-04-20 01:00:03+00');
INSERT INTO public.zx_definitions VALUES ('65fe739b1bc3587fc099877971b003084c4f5a65e30590f97f5d72daa4b9fee2', 'loan', '2+c1.1', '2024-01-01', 'id: loan
title:
  zh: 催款
  en: dunning
version: 2+c1.1
effective: ''2024-01-01''
roles:
  officer:
    title:
      zh: 承办人
      en: officer
  chief:
    title:
      zh: 局长
      en: chief
data:
  amount:
    type: money
    title:
      zh: 金额
      en: amount
  paid:
    type: money
    default: 0
    title:
      zh: 已付
      en: paid
  clue:
    type: text
    title:
      zh: 线索
      en: clue
  due_days:
    type: number
    default: 10
    title:
      zh: 天数
      en: days
documents:
  notice:
    title:
      zh: 通知书
      en: notice
grounds:
  rest:
    zh: 中止
    en: suspension
  notice:
    zh: 公告
    en: public notice
phases:
  work:
    title:
      zh: 办理
      en: work
modes:
  done:
    zh: 完毕
    en: done
  lost:
    zh: 终结
    en: lost
redesign_by: chief
initial: fresh
states:
  fresh:
    title:
      zh: 新收
      en: fresh
    phase: work
  noticed:
    title:
      zh: 已通知
      en: noticed
    phase: work
  overdue:
    title:
      zh: 逾期
      en: overdue
    phase: work
  resting:
    title:
      zh: 中止
      en: resting
  done:
    title:
      zh: 完毕
      en: done
    closes: done
  lost:
    title:
      zh: 终结
      en: lost
    closes: lost
  mediation:
    title:
      zh: 调解
      en: mediation
    phase: work
transitions:
- trigger: notify
  title:
    zh: 通知
    en: notify
  from: fresh
  to: noticed
  by: officer
  documents: notice
  needs: amount
- trigger: lapse
  title:
    zh: 届满
    en: lapse
  from: noticed
  to: overdue
  by: clock
- trigger: pay
  title:
    zh: 付款
    en: pay
  from:
    phases: work
  to: stay
  by: officer
  needs: paid
  when: case.paid >= money("0")
- trigger: clue
  title:
    zh: 线索
    en: clue
  from:
    phases: work
  to: stay
  by: officer
  needs: clue
- trigger: check_clue
  title:
    zh: 核查
    en: check
  from:
    phases: work
  to: stay
  by: officer
  needs: clue
- trigger: rest
  title:
    zh: 中止
    en: rest
  from:
    phases: work
  to: resting
  by: officer
- trigger: resume
  title:
    zh: 恢复
    en: resume
  from: resting
  to: return
  by: officer
- trigger: propose
  title:
    zh: 提请
    en: propose
  from:
    phases: work
  to: stay
  by:
  - officer
  - chief
- trigger: finish
  title:
    zh: 结案
    en: finish
  from:
  - noticed
  - overdue
  to: done
  by: chief
  not_by_who: propose
  when: case.paid >= case.amount
  otherwise:
    zh: 尚未付清
    en: not everything is paid
- trigger: give_up
  title:
    zh: 终结
    en: give up
  from:
  - fresh
  - noticed
  - overdue
  to: lost
  by: chief
- trigger: mediate
  title:
    zh: 调解
    en: mediate
  from: fresh
  to: mediation
  by: officer
- trigger: settle
  title:
    zh: 和解
    en: settle
  from: mediation
  to: noticed
  by: officer
suspensions:
- states: resting
  ground: rest
deadlines:
  answer:
    title:
      zh: 答复
      en: answer
    starts:
      entering: fresh
    length: 7
    unit: day
    warn:
    - 3d
    - 1d
    met_by: notify
    on_expiry:
      alert: officer
      escalate:
      - chief
      every: 2d
  payment:
    title:
      zh: 付款期限
      en: payment
    starts:
      entering: noticed
    length: due_days
    unit: day
    deducts: notice
    extension:
      by: chief
      length: 5
      unit: day
      times: 1
    on_expiry:
      fire: lapse
  clue_check:
    title:
      zh: 核查线索
      en: check the clue
    starts:
      ''on'': clue
    keyed_by: clue
    length: 3
    unit: day
    met_by: check_clue
    pauses: false
    on_expiry:
      alert: officer
  not_yet:
    title:
      zh: 一个月内不得终结
      en: a month before giving up
    starts:
      entering: fresh
    length: 1
    unit: month
    counting: minimum
    expires: start-of-day
    gates: give_up
layers:
- level: case
  id: c1
  title:
    zh: 个案加调解
    en: mediation in this case
  version: 1
', '2025-04-20 01:00:03+00');
INSERT INTO public.zx_definitions VALUES ('beb955148df1f54f93e951d0f08409f4ffebb8b92cbc5fa48421179dbec4b0c9', 'loan', '2+c1.1+c2.1', '2024-01-01', 'id: loan
title:
  zh: 催款
  en: dunning
version: 2+c1.1+c2.1
effective: ''2024-01-01''
roles:
  officer:
    title:
      zh: 承办人
      en: officer
  chief:
    title:
      zh: 局长
      en: chief
data:
  amount:
    type: money
    title:
      zh: 金额
      en: amount
  paid:
    type: money
    default: 0
    title:
      zh: 已付
      en: paid
  clue:
    type: text
    title:
      zh: 线索
      en: clue
  due_days:
    type: number
    default: 10
    title:
      zh: 天数
      en: days
documents:
  notice:
    title:
      zh: 通知书
      en: notice
grounds:
  rest:
    zh: 中止
    en: suspension
  notice:
    zh: 公告
    en: public notice
phases:
  work:
    title:
      zh: 办理
      en: work
modes:
  done:
    zh: 完毕
    en: done
  lost:
    zh: 终结
    en: lost
redesign_by: chief
initial: fresh
states:
  fresh:
    title:
      zh: 新收
      en: fresh
    phase: work
  noticed:
    title:
      zh: 已通知
      en: noticed
    phase: work
  overdue:
    title:
      zh: 逾期
      en: overdue
    phase: work
  resting:
    title:
      zh: 中止
      en: resting
  done:
    title:
      zh: 完毕
      en: done
    closes: done
  lost:
    title:
      zh: 终结
      en: lost
    closes: lost
  mediation:
    title:
      zh: 调解
      en: mediation
    phase: work
  talks:
    title:
      zh: 调解
      en: talks
    phase: work
transitions:
- trigger: notify
  title:
    zh: 通知
    en: notify
  from: fresh
  to: noticed
  by: officer
  documents: notice
  needs: amount
- trigger: lapse
  title:
    zh: 届满
    en: lapse
  from: noticed
  to: overdue
  by: clock
- trigger: pay
  title:
    zh: 付款
    en: pay
  from:
    phases: work
  to: stay
  by: officer
  needs: paid
  when: case.paid >= money("0")
- trigger: clue
  title:
    zh: 线索
    en: clue
  from:
    phases: work
  to: stay
  by: officer
  needs: clue
- trigger: check_clue
  title:
    zh: 核查
    en: check
  from:
    phases: work
  to: stay
  by: officer
  needs: clue
- trigger: rest
  title:
    zh: 中止
    en: rest
  from:
    phases: work
  to: resting
  by: officer
- trigger: resume
  title:
    zh: 恢复
    en: resume
  from: resting
  to: return
  by: officer
- trigger: propose
  title:
    zh: 提请
    en: propose
  from:
    phases: work
  to: stay
  by:
  - officer
  - chief
- trigger: finish
  title:
    zh: 结案
    en: finish
  from:
  - noticed
  - overdue
  to: done
  by: chief
  not_by_who: propose
  when: case.paid >= case.amount
  otherwise:
    zh: 尚未付清
    en: not everything is paid
- trigger: give_up
  title:
    zh: 终结
    en: give up
  from:
  - fresh
  - noticed
  - overdue
  to: lost
  by: chief
- trigger: mediate
  title:
    zh: 调解
    en: mediate
  from: fresh
  to: mediation
  by: officer
- trigger: settle
  title:
    zh: 和解
    en: settle
  from: mediation
  to: noticed
  by: officer
- trigger: talk
  title:
    zh: 调解
    en: talk
  from: fresh
  to: talks
  by: officer
- trigger: agree
  title:
    zh: 和解
    en: agree
  from: talks
  to: noticed
  by: officer
suspensions:
- states: resting
  ground: rest
deadlines:
  answer:
    title:
      zh: 答复
      en: answer
    starts:
      entering: fresh
    length: 7
    unit: day
    warn:
    - 3d
    - 1d
    met_by: notify
    on_expiry:
      alert: officer
      escalate:
      - chief
      every: 2d
  payment:
    title:
      zh: 付款期限
      en: payment
    starts:
      entering: noticed
    length: due_days
    unit: day
    deducts: notice
    extension:
      by: chief
      length: 5
      unit: day
      times: 1
    on_expiry:
      fire: lapse
  clue_check:
    title:
      zh: 核查线索
      en: check the clue
    starts:
      ''on'': clue
    keyed_by: clue
    length: 3
    unit: day
    met_by: check_clue
    pauses: false
    on_expiry:
      alert: officer
  not_yet:
    title:
      zh: 一个月内不得终结
      en: a month before giving up
    starts:
      entering: fresh
    length: 1
    unit: month
    counting: minimum
    expires: start-of-day
    gates: give_up
layers:
- level: case
  id: c1
  title:
    zh: 个案加调解
    en: mediation in this case
  version: 1
- level: case
  id: c2
  title:
    zh: 个案加调解
    en: talks in this case
  version: 1
', '2025-04-20 01:00:03+00');
INSERT INTO public.zx_history VALUES ('fresh', 1, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "100.50"}', '[{"due": "2025-03-10", "what": "armed", "deadline": "answer"}, {"due": "2025-04-03", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 1, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "100.00"}', '[{"due": "2025-03-10", "what": "armed", "deadline": "answer"}, {"due": "2025-04-03", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 2, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'event', 'notify', 'li', '["officer"]', 'fresh', 'noticed', '{}', '[{"due": "2025-03-10", "what": "met", "deadline": "answer"}, {"due": "2025-03-13", "what": "armed", "deadline": "payment"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 3, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'event', 'clue', 'li', '["officer"]', 'noticed', 'noticed', '{"clue": "car"}', '[{"due": "2025-03-06", "key": "car", "what": "armed", "deadline": "clue_check"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 4, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'deduction', '', 'li', '["officer"]', 'noticed', 'noticed', '{"deduction": ["notice", "2025-03-04", "2025-03-06", "n-1"]}', '[{"due": "2025-03-17", "what": "recomputed", "deadline": "payment"}]', '');
INSERT INTO public.zx_history VALUES ('noticed', 5, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'extension', '', 'sun', '["chief"]', 'noticed', 'noticed', '{"extension": ["payment", 5, "day", "sun", "d-1"]}', '[{"due": "2025-03-20", "what": "recomputed", "deadline": "payment"}]', '');
INSERT INTO public.zx_history VALUES ('resting', 1, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "1.00"}', '[{"due": "2025-03-10", "what": "armed", "deadline": "answer"}, {"due": "2025-04-03", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('resting', 2, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'event', 'rest', 'li', '["officer"]', 'fresh', 'resting', '{}', '[{"due": null, "what": "paused", "deadline": "answer"}, {"due": null, "what": "paused", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('closed', 1, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "1.00"}', '[{"due": "2025-03-10", "what": "armed", "deadline": "answer"}, {"due": "2025-04-03", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('elsewhere', 1, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "5.00"}', '[{"due": "2025-03-10", "what": "armed", "deadline": "answer"}, {"due": "2025-04-03", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('shut', 1, '2025-03-03 01:00:00+00', '2025-03-03 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "6.00"}', '[{"due": "2025-03-10", "what": "armed", "deadline": "answer"}, {"due": "2025-04-03", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('again', 1, '2025-03-04 01:00:00+00', '2025-03-04 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "7.00"}', '[{"due": "2025-03-11", "what": "armed", "deadline": "answer"}, {"due": "2025-04-04", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('unassigned', 1, '2025-03-04 01:00:00+00', '2025-03-04 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "8.00"}', '[{"due": "2025-03-11", "what": "armed", "deadline": "answer"}, {"due": "2025-04-04", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('unassigned', 2, '2025-03-04 01:00:00+00', '2025-03-04 01:00:00+00', 'assigned', '', 'sun', '["chief"]', 'fresh', 'fresh', '{"officer": "wu"}', '[]', '');
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
INSERT INTO public.zx_history VALUES ('elsewhere', 2, '2025-03-07 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('elsewhere', 3, '2025-03-09 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('elsewhere', 4, '2025-03-10 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "expired", "deadline": "answer"}, {"due": "2025-03-10", "what": "escalated:chief", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('elsewhere', 5, '2025-04-02 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-03", "what": "opened", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('shut', 2, '2025-03-07 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('shut', 3, '2025-03-09 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('shut', 4, '2025-03-10 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-10", "what": "expired", "deadline": "answer"}, {"due": "2025-03-10", "what": "escalated:chief", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('shut', 5, '2025-04-02 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-03", "what": "opened", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('again', 2, '2025-03-08 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-11", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('again', 3, '2025-03-10 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-11", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('again', 4, '2025-03-11 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-11", "what": "expired", "deadline": "answer"}, {"due": "2025-03-11", "what": "escalated:chief", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('again', 5, '2025-04-03 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-04", "what": "opened", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('unassigned', 3, '2025-03-08 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-11", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('unassigned', 4, '2025-03-10 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-11", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('unassigned', 5, '2025-03-11 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-03-11", "what": "expired", "deadline": "answer"}, {"due": "2025-03-11", "what": "escalated:chief", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('unassigned', 6, '2025-04-03 16:00:00+00', '2025-04-10 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-04", "what": "opened", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('closed', 6, '2025-04-10 01:00:00+00', '2025-04-10 01:00:00+00', 'event', 'give_up', 'sun', '["chief"]', 'fresh', 'lost', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('shut', 6, '2025-04-10 01:00:00+00', '2025-04-10 01:00:00+00', 'event', 'give_up', 'sun', '["chief"]', 'fresh', 'lost', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('late', 1, '2025-04-10 01:00:00+00', '2025-04-10 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "7.00"}', '[{"due": "2025-04-17", "what": "armed", "deadline": "answer"}, {"due": "2025-05-10", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('late', 2, '2025-04-14 16:00:00+00', '2025-04-20 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-17", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('late', 3, '2025-04-16 16:00:00+00', '2025-04-20 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-17", "what": "warned", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('late', 4, '2025-04-17 16:00:00+00', '2025-04-20 01:00:00+00', 'deadline', '', 'clock', '["clock"]', 'fresh', 'fresh', '{}', '[{"due": "2025-04-17", "what": "expired", "deadline": "answer"}, {"due": "2025-04-17", "what": "escalated:chief", "deadline": "answer"}]', '');
INSERT INTO public.zx_history VALUES ('sanction', 1, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'draft', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('sanction', 2, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'event', 'note', 'li', '["officer"]', 'draft', 'draft', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('sanction', 3, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'proposed', 'fine', 'li', '["officer"]', 'draft', 'draft', '{"proposed": {"kind": "person", "amount": "500.00"}}', '[{"task": "fine", "what": "offered"}, {"due": "2025-04-27", "what": "armed", "deadline": "decide"}]', '');
INSERT INTO public.zx_history VALUES ('sanction', 4, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'vote', 'fine', 'wang', '["panel"]', 'draft', 'draft', '{"ballots": [["wang", "panel", "2025-04-20T01:00:00+00:00", "for", ""]]}', '[]', '');
INSERT INTO public.zx_history VALUES ('split', 1, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'draft', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('split', 2, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'event', 'note', 'li', '["officer"]', 'draft', 'draft', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('split', 3, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'proposed', 'fine', 'li', '["officer"]', 'draft', 'draft', '{"proposed": {"kind": "person", "amount": "500.00"}}', '[{"task": "fine", "what": "offered"}, {"due": "2025-04-27", "what": "armed", "deadline": "decide"}]', '');
INSERT INTO public.zx_history VALUES ('split', 4, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'vote', 'fine', 'wang', '["panel"]', 'draft', 'draft', '{"ballots": [["wang", "panel", "2025-04-20T01:00:00+00:00", "for", ""]]}', '[]', '');
INSERT INTO public.zx_history VALUES ('split', 5, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'vote', 'fine', 'zhao', '["panel"]', 'draft', 'draft', '{"ballots": [["zhao", "panel", "2025-04-20T01:00:00+00:00", "for", ""]]}', '[{"task": "fine", "what": "done"}, {"task": "fine", "what": "offered"}]', '');
INSERT INTO public.zx_history VALUES ('split', 6, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'event', 'fine', 'qian', '["president"]', 'draft', 'decided', '{"days": 10, "kind": "person", "amount": "500.00", "approved": {"ballots": [["wang", "panel", "2025-04-20T01:00:00+00:00", "for", ""], ["zhao", "panel", "2025-04-20T01:00:00+00:00", "for", ""], ["qian", "president", "2025-04-20T01:00:00+00:00", "for", ""]], "proposed_at": "2025-04-20T01:00:00+00:00", "proposed_by": "li"}}', '[{"task": "fine", "what": "done"}, {"due": "2025-04-27", "what": "met", "deadline": "decide"}, {"due": "2025-04-30", "what": "armed", "deadline": "pay"}, {"task": "serve", "what": "offered"}]', '');
INSERT INTO public.zx_history VALUES ('split', 7, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'claimed', '', 'zhou', '["clerk"]', 'decided', 'decided', '{"task": "serve"}', '[{"task": "serve", "what": "claimed"}]', '');
INSERT INTO public.zx_history VALUES ('split', 8, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'event', 'split', 'li', '["officer"]', 'decided', 'decided', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('000000080000012a6702480957ecb535', 1, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'waiting', '{"share": "500.00"}', '[]', '');
INSERT INTO public.zx_history VALUES ('split', 9, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'event', 'split', 'li', '["officer"]', 'decided', 'decided', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('000000090000994cb4208ffb50e99008', 1, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'waiting', '{"share": "500.00"}', '[]', '');
INSERT INTO public.zx_history VALUES ('000000080000012a6702480957ecb535', 2, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'event', 'pay', 'li', '["officer"]', 'waiting', 'done', '{"paid": "10.00"}', '[]', '');
INSERT INTO public.zx_history VALUES ('asked', 1, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('asked', 2, '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', 'event', 'ask', 'li', '["officer"]', 'fresh', 'asked', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('asked', 3, '2025-04-20 01:00:01+00', '2025-04-20 01:00:01+00', 'event', 'answered', 'outside', '["outside"]', 'asked', 'done', '{"found": "40.00"}', '[]', 'network.inquire asked-2-0/1');
INSERT INTO public.zx_history VALUES ('failed', 1, '2025-04-20 01:00:01+00', '2025-04-20 01:00:01+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('failed', 2, '2025-04-20 01:00:01+00', '2025-04-20 01:00:01+00', 'event', 'ask', 'li', '["officer"]', 'fresh', 'asked', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('refused', 1, '2025-04-20 01:00:02+00', '2025-04-20 01:00:02+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('refused', 2, '2025-04-20 01:00:02+00', '2025-04-20 01:00:02+00', 'event', 'ask', 'li', '["officer"]', 'fresh', 'asked', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('waiting', 1, '2025-04-20 01:00:03+00', '2025-04-20 01:00:03+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('waiting', 2, '2025-04-20 01:00:03+00', '2025-04-20 01:00:03+00', 'event', 'ask', 'li', '["officer"]', 'fresh', 'asked', '{}', '[]', '');
INSERT INTO public.zx_history VALUES ('redesigned', 1, '2025-04-20 01:00:03+00', '2025-04-20 01:00:03+00', 'opened', '', 'li', '["officer"]', '', 'fresh', '{"amount": "9.00"}', '[{"due": "2025-04-27", "what": "armed", "deadline": "answer"}, {"due": "2025-05-20", "what": "armed", "deadline": "not_yet"}]', '');
INSERT INTO public.zx_history VALUES ('redesigned', 2, '2025-04-20 01:00:03+00', '2025-04-20 01:00:03+00', 'moved', '', 'zhou', '["chief"]', 'fresh', 'fresh', '{"definition": ["c04322a5833138c04ec456b834958dd038de8d948a92b8dd4cd053831f1c7cbc", "65fe739b1bc3587fc099877971b003084c4f5a65e30590f97f5d72daa4b9fee2"]}', '[]', '个案加调解：双方愿意调解；zhou');
INSERT INTO public.zx_inbox VALUES ('network', 'asked-2-0/1', 'asked-2-0', 'answered', '{"found": "40.00"}', '2025-04-20 01:00:01+00', 'taken');
INSERT INTO public.zx_inbox VALUES ('dispatcher', 'failed-2-0/failed', 'failed-2-0', 'failed', '{}', '2025-04-20 01:00:02+00', 'not listened for');
INSERT INTO public.zx_inbox VALUES ('network', 'refused-2-0/1', 'refused-2-0', 'answered', '{"found": "many"}', '2025-04-20 01:00:03+00', 'field found: not an amount of money (got ''many'')');
INSERT INTO public.zx_incidents VALUES (2, 'refused', 'refused-2-0', 'answer', '2025-04-20 01:00:03+00', '字段 found：不是金额（得到 ''many''）', NULL, NULL, '');
INSERT INTO public.zx_incidents VALUES (3, NULL, NULL, 'clock', '2025-04-20 01:00:03+00', '不涉及案件', NULL, NULL, '');
INSERT INTO public.zx_incidents VALUES (1, 'failed', 'failed-2-0', 'request', '2025-04-20 01:00:02+00', '外部系统拒绝：no such account', '2025-04-20 01:00:03+00', 'sun', '已人工办理');
INSERT INTO public.zx_outbox VALUES ('asked-2-0', 'asked', 2, 'inquiry', 'network.inquire', '{"bank": "ICBC"}', 'answered', 0, NULL, NULL, '2025-04-20 01:00:00+00', '2025-04-20 01:00:01+00', '2025-04-20 01:00:01+00', '');
INSERT INTO public.zx_outbox VALUES ('failed-2-0', 'failed', 2, 'inquiry', 'network.inquire', '{"bank": "ICBC"}', 'failed', 0, NULL, NULL, '2025-04-20 01:00:01+00', NULL, NULL, '外部系统拒绝：no such account');
INSERT INTO public.zx_outbox VALUES ('refused-2-0', 'refused', 2, 'inquiry', 'network.inquire', '{"bank": "ICBC"}', 'answered', 0, NULL, NULL, '2025-04-20 01:00:02+00', '2025-04-20 01:00:03+00', '2025-04-20 01:00:03+00', '');
INSERT INTO public.zx_outbox VALUES ('waiting-2-0', 'waiting', 2, 'inquiry', 'network.inquire', '{"bank": "ICBC"}', 'waiting', 0, '2025-04-20 01:00:03+00', NULL, '2025-04-20 01:00:03+00', NULL, NULL, '');
INSERT INTO public.zx_publications VALUES (1, 'instalment', NULL, '88f875971bc8ab0f97f49427bc69ada3857177eeb3258825e34a04c0064bf840', '1', '2024-01-01', 'published', 'li', '2025-04-20 01:00:00+00', 'sun', '2025-04-20 01:00:00+00', '', NULL, '');
INSERT INTO public.zx_publications VALUES (2, 'loan', NULL, 'c04322a5833138c04ec456b834958dd038de8d948a92b8dd4cd053831f1c7cbc', '2', '2024-01-01', 'published', 'li', '2025-04-20 01:00:03+00', 'sun', '2025-04-20 01:00:03+00', '', NULL, '');
INSERT INTO public.zx_publications VALUES (3, 'loan', 'redesigned', '65fe739b1bc3587fc099877971b003084c4f5a65e30590f97f5d72daa4b9fee2', '2+c1.1', '2024-01-01', 'published', 'li', '2025-04-20 01:00:03+00', 'zhou', '2025-04-20 01:00:03+00', '', NULL, '双方愿意调解');
INSERT INTO public.zx_publications VALUES (4, 'loan', 'redesigned', 'beb955148df1f54f93e951d0f08409f4ffebb8b92cbc5fa48421179dbec4b0c9', '2+c1.1+c2.1', '2024-01-01', 'proposed', 'li', '2025-04-20 01:00:03+00', '', NULL, '', NULL, '再议');
INSERT INTO public.zx_tasks VALUES ('sanction.3.t0', 'sanction', 'approval', 'fine', 'panel', 'offered', '', '2025-04-20 01:00:00+00', NULL, NULL);
INSERT INTO public.zx_tasks VALUES ('split.3.t0', 'split', 'approval', 'fine', 'panel', 'done', 'zhao', '2025-04-20 01:00:00+00', NULL, '2025-04-20 01:00:00+00');
INSERT INTO public.zx_tasks VALUES ('split.5.t1', 'split', 'approval', 'fine', 'president', 'done', 'qian', '2025-04-20 01:00:00+00', NULL, '2025-04-20 01:00:00+00');
INSERT INTO public.zx_tasks VALUES ('split.6.t1', 'split', 'task', 'serve', 'clerk,officer', 'claimed', 'zhou', '2025-04-20 01:00:00+00', '2025-04-20 01:00:00+00', NULL);
SELECT pg_catalog.setval('public.zx_incidents_id_seq', 3, true);
SELECT pg_catalog.setval('public.zx_publications_id_seq', 4, true);
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
CREATE INDEX zx_cases_closed ON public.zx_cases USING btree (closed_at) WHERE (closed_at IS NOT NULL);
CREATE INDEX zx_cases_court ON public.zx_cases USING btree (court, id);
CREATE INDEX zx_cases_court_open ON public.zx_cases USING btree (court, id) WHERE (closed_at IS NULL);
CREATE INDEX zx_cases_number ON public.zx_cases USING btree (number);
CREATE INDEX zx_cases_officer ON public.zx_cases USING btree (officer, id);
CREATE INDEX zx_cases_parent ON public.zx_cases USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX zx_cases_state ON public.zx_cases USING btree (procedure, state);
CREATE INDEX zx_cases_wake ON public.zx_cases USING btree (wake_at) WHERE (wake_at IS NOT NULL);
CREATE INDEX zx_deadlines_case ON public.zx_deadlines USING btree (case_id, live);
CREATE INDEX zx_deadlines_due ON public.zx_deadlines USING btree (due_at) WHERE live;
CREATE INDEX zx_deadlines_overdue ON public.zx_deadlines USING btree (due_at) WHERE (live AND ((status)::text = 'expired'::text));
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
