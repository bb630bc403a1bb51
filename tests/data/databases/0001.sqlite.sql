BEGIN TRANSACTION;
CREATE TABLE zx_alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT zx_alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "zx_alembic_version" VALUES('0001');
CREATE TABLE zx_alerts (
	id VARCHAR(100) NOT NULL, 
	case_id VARCHAR(100) NOT NULL, 
	deadline_id VARCHAR(100) NOT NULL, 
	rule VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	roles JSON NOT NULL, 
	watcher VARCHAR(100) NOT NULL, 
	at TEXT NOT NULL, 
	due_day TEXT, 
	seen_by VARCHAR(100), 
	PRIMARY KEY (id), 
	FOREIGN KEY(case_id) REFERENCES zx_cases (id)
);
INSERT INTO "zx_alerts" VALUES('a731075529c748ea93158fe6af4d49e1','closed','closed.1.0','answer','warning','["officer"]','','2025-03-07T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('5ecaf5500b0c47d39fb515605391dff0','closed','closed.1.0','answer','warning','["officer"]','','2025-03-09T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('86ac5d409fd042e3a1737410f9443279','closed','closed.1.0','answer','expired','["officer"]','','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('1cf91c3971d8433dae8a6ed37fe585fb','closed','closed.1.0','answer','escalated','["chief"]','','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('cc81c3bd5d8643c5bbc5bd61d8e78108','fresh','fresh.1.0','answer','warning','["officer"]','li','2025-03-07T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('43353b1f977e4b92b1cefe4e70fec64e','fresh','fresh.1.0','answer','warning','["officer"]','li','2025-03-09T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('ba1eb622cf2649d28d37fbc36631b94b','fresh','fresh.1.0','answer','expired','["officer"]','li','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('7b959dd09e4940d0b0d2ee3ec5aeaec1','fresh','fresh.1.0','answer','escalated','["chief"]','li','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('28a3f2d28b37457b8634322b7418ba69','noticed','noticed.3.0','clue_check','expired','["officer"]','li','2025-03-06T16:00:00.000000Z','2025-03-06',NULL);
INSERT INTO "zx_alerts" VALUES('7065548b3c344ad58e4de9e850a93f00','late','late.1.0','answer','warning','["officer"]','','2025-04-14T16:00:00.000000Z','2025-04-17',NULL);
INSERT INTO "zx_alerts" VALUES('04b45688c27549f28337c423bad5deb6','late','late.1.0','answer','warning','["officer"]','','2025-04-16T16:00:00.000000Z','2025-04-17',NULL);
INSERT INTO "zx_alerts" VALUES('5dbee1bfd8e94a66916a540d33e3ab9a','late','late.1.0','answer','expired','["officer"]','','2025-04-17T16:00:00.000000Z','2025-04-17',NULL);
INSERT INTO "zx_alerts" VALUES('da20d4f2ed5145659b9e5b9adb316dfa','late','late.1.0','answer','escalated','["chief"]','','2025-04-17T16:00:00.000000Z','2025-04-17',NULL);
CREATE TABLE zx_cases (
	id VARCHAR(100) NOT NULL, 
	procedure VARCHAR(64) NOT NULL, 
	definition_hash VARCHAR(64) NOT NULL, 
	state VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	number VARCHAR(100) NOT NULL, 
	court VARCHAR(100) NOT NULL, 
	officer VARCHAR(100) NOT NULL, 
	data JSON NOT NULL, 
	extra JSON NOT NULL, 
	opened_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	closed_at TEXT, 
	mode VARCHAR(64), 
	wake_at TEXT, 
	parent_id VARCHAR(100), 
	sub VARCHAR(64), 
	PRIMARY KEY (id), 
	FOREIGN KEY(definition_hash) REFERENCES zx_definitions (hash), 
	FOREIGN KEY(parent_id) REFERENCES zx_cases (id)
);
INSERT INTO "zx_cases" VALUES('fresh','loan','f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0','fresh',5,'（2025）执1号','jiayu','li','{"paid":"0.00","due_days":10,"amount":"100.50"}','{}','2025-03-03T01:00:00.000000Z','2025-04-10T01:00:00.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('noticed','loan','f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0','overdue',9,'','','li','{"paid":"0.00","due_days":10,"amount":"100.00","clue":"car"}','{"documents":{"notice":["n-1"]},"deductions":[["2025-03-04","2025-03-06","notice","n-1"]]}','2025-03-03T01:00:00.000000Z','2025-04-10T01:00:00.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('resting','loan','f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0','resting',2,'','','','{"paid":"0.00","due_days":10,"amount":"1.00"}','{"origins":["fresh"],"deductions":[["2025-03-03",null,"rest",""]]}','2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('closed','loan','f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0','lost',6,'','','','{"paid":"0.00","due_days":10,"amount":"1.00"}','{}','2025-03-03T01:00:00.000000Z','2025-04-10T01:00:00.000000Z','2025-04-10T01:00:00.000000Z','lost',NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('late','loan','f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0','fresh',4,'','','','{"paid":"0.00","due_days":10,"amount":"7.00"}','{}','2025-04-10T01:00:00.000000Z','2025-04-20T01:00:00.000000Z',NULL,NULL,'2025-05-09T16:00:00.000000Z',NULL,NULL);
CREATE TABLE zx_deadlines (
	id VARCHAR(100) NOT NULL, 
	case_id VARCHAR(100) NOT NULL, 
	rule VARCHAR(64) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	live BOOLEAN NOT NULL, 
	start TEXT NOT NULL, 
	due_day TEXT, 
	due_at TEXT, 
	wake_at TEXT, 
	warned INTEGER NOT NULL, 
	escalated INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	provisional BOOLEAN NOT NULL, 
	calendar_version VARCHAR(16) NOT NULL, 
	watcher VARCHAR(100) NOT NULL, 
	extensions JSON NOT NULL, 
	ended_at TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(case_id) REFERENCES zx_cases (id)
);
INSERT INTO "zx_deadlines" VALUES('fresh.1.0','fresh','answer','','expired',1,'2025-03-03T01:00:00.000000Z','2025-03-10','2025-03-10T16:00:00.000000Z',NULL,2,1,1,0,'8db0bd3bf157','li','[]','2025-03-10T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('fresh.1.1','fresh','not_yet','','opened',0,'2025-03-03T01:00:00.000000Z','2025-04-03','2025-04-02T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','li','[]','2025-04-02T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('noticed.1.0','noticed','answer','','met',0,'2025-03-03T01:00:00.000000Z','2025-03-10','2025-03-10T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','li','[]','2025-03-03T01:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('noticed.1.1','noticed','not_yet','','opened',0,'2025-03-03T01:00:00.000000Z','2025-04-03','2025-04-02T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','li','[]','2025-04-02T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('noticed.2.0','noticed','payment','','expired',0,'2025-03-03T01:00:00.000000Z','2025-03-20','2025-03-20T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','li','[[5,"day","sun","d-1"]]','2025-03-20T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('noticed.3.0','noticed','clue_check','car','expired',1,'2025-03-03T01:00:00.000000Z','2025-03-06','2025-03-06T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','li','[]','2025-03-06T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('resting.1.0','resting','answer','','paused',1,'2025-03-03T01:00:00.000000Z',NULL,NULL,NULL,0,0,1,0,'8db0bd3bf157','','[]',NULL);
INSERT INTO "zx_deadlines" VALUES('resting.1.1','resting','not_yet','','paused',1,'2025-03-03T01:00:00.000000Z',NULL,NULL,NULL,0,0,1,0,'8db0bd3bf157','','[]',NULL);
INSERT INTO "zx_deadlines" VALUES('closed.1.0','closed','answer','','expired',0,'2025-03-03T01:00:00.000000Z','2025-03-10','2025-03-10T16:00:00.000000Z',NULL,2,1,1,0,'8db0bd3bf157','','[]','2025-04-10T01:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('closed.1.1','closed','not_yet','','opened',0,'2025-03-03T01:00:00.000000Z','2025-04-03','2025-04-02T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','','[]','2025-04-02T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('late.1.0','late','answer','','expired',1,'2025-04-10T01:00:00.000000Z','2025-04-17','2025-04-17T16:00:00.000000Z',NULL,2,1,1,0,'8db0bd3bf157','','[]','2025-04-17T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('late.1.1','late','not_yet','','running',1,'2025-04-10T01:00:00.000000Z','2025-05-10','2025-05-09T16:00:00.000000Z','2025-05-09T16:00:00.000000Z',0,0,1,0,'8db0bd3bf157','','[]',NULL);
CREATE TABLE zx_definitions (
	hash VARCHAR(64) NOT NULL, 
	procedure VARCHAR(64) NOT NULL, 
	version VARCHAR(64) NOT NULL, 
	effective TEXT NOT NULL, 
	text TEXT NOT NULL, 
	stored_at TEXT NOT NULL, 
	PRIMARY KEY (hash)
);
INSERT INTO "zx_definitions" VALUES('f7464c332d8ede8ae354224b9a8596e65e3da803ddcf5f8f40aebde184a99df0','loan','1','2024-01-01','
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
','2025-03-03T01:00:00.000000Z');
CREATE TABLE zx_history (
	case_id VARCHAR(100) NOT NULL, 
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	"trigger" VARCHAR(64) NOT NULL, 
	actor VARCHAR(100) NOT NULL, 
	roles JSON NOT NULL, 
	source VARCHAR(64) NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	changes JSON NOT NULL, 
	effects JSON NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (case_id, seq), 
	FOREIGN KEY(case_id) REFERENCES zx_cases (id)
)
 WITHOUT ROWID

;
INSERT INTO "zx_history" VALUES('closed',1,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"1.00"}','[{"deadline":"answer","what":"armed","due":"2025-03-10"},{"deadline":"not_yet","what":"armed","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('closed',2,'2025-03-07T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('closed',3,'2025-03-09T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('closed',4,'2025-03-10T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"expired","due":"2025-03-10"},{"deadline":"answer","what":"escalated:chief","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('closed',5,'2025-04-02T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"not_yet","what":"opened","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('closed',6,'2025-04-10T01:00:00.000000Z','2025-04-10T01:00:00.000000Z','event','give_up','sun','["chief"]','fresh','lost','{}','[]','');
INSERT INTO "zx_history" VALUES('fresh',1,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"100.50"}','[{"deadline":"answer","what":"armed","due":"2025-03-10"},{"deadline":"not_yet","what":"armed","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('fresh',2,'2025-03-07T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('fresh',3,'2025-03-09T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('fresh',4,'2025-03-10T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"expired","due":"2025-03-10"},{"deadline":"answer","what":"escalated:chief","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('fresh',5,'2025-04-02T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"not_yet","what":"opened","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('late',1,'2025-04-10T01:00:00.000000Z','2025-04-10T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"7.00"}','[{"deadline":"answer","what":"armed","due":"2025-04-17"},{"deadline":"not_yet","what":"armed","due":"2025-05-10"}]','');
INSERT INTO "zx_history" VALUES('late',2,'2025-04-14T16:00:00.000000Z','2025-04-20T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-04-17"}]','');
INSERT INTO "zx_history" VALUES('late',3,'2025-04-16T16:00:00.000000Z','2025-04-20T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-04-17"}]','');
INSERT INTO "zx_history" VALUES('late',4,'2025-04-17T16:00:00.000000Z','2025-04-20T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"expired","due":"2025-04-17"},{"deadline":"answer","what":"escalated:chief","due":"2025-04-17"}]','');
INSERT INTO "zx_history" VALUES('noticed',1,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"100.00"}','[{"deadline":"answer","what":"armed","due":"2025-03-10"},{"deadline":"not_yet","what":"armed","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('noticed',2,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','event','notify','li','["officer"]','fresh','noticed','{}','[{"deadline":"answer","what":"met","due":"2025-03-10"},{"deadline":"payment","what":"armed","due":"2025-03-13"}]','');
INSERT INTO "zx_history" VALUES('noticed',3,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','event','clue','li','["officer"]','noticed','noticed','{"clue":"car"}','[{"deadline":"clue_check","what":"armed","due":"2025-03-06","key":"car"}]','');
INSERT INTO "zx_history" VALUES('noticed',4,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','deduction','','li','["officer"]','noticed','noticed','{"deduction":["notice","2025-03-04","2025-03-06","n-1"]}','[{"deadline":"payment","what":"recomputed","due":"2025-03-17"}]','');
INSERT INTO "zx_history" VALUES('noticed',5,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','extension','','sun','["chief"]','noticed','noticed','{"extension":["payment",5,"day","sun","d-1"]}','[{"deadline":"payment","what":"recomputed","due":"2025-03-20"}]','');
INSERT INTO "zx_history" VALUES('noticed',6,'2025-03-06T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','noticed','noticed','{}','[{"deadline":"clue_check","what":"expired","due":"2025-03-06","key":"car"}]','');
INSERT INTO "zx_history" VALUES('noticed',7,'2025-03-20T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','noticed','noticed','{}','[{"deadline":"payment","what":"expired","due":"2025-03-20"}]','');
INSERT INTO "zx_history" VALUES('noticed',8,'2025-03-20T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','event','lapse','clock','["clock"]','noticed','overdue','{}','[]','');
INSERT INTO "zx_history" VALUES('noticed',9,'2025-04-02T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','overdue','overdue','{}','[{"deadline":"not_yet","what":"opened","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('resting',1,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"1.00"}','[{"deadline":"answer","what":"armed","due":"2025-03-10"},{"deadline":"not_yet","what":"armed","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('resting',2,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','event','rest','li','["officer"]','fresh','resting','{}','[{"deadline":"answer","what":"paused","due":null},{"deadline":"not_yet","what":"paused","due":null}]','');
CREATE TABLE zx_inbox (
	source VARCHAR(100) NOT NULL, 
	message_id VARCHAR(200) NOT NULL, 
	outbox_id VARCHAR(100) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	answer JSON NOT NULL, 
	received_at TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	PRIMARY KEY (source, message_id), 
	FOREIGN KEY(outbox_id) REFERENCES zx_outbox (id)
);
CREATE TABLE zx_incidents (
	id INTEGER NOT NULL, 
	case_id VARCHAR(100), 
	outbox_id VARCHAR(100), 
	kind VARCHAR(32) NOT NULL, 
	at TEXT NOT NULL, 
	message TEXT NOT NULL, 
	resolved_at TEXT, 
	resolved_by VARCHAR(100), 
	resolution TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE zx_outbox (
	id VARCHAR(100) NOT NULL, 
	case_id VARCHAR(100) NOT NULL, 
	seq INTEGER NOT NULL, 
	request VARCHAR(64) NOT NULL, 
	operation VARCHAR(130) NOT NULL, 
	payload JSON NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	send_at TEXT, 
	leased_until TEXT, 
	created_at TEXT NOT NULL, 
	sent_at TEXT, 
	answered_at TEXT, 
	last_error TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(case_id) REFERENCES zx_cases (id)
);
CREATE INDEX zx_cases_wake ON zx_cases (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX zx_cases_parent ON zx_cases (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX zx_cases_state ON zx_cases (procedure, state);
CREATE INDEX zx_cases_officer ON zx_cases (officer);
CREATE INDEX zx_deadlines_case ON zx_deadlines (case_id, live);
CREATE INDEX zx_deadlines_due ON zx_deadlines (due_at) WHERE live;
CREATE INDEX zx_alerts_case ON zx_alerts (case_id);
CREATE INDEX zx_alerts_unseen ON zx_alerts (at) WHERE seen_by IS NULL;
CREATE INDEX zx_outbox_due ON zx_outbox (send_at) WHERE send_at IS NOT NULL;
CREATE INDEX zx_outbox_case ON zx_outbox (case_id);
CREATE INDEX zx_incidents_open ON zx_incidents (at) WHERE resolved_at IS NULL;
COMMIT;
