BEGIN TRANSACTION;
CREATE TABLE zx_alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT zx_alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "zx_alembic_version" VALUES('0003');
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
INSERT INTO "zx_alerts" VALUES('56d57932a1514479a828029cb17f7646','again','again.1.0','answer','warning','["officer"]','li','2025-03-08T16:00:00.000000Z','2025-03-11',NULL);
INSERT INTO "zx_alerts" VALUES('41648edd02054439823685d828b0006b','again','again.1.0','answer','warning','["officer"]','li','2025-03-10T16:00:00.000000Z','2025-03-11',NULL);
INSERT INTO "zx_alerts" VALUES('c3bbc74332264ac0b550b1268c44eac7','again','again.1.0','answer','expired','["officer"]','li','2025-03-11T16:00:00.000000Z','2025-03-11',NULL);
INSERT INTO "zx_alerts" VALUES('b9e3a8b6b70e409dbd7410ea36c04fed','again','again.1.0','answer','escalated','["chief"]','li','2025-03-11T16:00:00.000000Z','2025-03-11',NULL);
INSERT INTO "zx_alerts" VALUES('fe810f1fc7e948c28d69fa1e91a909ad','closed','closed.1.0','answer','warning','["officer"]','','2025-03-07T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('48084255331648cfaeeaccb67c07306b','closed','closed.1.0','answer','warning','["officer"]','','2025-03-09T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('ca39cc47268f4019a9fecf45c7210dea','closed','closed.1.0','answer','expired','["officer"]','','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('1f9a6e05ba0943ccafe3b0338cc02e8c','closed','closed.1.0','answer','escalated','["chief"]','','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('56aaacf1494640c4a967612c27a4fc0b','elsewhere','elsewhere.1.0','answer','warning','["officer"]','zhou','2025-03-07T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('401a25f7afa94d348d8698d057e55599','elsewhere','elsewhere.1.0','answer','warning','["officer"]','zhou','2025-03-09T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('ad896456465844b8bb41fbd0baf289cc','elsewhere','elsewhere.1.0','answer','expired','["officer"]','zhou','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('4cb20d4e38e3450080a042d49da8c480','elsewhere','elsewhere.1.0','answer','escalated','["chief"]','zhou','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('be709c80700643d3bfac6a026773bbc2','fresh','fresh.1.0','answer','warning','["officer"]','li','2025-03-07T16:00:00.000000Z','2025-03-10','li');
INSERT INTO "zx_alerts" VALUES('fdd084d709e549a087f0513881312daf','fresh','fresh.1.0','answer','warning','["officer"]','li','2025-03-09T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('531d7c87682e412f9b8c25a9684146c2','fresh','fresh.1.0','answer','expired','["officer"]','li','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('8505c61cefe7427794cd0168cff466c2','fresh','fresh.1.0','answer','escalated','["chief"]','li','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('68527238c91148709f0e02c45a628273','noticed','noticed.3.0','clue_check','expired','["officer"]','li','2025-03-06T16:00:00.000000Z','2025-03-06',NULL);
INSERT INTO "zx_alerts" VALUES('57e4c264762a4008bc882729b860a14c','shut','shut.1.0','answer','warning','["officer"]','zhou','2025-03-07T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('fbaf0e3609c84f478f93dd322de8e893','shut','shut.1.0','answer','warning','["officer"]','zhou','2025-03-09T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('e82a45d313374ab19706d94674b26346','shut','shut.1.0','answer','expired','["officer"]','zhou','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('16224aca55794e91bca167606ffd7332','shut','shut.1.0','answer','escalated','["chief"]','zhou','2025-03-10T16:00:00.000000Z','2025-03-10',NULL);
INSERT INTO "zx_alerts" VALUES('20c4d335df2045639b63ed395eb70b65','unassigned','unassigned.1.0','answer','warning','["officer"]','wu','2025-03-08T16:00:00.000000Z','2025-03-11',NULL);
INSERT INTO "zx_alerts" VALUES('a3ea12d950b84f1dadf3619c7e80967f','unassigned','unassigned.1.0','answer','warning','["officer"]','wu','2025-03-10T16:00:00.000000Z','2025-03-11',NULL);
INSERT INTO "zx_alerts" VALUES('a30a24b199444369a8a74ac53dc1bc43','unassigned','unassigned.1.0','answer','expired','["officer"]','wu','2025-03-11T16:00:00.000000Z','2025-03-11',NULL);
INSERT INTO "zx_alerts" VALUES('f0fa7df5ce8c49fd9710593c823bc5c1','unassigned','unassigned.1.0','answer','escalated','["chief"]','wu','2025-03-11T16:00:00.000000Z','2025-03-11',NULL);
INSERT INTO "zx_alerts" VALUES('b3a5e985567d480baaf8b5ec7b47ed04','late','late.1.0','answer','warning','["officer"]','','2025-04-14T16:00:00.000000Z','2025-04-17',NULL);
INSERT INTO "zx_alerts" VALUES('731ca0fb0359476c952ac193e1785058','late','late.1.0','answer','warning','["officer"]','','2025-04-16T16:00:00.000000Z','2025-04-17',NULL);
INSERT INTO "zx_alerts" VALUES('b36f68649b4748418a4dfc25466f7a49','late','late.1.0','answer','expired','["officer"]','','2025-04-17T16:00:00.000000Z','2025-04-17',NULL);
INSERT INTO "zx_alerts" VALUES('32007c6fc90b441b8a631bed450e146c','late','late.1.0','answer','escalated','["chief"]','','2025-04-17T16:00:00.000000Z','2025-04-17',NULL);
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
	particulars JSON NOT NULL, 
	opened_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	closed_at TEXT, 
	closing_mode VARCHAR(64), 
	wake_at TEXT, 
	parent_id VARCHAR(100), 
	sub_procedure VARCHAR(64), 
	PRIMARY KEY (id), 
	FOREIGN KEY(definition_hash) REFERENCES zx_definitions (hash), 
	FOREIGN KEY(parent_id) REFERENCES zx_cases (id)
);
INSERT INTO "zx_cases" VALUES('fresh','loan','ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383','fresh',5,'（2025）执1号','jiayu','li','{"paid":"0.00","due_days":10,"amount":"100.50"}','{}','2025-03-03T01:00:00.000000Z','2025-04-10T01:00:00.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('noticed','loan','ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383','overdue',9,'','','li','{"paid":"0.00","due_days":10,"amount":"100.00","clue":"car"}','{"documents":{"notice":["n-1"]},"deductions":[["2025-03-04","2025-03-06","notice","n-1"]]}','2025-03-03T01:00:00.000000Z','2025-04-10T01:00:00.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('resting','loan','ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383','resting',2,'','','','{"paid":"0.00","due_days":10,"amount":"1.00"}','{"origins":["fresh"],"deductions":[["2025-03-03",null,"rest",""]]}','2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('closed','loan','ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383','lost',6,'','','','{"paid":"0.00","due_days":10,"amount":"1.00"}','{}','2025-03-03T01:00:00.000000Z','2025-04-10T01:00:00.000000Z','2025-04-10T01:00:00.000000Z','lost',NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('elsewhere','loan','ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383','fresh',5,'（2025）执1号','haidian','zhou','{"paid":"0.00","due_days":10,"amount":"5.00"}','{}','2025-03-03T01:00:00.000000Z','2025-04-10T01:00:00.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('shut','loan','ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383','lost',6,'（2025）执2号','haidian','zhou','{"paid":"0.00","due_days":10,"amount":"6.00"}','{}','2025-03-03T01:00:00.000000Z','2025-04-10T01:00:00.000000Z','2025-04-10T01:00:00.000000Z','lost',NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('again','loan','ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383','fresh',5,'(2025)执1号','jiayu','li','{"paid":"0.00","due_days":10,"amount":"7.00"}','{}','2025-03-04T01:00:00.000000Z','2025-04-10T01:00:00.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('unassigned','loan','ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383','fresh',6,'（2025）执3号','','wu','{"paid":"0.00","due_days":10,"amount":"8.00"}','{}','2025-03-04T01:00:00.000000Z','2025-04-10T01:00:00.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('late','loan','ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383','fresh',4,'','','','{"paid":"0.00","due_days":10,"amount":"7.00"}','{}','2025-04-10T01:00:00.000000Z','2025-04-20T01:00:00.000000Z',NULL,NULL,'2025-05-09T16:00:00.000000Z',NULL,NULL);
INSERT INTO "zx_cases" VALUES('sanction','sanction','48e290f771e00da407875522a058e7e338722cea826b3841b790f791faf24cdc','draft',4,'','','','{}','{"documents":{"memo":["m"]},"proposals":[{"trigger":"fine","to":"decided","approval":"fine","person":"li","roles":["officer"],"at":"2025-04-20T01:00:00+00:00","data":{"kind":"person","amount":"500.00"},"documents":{"decision":"d"},"note":"","step":0,"ballots":[["wang","panel","2025-04-20T01:00:00+00:00",true,""]],"step_began":0}],"tasks":[["sanction.3.t0","approval","fine",["panel"],"2025-04-20T01:00:00+00:00","offered","",null]]}','2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z',NULL,NULL,'2025-04-27T16:00:00.000000Z',NULL,NULL);
INSERT INTO "zx_cases" VALUES('split','sanction','48e290f771e00da407875522a058e7e338722cea826b3841b790f791faf24cdc','decided',9,'（2025）执4号','haidian','li','{"kind":"person","amount":"500.00","days":10}','{"documents":{"memo":["m"],"decision":["d"]},"tasks":[["split.6.t1","task","serve",["clerk","officer"],"2025-04-20T01:00:00+00:00","claimed","zhou","2025-04-20T01:00:00+00:00"]]}','2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z',NULL,NULL,'2025-04-30T16:00:00.000000Z',NULL,NULL);
INSERT INTO "zx_cases" VALUES('000000080000012a6702480957ecb535','instalment','88f875971bc8ab0f97f49427bc69ada3857177eeb3258825e34a04c0064bf840','done',2,'（2025）执4号','haidian','li','{"share":"500.00","paid":"10.00"}','{}','2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','done',NULL,'split','part');
INSERT INTO "zx_cases" VALUES('000000090000994cb4208ffb50e99008','instalment','88f875971bc8ab0f97f49427bc69ada3857177eeb3258825e34a04c0064bf840','waiting',1,'（2025）执4号','haidian','li','{"share":"500.00"}','{}','2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z',NULL,NULL,NULL,'split','part');
INSERT INTO "zx_cases" VALUES('asked','asking','3c593eeb5f215b0fcf375d803b6828e54684fa5c3711ea304cb3684741927ae4','done',3,'','jiayu','','{"found":"40.00"}','{}','2025-04-20T01:00:00.000000Z','2025-04-20T01:00:01.000000Z','2025-04-20T01:00:01.000000Z','done',NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('failed','asking','3c593eeb5f215b0fcf375d803b6828e54684fa5c3711ea304cb3684741927ae4','asked',2,'','haidian','','{}','{}','2025-04-20T01:00:01.000000Z','2025-04-20T01:00:01.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('refused','asking','3c593eeb5f215b0fcf375d803b6828e54684fa5c3711ea304cb3684741927ae4','asked',2,'','haidian','','{}','{}','2025-04-20T01:00:02.000000Z','2025-04-20T01:00:02.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('waiting','asking','3c593eeb5f215b0fcf375d803b6828e54684fa5c3711ea304cb3684741927ae4','asked',2,'','','','{}','{}','2025-04-20T01:00:03.000000Z','2025-04-20T01:00:03.000000Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "zx_cases" VALUES('redesigned','loan','65fe739b1bc3587fc099877971b003084c4f5a65e30590f97f5d72daa4b9fee2','fresh',2,'（2025）执5号','haidian','li','{"paid":"0.00","due_days":10,"amount":"9.00"}','{}','2025-04-20T01:00:03.000000Z','2025-04-20T01:00:03.000000Z',NULL,NULL,'2025-04-24T16:00:00.000000Z',NULL,NULL);
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
INSERT INTO "zx_deadlines" VALUES('elsewhere.1.0','elsewhere','answer','','expired',1,'2025-03-03T01:00:00.000000Z','2025-03-10','2025-03-10T16:00:00.000000Z',NULL,2,1,1,0,'8db0bd3bf157','zhou','[]','2025-03-10T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('elsewhere.1.1','elsewhere','not_yet','','opened',0,'2025-03-03T01:00:00.000000Z','2025-04-03','2025-04-02T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','zhou','[]','2025-04-02T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('shut.1.0','shut','answer','','expired',0,'2025-03-03T01:00:00.000000Z','2025-03-10','2025-03-10T16:00:00.000000Z',NULL,2,1,1,0,'8db0bd3bf157','zhou','[]','2025-04-10T01:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('shut.1.1','shut','not_yet','','opened',0,'2025-03-03T01:00:00.000000Z','2025-04-03','2025-04-02T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','zhou','[]','2025-04-02T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('again.1.0','again','answer','','expired',1,'2025-03-04T01:00:00.000000Z','2025-03-11','2025-03-11T16:00:00.000000Z',NULL,2,1,1,0,'8db0bd3bf157','li','[]','2025-03-11T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('again.1.1','again','not_yet','','opened',0,'2025-03-04T01:00:00.000000Z','2025-04-04','2025-04-03T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','li','[]','2025-04-03T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('unassigned.1.0','unassigned','answer','','expired',1,'2025-03-04T01:00:00.000000Z','2025-03-11','2025-03-11T16:00:00.000000Z',NULL,2,1,1,0,'8db0bd3bf157','wu','[]','2025-03-11T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('unassigned.1.1','unassigned','not_yet','','opened',0,'2025-03-04T01:00:00.000000Z','2025-04-04','2025-04-03T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','wu','[]','2025-04-03T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('late.1.0','late','answer','','expired',1,'2025-04-10T01:00:00.000000Z','2025-04-17','2025-04-17T16:00:00.000000Z',NULL,2,1,1,0,'8db0bd3bf157','','[]','2025-04-17T16:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('late.1.1','late','not_yet','','running',1,'2025-04-10T01:00:00.000000Z','2025-05-10','2025-05-09T16:00:00.000000Z','2025-05-09T16:00:00.000000Z',0,0,1,0,'8db0bd3bf157','','[]',NULL);
INSERT INTO "zx_deadlines" VALUES('sanction.3.0','sanction','decide','','running',1,'2025-04-20T01:00:00.000000Z','2025-04-27','2025-04-27T16:00:00.000000Z','2025-04-27T16:00:00.000000Z',0,0,1,0,'8db0bd3bf157','','[]',NULL);
INSERT INTO "zx_deadlines" VALUES('split.3.0','split','decide','','met',0,'2025-04-20T01:00:00.000000Z','2025-04-27','2025-04-27T16:00:00.000000Z',NULL,0,0,1,0,'8db0bd3bf157','li','[]','2025-04-20T01:00:00.000000Z');
INSERT INTO "zx_deadlines" VALUES('split.6.0','split','pay','','running',1,'2025-04-20T01:00:00.000000Z','2025-04-30','2025-04-30T16:00:00.000000Z','2025-04-30T16:00:00.000000Z',0,0,1,0,'8db0bd3bf157','li','[]',NULL);
INSERT INTO "zx_deadlines" VALUES('redesigned.1.0','redesigned','answer','','running',1,'2025-04-20T01:00:03.000000Z','2025-04-27','2025-04-27T16:00:00.000000Z','2025-04-24T16:00:00.000000Z',0,0,1,0,'8db0bd3bf157','li','[]',NULL);
INSERT INTO "zx_deadlines" VALUES('redesigned.1.1','redesigned','not_yet','','running',1,'2025-04-20T01:00:03.000000Z','2025-05-20','2025-05-19T16:00:00.000000Z','2025-05-19T16:00:00.000000Z',0,0,1,0,'8db0bd3bf157','li','[]',NULL);
CREATE TABLE zx_definitions (
	hash VARCHAR(64) NOT NULL, 
	procedure VARCHAR(64) NOT NULL, 
	version VARCHAR(64) NOT NULL, 
	effective TEXT NOT NULL, 
	text TEXT NOT NULL, 
	stored_at TEXT NOT NULL, 
	PRIMARY KEY (hash)
);
INSERT INTO "zx_definitions" VALUES('3c593eeb5f215b0fcf375d803b6828e54684fa5c3711ea304cb3684741927ae4','asking','1','2024-01-01','
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
','2025-03-03T01:00:00.000000Z');
INSERT INTO "zx_definitions" VALUES('ea5ffbe7091e3dbe90c0cb383f0b220ab636afc93594edae7e3512f55bd99383','loan','1','2024-01-01','
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
','2025-03-03T01:00:00.000000Z');
INSERT INTO "zx_definitions" VALUES('48e290f771e00da407875522a058e7e338722cea826b3841b790f791faf24cdc','sanction','1','2024-01-01','
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
','2025-03-03T01:00:00.000000Z');
INSERT INTO "zx_definitions" VALUES('88f875971bc8ab0f97f49427bc69ada3857177eeb3258825e34a04c0064bf840','instalment','1','2024-01-01','
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
','2025-04-20T01:00:00.000000Z');
INSERT INTO "zx_definitions" VALUES('c04322a5833138c04ec456b834958dd038de8d948a92b8dd4cd053831f1c7cbc','loan','2','2024-01-01','
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
','2025-04-20T01:00:03.000000Z');
INSERT INTO "zx_definitions" VALUES('65fe739b1bc3587fc099877971b003084c4f5a65e30590f97f5d72daa4b9fee2','loan','2+c1.1','2024-01-01','id: loan
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
','2025-04-20T01:00:03.000000Z');
INSERT INTO "zx_definitions" VALUES('beb955148df1f54f93e951d0f08409f4ffebb8b92cbc5fa48421179dbec4b0c9','loan','2+c1.1+c2.1','2024-01-01','id: loan
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
','2025-04-20T01:00:03.000000Z');
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
INSERT INTO "zx_history" VALUES('000000080000012a6702480957ecb535',1,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','opened','','li','["officer"]','','waiting','{"share":"500.00"}','[]','');
INSERT INTO "zx_history" VALUES('000000080000012a6702480957ecb535',2,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','event','pay','li','["officer"]','waiting','done','{"paid":"10.00"}','[]','');
INSERT INTO "zx_history" VALUES('000000090000994cb4208ffb50e99008',1,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','opened','','li','["officer"]','','waiting','{"share":"500.00"}','[]','');
INSERT INTO "zx_history" VALUES('again',1,'2025-03-04T01:00:00.000000Z','2025-03-04T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"7.00"}','[{"deadline":"answer","what":"armed","due":"2025-03-11"},{"deadline":"not_yet","what":"armed","due":"2025-04-04"}]','');
INSERT INTO "zx_history" VALUES('again',2,'2025-03-08T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-11"}]','');
INSERT INTO "zx_history" VALUES('again',3,'2025-03-10T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-11"}]','');
INSERT INTO "zx_history" VALUES('again',4,'2025-03-11T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"expired","due":"2025-03-11"},{"deadline":"answer","what":"escalated:chief","due":"2025-03-11"}]','');
INSERT INTO "zx_history" VALUES('again',5,'2025-04-03T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"not_yet","what":"opened","due":"2025-04-04"}]','');
INSERT INTO "zx_history" VALUES('asked',1,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{}','[]','');
INSERT INTO "zx_history" VALUES('asked',2,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','event','ask','li','["officer"]','fresh','asked','{}','[]','');
INSERT INTO "zx_history" VALUES('asked',3,'2025-04-20T01:00:01.000000Z','2025-04-20T01:00:01.000000Z','event','answered','outside','["outside"]','asked','done','{"found":"40.00"}','[]','network.inquire asked-2-0/1');
INSERT INTO "zx_history" VALUES('closed',1,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"1.00"}','[{"deadline":"answer","what":"armed","due":"2025-03-10"},{"deadline":"not_yet","what":"armed","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('closed',2,'2025-03-07T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('closed',3,'2025-03-09T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('closed',4,'2025-03-10T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"expired","due":"2025-03-10"},{"deadline":"answer","what":"escalated:chief","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('closed',5,'2025-04-02T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"not_yet","what":"opened","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('closed',6,'2025-04-10T01:00:00.000000Z','2025-04-10T01:00:00.000000Z','event','give_up','sun','["chief"]','fresh','lost','{}','[]','');
INSERT INTO "zx_history" VALUES('elsewhere',1,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"5.00"}','[{"deadline":"answer","what":"armed","due":"2025-03-10"},{"deadline":"not_yet","what":"armed","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('elsewhere',2,'2025-03-07T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('elsewhere',3,'2025-03-09T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('elsewhere',4,'2025-03-10T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"expired","due":"2025-03-10"},{"deadline":"answer","what":"escalated:chief","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('elsewhere',5,'2025-04-02T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"not_yet","what":"opened","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('failed',1,'2025-04-20T01:00:01.000000Z','2025-04-20T01:00:01.000000Z','opened','','li','["officer"]','','fresh','{}','[]','');
INSERT INTO "zx_history" VALUES('failed',2,'2025-04-20T01:00:01.000000Z','2025-04-20T01:00:01.000000Z','event','ask','li','["officer"]','fresh','asked','{}','[]','');
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
INSERT INTO "zx_history" VALUES('redesigned',1,'2025-04-20T01:00:03.000000Z','2025-04-20T01:00:03.000000Z','opened','','li','["officer"]','','fresh','{"amount":"9.00"}','[{"deadline":"answer","what":"armed","due":"2025-04-27"},{"deadline":"not_yet","what":"armed","due":"2025-05-20"}]','');
INSERT INTO "zx_history" VALUES('redesigned',2,'2025-04-20T01:00:03.000000Z','2025-04-20T01:00:03.000000Z','moved','','zhou','["chief"]','fresh','fresh','{"definition":["c04322a5833138c04ec456b834958dd038de8d948a92b8dd4cd053831f1c7cbc","65fe739b1bc3587fc099877971b003084c4f5a65e30590f97f5d72daa4b9fee2"]}','[]','个案加调解：双方愿意调解；zhou');
INSERT INTO "zx_history" VALUES('refused',1,'2025-04-20T01:00:02.000000Z','2025-04-20T01:00:02.000000Z','opened','','li','["officer"]','','fresh','{}','[]','');
INSERT INTO "zx_history" VALUES('refused',2,'2025-04-20T01:00:02.000000Z','2025-04-20T01:00:02.000000Z','event','ask','li','["officer"]','fresh','asked','{}','[]','');
INSERT INTO "zx_history" VALUES('resting',1,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"1.00"}','[{"deadline":"answer","what":"armed","due":"2025-03-10"},{"deadline":"not_yet","what":"armed","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('resting',2,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','event','rest','li','["officer"]','fresh','resting','{}','[{"deadline":"answer","what":"paused","due":null},{"deadline":"not_yet","what":"paused","due":null}]','');
INSERT INTO "zx_history" VALUES('sanction',1,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','opened','','li','["officer"]','','draft','{}','[]','');
INSERT INTO "zx_history" VALUES('sanction',2,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','event','note','li','["officer"]','draft','draft','{}','[]','');
INSERT INTO "zx_history" VALUES('sanction',3,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','proposed','fine','li','["officer"]','draft','draft','{"proposed":{"kind":"person","amount":"500.00"}}','[{"task":"fine","what":"offered"},{"deadline":"decide","what":"armed","due":"2025-04-27"}]','');
INSERT INTO "zx_history" VALUES('sanction',4,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','vote','fine','wang','["panel"]','draft','draft','{"ballots":[["wang","panel","2025-04-20T01:00:00+00:00","for",""]]}','[]','');
INSERT INTO "zx_history" VALUES('shut',1,'2025-03-03T01:00:00.000000Z','2025-03-03T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"6.00"}','[{"deadline":"answer","what":"armed","due":"2025-03-10"},{"deadline":"not_yet","what":"armed","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('shut',2,'2025-03-07T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('shut',3,'2025-03-09T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('shut',4,'2025-03-10T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"expired","due":"2025-03-10"},{"deadline":"answer","what":"escalated:chief","due":"2025-03-10"}]','');
INSERT INTO "zx_history" VALUES('shut',5,'2025-04-02T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"not_yet","what":"opened","due":"2025-04-03"}]','');
INSERT INTO "zx_history" VALUES('shut',6,'2025-04-10T01:00:00.000000Z','2025-04-10T01:00:00.000000Z','event','give_up','sun','["chief"]','fresh','lost','{}','[]','');
INSERT INTO "zx_history" VALUES('split',1,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','opened','','li','["officer"]','','draft','{}','[]','');
INSERT INTO "zx_history" VALUES('split',2,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','event','note','li','["officer"]','draft','draft','{}','[]','');
INSERT INTO "zx_history" VALUES('split',3,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','proposed','fine','li','["officer"]','draft','draft','{"proposed":{"kind":"person","amount":"500.00"}}','[{"task":"fine","what":"offered"},{"deadline":"decide","what":"armed","due":"2025-04-27"}]','');
INSERT INTO "zx_history" VALUES('split',4,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','vote','fine','wang','["panel"]','draft','draft','{"ballots":[["wang","panel","2025-04-20T01:00:00+00:00","for",""]]}','[]','');
INSERT INTO "zx_history" VALUES('split',5,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','vote','fine','zhao','["panel"]','draft','draft','{"ballots":[["zhao","panel","2025-04-20T01:00:00+00:00","for",""]]}','[{"task":"fine","what":"done"},{"task":"fine","what":"offered"}]','');
INSERT INTO "zx_history" VALUES('split',6,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','event','fine','qian','["president"]','draft','decided','{"kind":"person","amount":"500.00","approved":{"proposed_by":"li","proposed_at":"2025-04-20T01:00:00+00:00","ballots":[["wang","panel","2025-04-20T01:00:00+00:00","for",""],["zhao","panel","2025-04-20T01:00:00+00:00","for",""],["qian","president","2025-04-20T01:00:00+00:00","for",""]]},"days":10}','[{"task":"fine","what":"done"},{"deadline":"decide","what":"met","due":"2025-04-27"},{"deadline":"pay","what":"armed","due":"2025-04-30"},{"task":"serve","what":"offered"}]','');
INSERT INTO "zx_history" VALUES('split',7,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','claimed','','zhou','["clerk"]','decided','decided','{"task":"serve"}','[{"task":"serve","what":"claimed"}]','');
INSERT INTO "zx_history" VALUES('split',8,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','event','split','li','["officer"]','decided','decided','{}','[]','');
INSERT INTO "zx_history" VALUES('split',9,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z','event','split','li','["officer"]','decided','decided','{}','[]','');
INSERT INTO "zx_history" VALUES('unassigned',1,'2025-03-04T01:00:00.000000Z','2025-03-04T01:00:00.000000Z','opened','','li','["officer"]','','fresh','{"amount":"8.00"}','[{"deadline":"answer","what":"armed","due":"2025-03-11"},{"deadline":"not_yet","what":"armed","due":"2025-04-04"}]','');
INSERT INTO "zx_history" VALUES('unassigned',2,'2025-03-04T01:00:00.000000Z','2025-03-04T01:00:00.000000Z','assigned','','sun','["chief"]','fresh','fresh','{"officer":"wu"}','[]','');
INSERT INTO "zx_history" VALUES('unassigned',3,'2025-03-08T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-11"}]','');
INSERT INTO "zx_history" VALUES('unassigned',4,'2025-03-10T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"warned","due":"2025-03-11"}]','');
INSERT INTO "zx_history" VALUES('unassigned',5,'2025-03-11T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"answer","what":"expired","due":"2025-03-11"},{"deadline":"answer","what":"escalated:chief","due":"2025-03-11"}]','');
INSERT INTO "zx_history" VALUES('unassigned',6,'2025-04-03T16:00:00.000000Z','2025-04-10T01:00:00.000000Z','deadline','','clock','["clock"]','fresh','fresh','{}','[{"deadline":"not_yet","what":"opened","due":"2025-04-04"}]','');
INSERT INTO "zx_history" VALUES('waiting',1,'2025-04-20T01:00:03.000000Z','2025-04-20T01:00:03.000000Z','opened','','li','["officer"]','','fresh','{}','[]','');
INSERT INTO "zx_history" VALUES('waiting',2,'2025-04-20T01:00:03.000000Z','2025-04-20T01:00:03.000000Z','event','ask','li','["officer"]','fresh','asked','{}','[]','');
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
INSERT INTO "zx_inbox" VALUES('network','asked-2-0/1','asked-2-0','answered','{"found":"40.00"}','2025-04-20T01:00:01.000000Z','taken');
INSERT INTO "zx_inbox" VALUES('dispatcher','failed-2-0/failed','failed-2-0','failed','{}','2025-04-20T01:00:02.000000Z','not listened for');
INSERT INTO "zx_inbox" VALUES('network','refused-2-0/1','refused-2-0','answered','{"found":"many"}','2025-04-20T01:00:03.000000Z','field found: not an amount of money (got ''many'')');
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
INSERT INTO "zx_incidents" VALUES(1,'failed','failed-2-0','request','2025-04-20T01:00:02.000000Z','外部系统拒绝：no such account','2025-04-20T01:00:03.000000Z','sun','已人工办理');
INSERT INTO "zx_incidents" VALUES(2,'refused','refused-2-0','answer','2025-04-20T01:00:03.000000Z','字段 found：不是金额（得到 ''many''）',NULL,NULL,'');
INSERT INTO "zx_incidents" VALUES(3,NULL,NULL,'clock','2025-04-20T01:00:03.000000Z','不涉及案件',NULL,NULL,'');
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
INSERT INTO "zx_outbox" VALUES('asked-2-0','asked',2,'inquiry','network.inquire','{"bank":"ICBC"}','answered',0,NULL,NULL,'2025-04-20T01:00:00.000000Z','2025-04-20T01:00:01.000000Z','2025-04-20T01:00:01.000000Z','');
INSERT INTO "zx_outbox" VALUES('failed-2-0','failed',2,'inquiry','network.inquire','{"bank":"ICBC"}','failed',0,NULL,NULL,'2025-04-20T01:00:01.000000Z',NULL,NULL,'外部系统拒绝：no such account');
INSERT INTO "zx_outbox" VALUES('refused-2-0','refused',2,'inquiry','network.inquire','{"bank":"ICBC"}','answered',0,NULL,NULL,'2025-04-20T01:00:02.000000Z','2025-04-20T01:00:03.000000Z','2025-04-20T01:00:03.000000Z','');
INSERT INTO "zx_outbox" VALUES('waiting-2-0','waiting',2,'inquiry','network.inquire','{"bank":"ICBC"}','waiting',0,'2025-04-20T01:00:03.000000Z',NULL,'2025-04-20T01:00:03.000000Z',NULL,NULL,'');
CREATE TABLE zx_publications (
	id INTEGER NOT NULL, 
	procedure VARCHAR(64) NOT NULL, 
	case_id VARCHAR(100), 
	definition_hash VARCHAR(64) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	effective TEXT NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	proposed_by VARCHAR(100) NOT NULL, 
	proposed_at TEXT NOT NULL, 
	decided_by VARCHAR(100) NOT NULL, 
	decided_at TEXT, 
	withdrawn_by VARCHAR(100) NOT NULL, 
	withdrawn_at TEXT, 
	note TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(case_id) REFERENCES zx_cases (id), 
	FOREIGN KEY(definition_hash) REFERENCES zx_definitions (hash)
);
INSERT INTO "zx_publications" VALUES(1,'instalment',NULL,'88f875971bc8ab0f97f49427bc69ada3857177eeb3258825e34a04c0064bf840','1','2024-01-01','published','li','2025-04-20T01:00:00.000000Z','sun','2025-04-20T01:00:00.000000Z','',NULL,'');
INSERT INTO "zx_publications" VALUES(2,'loan',NULL,'c04322a5833138c04ec456b834958dd038de8d948a92b8dd4cd053831f1c7cbc','2','2024-01-01','published','li','2025-04-20T01:00:03.000000Z','sun','2025-04-20T01:00:03.000000Z','',NULL,'');
INSERT INTO "zx_publications" VALUES(3,'loan','redesigned','65fe739b1bc3587fc099877971b003084c4f5a65e30590f97f5d72daa4b9fee2','2+c1.1','2024-01-01','published','li','2025-04-20T01:00:03.000000Z','zhou','2025-04-20T01:00:03.000000Z','',NULL,'双方愿意调解');
INSERT INTO "zx_publications" VALUES(4,'loan','redesigned','beb955148df1f54f93e951d0f08409f4ffebb8b92cbc5fa48421179dbec4b0c9','2+c1.1+c2.1','2024-01-01','proposed','li','2025-04-20T01:00:03.000000Z','',NULL,'',NULL,'再议');
CREATE TABLE zx_tasks (
	id VARCHAR(100) NOT NULL, 
	case_id VARCHAR(100) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	pool VARCHAR(500) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	claimed_by VARCHAR(100) NOT NULL, 
	offered_at TEXT NOT NULL, 
	claimed_at TEXT, 
	ended_at TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(case_id) REFERENCES zx_cases (id)
);
INSERT INTO "zx_tasks" VALUES('sanction.3.t0','sanction','approval','fine','panel','offered','','2025-04-20T01:00:00.000000Z',NULL,NULL);
INSERT INTO "zx_tasks" VALUES('split.3.t0','split','approval','fine','panel','done','zhao','2025-04-20T01:00:00.000000Z',NULL,'2025-04-20T01:00:00.000000Z');
INSERT INTO "zx_tasks" VALUES('split.5.t1','split','approval','fine','president','done','qian','2025-04-20T01:00:00.000000Z',NULL,'2025-04-20T01:00:00.000000Z');
INSERT INTO "zx_tasks" VALUES('split.6.t1','split','task','serve','clerk,officer','claimed','zhou','2025-04-20T01:00:00.000000Z','2025-04-20T01:00:00.000000Z',NULL);
CREATE INDEX zx_cases_wake ON zx_cases (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX zx_cases_parent ON zx_cases (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX zx_cases_state ON zx_cases (procedure, state);
CREATE INDEX zx_deadlines_case ON zx_deadlines (case_id, live);
CREATE INDEX zx_deadlines_due ON zx_deadlines (due_at) WHERE live;
CREATE INDEX zx_alerts_case ON zx_alerts (case_id);
CREATE INDEX zx_alerts_unseen ON zx_alerts (at) WHERE seen_by IS NULL;
CREATE INDEX zx_outbox_due ON zx_outbox (send_at) WHERE send_at IS NOT NULL;
CREATE INDEX zx_outbox_case ON zx_outbox (case_id);
CREATE INDEX zx_incidents_open ON zx_incidents (at) WHERE resolved_at IS NULL;
CREATE INDEX zx_tasks_open ON zx_tasks (pool, offered_at) WHERE ended_at IS NULL;
CREATE INDEX zx_tasks_case ON zx_tasks (case_id);
CREATE INDEX zx_tasks_person ON zx_tasks (claimed_by) WHERE ended_at IS NULL;
CREATE INDEX zx_publications_current ON zx_publications (procedure, status, effective);
CREATE INDEX zx_cases_officer ON zx_cases (officer, id);
CREATE INDEX zx_cases_court ON zx_cases (court, id);
CREATE INDEX zx_cases_court_open ON zx_cases (court, id) WHERE closed_at IS NULL;
CREATE INDEX zx_cases_number ON zx_cases (number);
CREATE INDEX zx_cases_closed ON zx_cases (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX zx_deadlines_overdue ON zx_deadlines (due_at) WHERE live AND status = 'expired';
COMMIT;
