import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../../../core/errors.ts'
import type { Store } from '../port.ts'
import type { Secrets } from '../../../secrets/seal.ts'
import { openPlatformSecrets, PLATFORM_KEY } from '../../secrets.ts'
import { createActivityStore } from './activities.ts'
import { createBackupStore } from './backups.ts'
import type { Base } from './base.ts'
import { createBuildStore } from './builds.ts'
import { Database } from './database.ts'
import { createDeploymentStore } from './deployments.ts'
import { createEnvironmentStore } from './environments.ts'
import { createHostStore } from './hosts.ts'
import { createManagedServiceStore } from './managed-services.ts'
import { migrate } from './migrate.ts'
import { migrations as released } from './migrations/all.ts'
import { createProjectStore } from './projects.ts'
import { createRevisionStore } from './revisions.ts'
import { createSettingStore } from './settings.ts'
import { createTokenStore } from './tokens.ts'
import { createVariableStore } from './variables.ts'

/** Sealed at first use, so that a wrong key shows at the start and not in the middle of a deploy. */
const KEY_CHECK = 'store.key-check'

export interface SqliteStoreOptions {
  /** Path of the database file (`layout.database`). */
  readonly database: string
  /** Path of the key file (`layout.secretKey`), made at first use. */
  readonly secretKey: string
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** In place of those released: for tests. */
  readonly migrations?: readonly string[]
}

/**
 * Opens the database, makes it when there is none, and locks it for this process.
 * @throws conflict.platform-running another process holds it; conflict.platform-version it is newer than this code;
 * unavailable.platform the secret key is missing or another one
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const { migrations = released, now = Date.now, secretKey } = options
  createPrivateFile(options.database)
  const database = new Database(options.database)
  try {
    migrate(database, migrations)
    const secrets = openSecrets(database, secretKey)
    return assemble({ database, now, secrets, timestamp: () => new Date(now()).toISOString() })
  } catch (error) {
    database.close()
    throw error
  }
}

function assemble(base: Base): Store {
  const { database } = base
  return {
    activities: createActivityStore(base),
    backups: createBackupStore(base),
    builds: createBuildStore(base),
    close: () => database.close(),
    deployments: createDeploymentStore(base),
    environments: createEnvironmentStore(base),
    hosts: createHostStore(base),
    managedServices: createManagedServiceStore(base),
    makeRoom: () => database.makeRoom(),
    projects: createProjectStore(base),
    revisions: createRevisionStore(base),
    settings: createSettingStore(base),
    tokens: createTokenStore(base),
    transaction: run => database.transaction(run),
    variables: createVariableStore(base),
  }
}

/** Before SQLite opens it: closing any handle of the file later would release SQLite's lock (POSIX advisory locks). */
function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { mode: 0o700, recursive: true })
  closeSync(openSync(path, 'a', 0o600))
}

function openSecrets(database: Database, path: string): Secrets {
  const check = database.get('SELECT value FROM settings WHERE name = :name', { name: KEY_CHECK })?.['value']
  if (check !== undefined && !existsSync(path)) {
    throw new AppError('unavailable.platform', `${path} is missing: the secrets in the database cannot be read`, {
      suggestions: PLATFORM_KEY.suggestions,
    })
  }
  const secrets = openPlatformSecrets(path)
  if (typeof check === 'string') {
    secrets.open(Buffer.from(JSON.parse(check), 'base64'), KEY_CHECK)
    return secrets
  }
  const sealed = Buffer.from(secrets.seal('', KEY_CHECK)).toString('base64')
  database.run('INSERT INTO settings (name, value) VALUES (:name, :value)', {
    name: KEY_CHECK,
    value: JSON.stringify(sealed),
  })
  return secrets
}
