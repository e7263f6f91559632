import { join } from 'node:path'
import type { Home } from '../protocol/home.ts'

/** The names of all that the platform keeps on disk, below the user's home directories. */
export interface Layout {
  readonly home: Home
  readonly database: string
  readonly secretKey: string
  /** Content-addressed blobs and trees of source revisions. */
  readonly sources: string
  /** Artifacts by build id: `<artifacts>/<build>/app` and, once complete, `<artifacts>/<build>/manifest.json`. */
  readonly artifacts: string
  readonly buildCaches: string
  readonly activities: string
  /** The record of all calls. */
  readonly audit: string
  /** Parts of backups by their SHA-256, and `<backup>/manifest.json`. */
  readonly backups: string
  /** Files on their way here. */
  readonly uploads: string
  readonly edge: string
  readonly platformLog: string
  /** All of one environment: `logs/`, `volumes/`, `keeper/`, `releases/`. */
  environment(id: string): string
  logs(environment: string): string
  volumes(environment: string): string
  keeper(environment: string): string
  keeperSocket(environment: string): string
  activityLog(activity: string): string
}

/** Pure: creates nothing. */
export function createLayout(home: Home): Layout {
  const environment = (id: string): string => join(home.data, 'environments', id)
  return {
    home,
    activities: join(home.data, 'activities'),
    activityLog: activity => join(home.data, 'activities', activity),
    audit: join(home.data, 'audit'),
    artifacts: join(home.data, 'artifacts'),
    backups: join(home.data, 'backups'),
    buildCaches: join(home.data, 'build-caches'),
    database: join(home.data, 'platform.db'),
    edge: join(home.data, 'edge'),
    environment,
    keeper: id => join(environment(id), 'keeper'),
    keeperSocket: id => join(home.runtime, `${id}.sock`),
    logs: id => join(environment(id), 'logs'),
    platformLog: join(home.data, 'platform.log'),
    secretKey: join(home.config, 'secret.key'),
    sources: join(home.data, 'sources'),
    uploads: join(home.data, 'uploads'),
    volumes: id => join(environment(id), 'volumes'),
  }
}
