/** Deployments that were there have no managed services. */
export const servicesAndBackups = `
UPDATE deployments SET spec = json_set(spec, '$.services', json('[]'));

CREATE TABLE managed_services (
  environment TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  version TEXT NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  credentials BLOB NOT NULL,
  configuration TEXT NOT NULL,
  restart TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (environment, name),
  UNIQUE (host, port)
) STRICT;

CREATE TABLE backups (
  id TEXT PRIMARY KEY,
  project TEXT NOT NULL,
  environment TEXT NOT NULL,
  state TEXT NOT NULL,
  activity TEXT NOT NULL,
  record TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX backups_environment ON backups (project, environment, created_at);
`
