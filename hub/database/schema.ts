/**
 * The schema, as steps forward; the database remembers how many it has taken (`user_version`). Never change a
 * step that was released: add one.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    now INTEGER NOT NULL,
    type TEXT NOT NULL,
    home TEXT,
    sensor TEXT,
    kind TEXT,
    at INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX journal_readings ON journal (home, kind, at) WHERE kind IS NOT NULL;
  CREATE INDEX journal_rare ON journal (type, seq) WHERE type <> 'reading';

  CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE alert (
    id TEXT PRIMARY KEY,
    home TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alert_open ON alert (is_open, opened_at);

  CREATE TABLE alert_event (
    seq INTEGER NOT NULL,
    alert TEXT NOT NULL,
    what TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alert_event_of ON alert_event (alert, seq);
  CREATE INDEX alert_event_seq ON alert_event (seq);

  CREATE TABLE notification (
    id TEXT PRIMARY KEY,
    alert TEXT NOT NULL,
    state TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX notification_of ON notification (alert);
  CREATE INDEX notification_queued ON notification (queued_at) WHERE state = 'queued';
  CREATE INDEX notification_newest ON notification (queued_at);

  CREATE TABLE home (id TEXT PRIMARY KEY, facts TEXT NOT NULL, personal TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE gateway (
    id TEXT PRIMARY KEY,
    home TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE seen_packet (
    client TEXT NOT NULL,
    packet_id INTEGER NOT NULL,
    digest TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (client, packet_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE seen_reading (
    home TEXT NOT NULL,
    sensor TEXT NOT NULL,
    id TEXT NOT NULL,
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (home, sensor, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX seen_reading_at ON seen_reading (at);

  CREATE TABLE person_token (
    hash TEXT PRIMARY KEY,
    use TEXT NOT NULL,
    person TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  // An alert may be about an area, or the hub: it has no home then.
  `
  CREATE TABLE alert_about (
    id TEXT PRIMARY KEY,
    home TEXT,
    is_open INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO alert_about SELECT id, home, is_open, opened_at, body FROM alert;
  DROP TABLE alert;
  ALTER TABLE alert_about RENAME TO alert;
  CREATE INDEX alert_open ON alert (is_open, opened_at);
  `,
  // The staff; and alerts know who was told in this round, not how many steps have run.
  `
  CREATE TABLE staff (id TEXT PRIMARY KEY, facts TEXT NOT NULL, personal TEXT) STRICT, WITHOUT ROWID;
  UPDATE alert SET body = json_set(json_remove(body, '$.position'), '$.progress', json_object(
    'round', 0,
    'told', json((
      SELECT json_group_array(DISTINCT 'contact:' || json_extract(n.body, '$.contact')) FROM notification n
      WHERE n.alert = alert.id AND json_extract(n.body, '$.template') = 'alert' AND n.queued_at >= coalesce((
        SELECT max(json_extract(e.body, '$.now')) FROM alert_event e WHERE e.alert = alert.id AND e.what = 'reopened'
      ), 0)
    )),
    'asked', json((
      SELECT json_group_array(recipient) FROM (
        SELECT 'contact:' || json_extract(n.body, '$.contact') AS recipient FROM notification n
        WHERE n.alert = alert.id AND json_extract(n.body, '$.template') = 'alert'
        ORDER BY json_extract(n.body, '$.step') DESC LIMIT 1
      )
    ))
  ));
  `,
  // A message may be about no alert.
  `
  CREATE TABLE message (
    id TEXT PRIMARY KEY,
    alert TEXT,
    state TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO message SELECT id, alert, state, queued_at, body FROM notification;
  DROP TABLE notification;
  ALTER TABLE message RENAME TO notification;
  CREATE INDEX notification_of ON notification (alert);
  CREATE INDEX notification_queued ON notification (queued_at) WHERE state = 'queued';
  CREATE INDEX notification_newest ON notification (queued_at);
  `,
  // Links in messages, by the hash of their token; purpose: JSON [use, alert or home, recipient].
  `
  CREATE TABLE link (
    hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX link_purpose ON link (purpose);
  `,
  // Who asked for a code to open a link with (link: JSON [use, alert, recipient]), and the sessions that codes gave.
  `
  CREATE TABLE link_code (
    link TEXT NOT NULL,
    at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    PRIMARY KEY (link, at)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE link_session (
    hash TEXT PRIMARY KEY,
    link TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // Those that could never be delivered are few among all that were.
  `
  CREATE INDEX notification_failed ON notification (queued_at) WHERE state = 'failed';
  `,
  // Alerts of before do not know whether they are alarms, which quiet hours never hold back: rather too many are.
  `
  UPDATE alert SET body = json_set(body, '$.alarm', json('true'))
  WHERE is_open = 1 AND json_extract(body, '$.category') = 'safety';
  `,
  // People with roles, their sessions, tokens of programs, and who saw what. Until now a name in a link was all: whoever
  // has one is a person now, and the one of the first link, who made the others', is an admin too.
  `
  CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT,
    roles TEXT NOT NULL,
    areas TEXT NOT NULL,
    password_hash TEXT,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    subject TEXT UNIQUE
  ) STRICT, WITHOUT ROWID;
  INSERT INTO person SELECT person, NULL,
    CASE WHEN person = 'operator' THEN '["operator","installer","admin"]' ELSE '["operator","installer"]' END,
    '"all"', NULL, 'active', min(expires_at) - 50400000, NULL FROM person_token GROUP BY person;

  CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    how TEXT NOT NULL,
    active_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_of ON session (person);
  INSERT INTO session SELECT hash, person, 'link', expires_at - 50400000, expires_at FROM person_token
    WHERE use = 'session';
  CREATE TABLE sign_in_link (
    hash TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO sign_in_link SELECT hash, person, expires_at FROM person_token WHERE use = 'sign-in';
  DROP TABLE person_token;

  CREATE TABLE access_token (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    areas TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    whose TEXT,
    why TEXT,
    origin TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_whose ON audit (whose, seq);
  CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
  `,
  // The alerts of one home, by time.
  `
  CREATE INDEX alert_of_home ON alert (home, opened_at);
  `,
  // What people tell the next shift, in their own words: never in the journal. `areas` are those of who wrote it.
  `
  CREATE TABLE handover (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    written_by TEXT NOT NULL,
    areas TEXT NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  CREATE TABLE handover_read (
    note INTEGER NOT NULL REFERENCES handover (id) ON DELETE CASCADE,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (note, person)
  ) STRICT, WITHOUT ROWID;
  `,
  // What one person did, by time.
  `
  CREATE INDEX audit_who ON audit (who, seq);
  `,
  // What the centre knows of a home that no sensor tells: as personal as the names, and never in the journal either.
  `
  CREATE TABLE home_note (
    id INTEGER PRIMARY KEY,
    home TEXT NOT NULL,
    at INTEGER NOT NULL,
    written_by TEXT NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX home_note_of ON home_note (home);
  `,
  // A password that a gateway has not come with yet; and requests that were answered, so that one that comes twice after
  // a lost link does nothing twice. What was answered is not kept: it may have names in it, or a password.
  `
  CREATE TABLE gateway_next (
    id TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    made_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE request (
    key TEXT PRIMARY KEY,
    asked TEXT NOT NULL,
    status INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX request_at ON request (at);
  `,
  // By which certificates gateways are known: SHA-256 of the whole certificate. What was revoked stays, to be shown.
  `
  CREATE TABLE gateway_certificate (
    fingerprint TEXT PRIMARY KEY,
    gateway TEXT NOT NULL,
    home TEXT NOT NULL,
    serial TEXT NOT NULL,
    valid_to INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    shown_at INTEGER,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX gateway_certificate_of ON gateway_certificate (gateway);
  `,
  // What installers' visits proved: names people, and is kept as long as the home is.
  `
  CREATE TABLE certificate (
    id TEXT PRIMARY KEY,
    home TEXT NOT NULL,
    at INTEGER NOT NULL,
    due INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX certificate_of ON certificate (home, at);
  `,
  // How long each home was not protected in a month: the audit log has the digest of these.
  `
  CREATE TABLE unprotected_month (
    home TEXT NOT NULL,
    month TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    of_minutes INTEGER NOT NULL,
    PRIMARY KEY (home, month)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX unprotected_month_of ON unprotected_month (month);
  `,
  // Each change of an alert that history is told says how the alert was after its entry; of those of before, the changes
  // until then tell it. Each piece is the newest by rowid, and what is of one entry has the same.
  `
  UPDATE alert_event SET body = json_set(body, '$.after', json_object(
    'handling', coalesce(substr(f.handling, 21), 'new'),
    'condition', coalesce(substr(f.condition, 21), 'active'),
    'severity', coalesce(substr(f.severity, 21), (SELECT json_extract(a.body, '$.severity') FROM alert a WHERE a.id = alert)))
  ) FROM (
    SELECT rowid AS id,
      max(CASE WHEN what IN ('raised', 'reopened') THEN format('%020dnew', rowid)
        WHEN what IN ('acknowledged', 'resolved') THEN format('%020d%s', rowid, what) END) OVER until_then AS handling,
      max(CASE WHEN what IN ('raised', 'again', 'level') THEN format('%020dactive', rowid)
        WHEN what = 'cleared' THEN format('%020dcleared', rowid) END) OVER until_then AS condition,
      max(CASE WHEN what IN ('raised', 'again', 'level')
        AND json_extract(body, '$.text') IN ('high', 'medium', 'low', 'info')
        THEN format('%020d%s', rowid, json_extract(body, '$.text')) END) OVER until_then AS severity
    FROM alert_event
    WHERE what IN ('raised', 'again', 'level', 'cleared', 'acknowledged', 'resolved', 'reopened', 'counted', 'held', 'released')
    WINDOW until_then AS (PARTITION BY alert ORDER BY seq)
  ) AS f WHERE alert_event.rowid = f.id;
  `,
  // Which calls of providers were taken, by hash: one that is sent again changes nothing, over restarts too.
  `
  CREATE TABLE provider_call (
    call BLOB PRIMARY KEY,
    until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX provider_call_until ON provider_call (until);
  `,
  // Who was erased, by pseudonyms alone, and how far that is: it goes on after a start, and a backup that is restored
  // later is told of it.
  `
  CREATE TABLE IF NOT EXISTS erasure (
    id INTEGER PRIMARY KEY,
    home TEXT NOT NULL,
    resident TEXT,
    at INTEGER NOT NULL,
    step TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  `,
  // What has had its time is cut from the beginning of the audit log, up to the row that is noted for it; nothing else.
  `
  DROP TRIGGER audit_is_kept;
  CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
  WHEN old.seq > coalesce((SELECT json_extract(value, '$.seq') FROM note WHERE key = 'audit-cut'), 0)
  BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
  `,
  // Packets that may come again, those of a moment in one row: JSON [clients, marks]. A row of each packet was a page of each
  // gateway to write. Those of before do not come along: their content has another digest.
  `
  CREATE TABLE recent_packets (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  DROP TABLE seen_packet;
  `,
]
