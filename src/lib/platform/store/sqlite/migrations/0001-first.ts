/** The first schema. Times are ISO 8601, JSON is text, what is `sealed` is AES-256-GCM (secrets/seal.ts). */
export const first = `
CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  default_environment TEXT,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE environments (
  id TEXT PRIMARY KEY,
  project TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  parent TEXT REFERENCES environments,
  formation TEXT NOT NULL DEFAULT '[]',
  generation INTEGER NOT NULL DEFAULT 0,
  deployment TEXT,
  created_at TEXT NOT NULL,
  UNIQUE (project, name)
) STRICT;
CREATE INDEX environments_parent ON environments (parent);

CREATE TABLE hosts (
  host TEXT PRIMARY KEY,
  environment TEXT NOT NULL REFERENCES environments ON DELETE CASCADE,
  pattern TEXT NOT NULL,
  port INTEGER UNIQUE
) STRICT;
CREATE INDEX hosts_environment ON hosts (environment);

CREATE TABLE variables (
  project TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
  environment TEXT REFERENCES environments ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT,
  sealed BLOB,
  visible_at_build INTEGER NOT NULL,
  visible_at_runtime INTEGER NOT NULL,
  updated_at TEXT NOT NULL,
  CHECK ((value IS NULL) <> (sealed IS NULL))
) STRICT;
CREATE UNIQUE INDEX variables_scope ON variables (project, ifnull(environment, ''), name);
CREATE INDEX variables_environment ON variables (environment);

CREATE TABLE revisions (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
  environment TEXT REFERENCES environments ON DELETE SET NULL,
  tree TEXT NOT NULL,
  parents TEXT NOT NULL,
  message TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX revisions_project ON revisions (project, environment, sequence);
CREATE INDEX revisions_environment ON revisions (environment);

CREATE TABLE builds (
  project TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
  id TEXT NOT NULL,
  application TEXT NOT NULL,
  tree TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  runtime TEXT NOT NULL,
  path TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (project, id)
) STRICT;
CREATE INDEX builds_id ON builds (id);

CREATE TABLE deployments (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  project TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
  environment TEXT NOT NULL REFERENCES environments ON DELETE CASCADE,
  status TEXT NOT NULL,
  spec TEXT NOT NULL,
  tree TEXT,
  revision TEXT,
  builds TEXT NOT NULL,
  variables BLOB NOT NULL,
  formation TEXT NOT NULL,
  urls TEXT NOT NULL,
  restarts TEXT NOT NULL,
  message TEXT NOT NULL,
  activity TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX deployments_project ON deployments (project);
CREATE INDEX deployments_environment ON deployments (environment, sequence);

CREATE TABLE activities (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  description TEXT NOT NULL,
  project TEXT,
  environment TEXT,
  state TEXT NOT NULL,
  result TEXT,
  waiting TEXT,
  phase TEXT,
  error TEXT,
  input BLOB NOT NULL,
  output TEXT,
  lanes TEXT NOT NULL,
  lanes_entered TEXT NOT NULL DEFAULT '[]',
  lanes_left TEXT NOT NULL DEFAULT '[]',
  warnings TEXT NOT NULL DEFAULT '[]',
  client_key TEXT UNIQUE,
  request_fingerprint TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  cancel_requested_at TEXT,
  committed_at TEXT,
  log_ended INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX activities_unfinished ON activities (sequence) WHERE state <> 'finished' OR log_ended = 0;
CREATE INDEX activities_environment ON activities (project, environment, sequence);

CREATE TABLE activity_steps (
  activity TEXT NOT NULL REFERENCES activities (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  output BLOB,
  error TEXT,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  PRIMARY KEY (activity, ordinal),
  UNIQUE (activity, name)
) STRICT;

CREATE TABLE tokens (
  name TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  expires_at TEXT,
  last_used_at TEXT
) STRICT;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
`
