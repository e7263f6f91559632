import { join } from 'node:path'
import { createActivities } from './activities/activities.ts'
import type { Activities, StepMoment } from './activities/port.ts'
import { systemClock } from '../core/clock.ts'
import { toErrorDocument } from '../core/errors.ts'
import type { Home } from '../protocol/home.ts'
import type { Secrets } from '../secrets/seal.ts'
import { AuditLog } from './audit/audit-log.ts'
import type { BackupDeps } from './backups/deps.ts'
import { type OpenBackups, openBackups } from './backups/open.ts'
import { type BackupUpkeep, openBackupUpkeep } from './backups/upkeep.ts'
import { createBuilder } from './build/builder.ts'
import { cronHandler } from './crons/cron-activity.ts'
import { CronScheduler } from './crons/scheduler.ts'
import { deployHandler } from './deploy/deploy-activity.ts'
import type { DeployDeps } from './deploy/deps.ts'
import { restartHandler, scaleHandler } from './deploy/live-activities.ts'
import { Routing } from './deploy/routing.ts'
import { createSiteMemory } from './deploy/site-memory.ts'
import { createNodeEdge } from './edge/node/node-edge.ts'
import type { Engine, IsolationLevel } from './engine/port.ts'
import { volumeRoot } from './engine/process/isolation/mounts.ts'
import { cloneHandler } from './environments/clone-activity.ts'
import { deleteEnvironmentHandler, deleteProjectHandler } from './environments/delete-activities.ts'
import { pauseHandler, resumeHandler } from './environments/pause-activities.ts'
import { syncHandler } from './environments/sync-activity.ts'
import { createProcessEngine } from './engine/process/engine.ts'
import { createLayout, type Layout } from './layout.ts'
import type { PlatformLog } from './log.ts'
import type { LogReader } from './logs/port.ts'
import { createLogReader } from './logs/reader.ts'
import { createLogWriter, DEFAULT_LOG_LIMITS } from './logs/writer.ts'
import { Pruner } from './pruning/pruner.ts'
import { removeTree } from './remove-tree.ts'
import { findServiceType as inCatalogue } from './services/catalogue.ts'
import { createKits, type Kits } from './services/kits.ts'
import { createServiceOperations } from './services/operations.ts'
import { createManagedServices, type ManagedServicesOptions } from './services/managed-services.ts'
import type { ManagedServices } from './services/port.ts'
import { createSourceStore, type SourceStore } from './source/source-store.ts'
import type { Store } from './store/port.ts'
import { openPlatformSecrets } from './secrets.ts'
import { openSqliteStore } from './store/sqlite/open.ts'

export interface PartsOptions {
  readonly home: Home
  readonly version: string
  readonly log: PlatformLog
  /** Type of a managed service by the word of a file; the catalogue unless told. */
  readonly findServiceType?: ManagedServicesOptions['findType'] | undefined
  /** By which builds reach the network. */
  readonly buildNetwork?: Readonly<Record<string, string>> | undefined
  /** How processes are separated; the strongest way that works unless told. */
  readonly isolation?: IsolationLevel['level'] | undefined
  /** The program for deduplicated backups; the system's unless told. */
  readonly findRestic?: (() => Promise<string>) | undefined
  /** For fault injection. */
  readonly onStep?: ((activity: string, step: string, moment: StepMoment) => void) | undefined
}

/** The parts of a running platform, wired to each other. */
export interface Parts {
  readonly deps: DeployDeps
  readonly activities: Activities
  readonly backups: OpenBackups
  readonly upkeep: BackupUpkeep
  readonly audit: AuditLog
  readonly sources: SourceStore
  readonly crons: CronScheduler
  readonly pruner: Pruner
  readonly reader: (directory: string) => LogReader
  /** Set once the edge answers. */
  readonly edgePorts: { http: number; https: number }
  readonly onError: (error: unknown, context?: object) => void
}

/** Opens the store, and with it the lock; what runs is taken back in the background. @throws conflict.platform-running, conflict.platform-version */
export function openParts(options: PartsOptions): Parts {
  const { findRestic, findServiceType = inCatalogue, home, isolation, log, onStep, version } = options
  const layout = createLayout(home)
  const store = openSqliteStore({ database: layout.database, secretKey: layout.secretKey })
  const onError = reportTo(log)
  const secrets = openPlatformSecrets(layout.secretKey)
  const audit = openAudit({ layout, onError, secrets, store })
  const engine = createProcessEngine({ clock: systemClock, isolation, layout, log, secrets, version })
  const edge = createNodeEdge({ clock: systemClock, layout, log, version })
  const routing = new Routing({ edge, engine, layout, memory: createSiteMemory(store), onError })
  const edgePorts = { http: 0, https: 0 }
  const sources = createSourceStore({ directory: layout.sources })
  const builder = createBuilder({ engine, layout, network: options.buildNetwork, sources })
  const kits = createKits({ engine, layout })
  const services = openServices(findServiceType, { engine, kits, layout, store })
  const deps: DeployDeps = {
    builder,
    edge,
    edgePorts: () => edgePorts,
    engine,
    layout,
    routing,
    services,
    sources,
    store,
  }
  const activities = createActivities({
    clock: systemClock,
    onError,
    onFinished: place => {
      refreshCrons(store, crons, place)
      upkeep.scheduler.onFinished(place)
    },
    ...(onStep ? { onStep } : {}),
    openLog: id => createLogWriter({ directory: layout.activityLog(id), limits: DEFAULT_LOG_LIMITS, source: id }),
    store,
  })
  const crons = new CronScheduler({ activities, onError, store })
  registerHandlers(activities, deps)
  const operations = createServiceOperations({ engine, kits })
  const backups = openBackups(deps, { findRestic, findServiceType, kits, operations, version })
  backups.register(activities)
  const { parts, policies } = backups.deps
  const upkeep = openBackupUpkeep({ activities, backups: backups.backups, layout, onError, parts, policies, store })
  registerEnvironments(activities, backups.deps)
  return {
    activities,
    audit,
    backups,
    crons,
    deps,
    edgePorts,
    onError,
    pruner: new Pruner({ builder, clock: systemClock, onError, sources, store }),
    reader: directory => createLogReader({ directory: source => join(directory, source) }),
    sources,
    upkeep,
  }
}

function reportTo(log: PlatformLog): Parts['onError'] {
  return (error, context = {}) => {
    log.error(
      { ...context, error: toErrorDocument(error), stack: error instanceof Error ? error.stack : undefined },
      'something failed',
    )
  }
}

function openAudit({
  layout,
  onError,
  secrets,
  store,
}: {
  layout: Layout
  onError: Parts['onError']
  secrets: Secrets
  store: Store
}): AuditLog {
  return new AuditLog({
    clock: systemClock,
    directory: layout.audit,
    onError: error => onError(error, { what: 'a call could not be recorded' }),
    secrets,
    settings: store.settings,
  })
}

function openServices(
  findType: ManagedServicesOptions['findType'],
  { engine, kits, layout, store }: { engine: Engine; kits: Kits; layout: Layout; store: Store },
): ManagedServices {
  return createManagedServices({
    engine,
    findType,
    kits,
    removeVolume: (environment, volume) => removeTree(volumeRoot(layout, environment, { name: volume })),
    store,
  })
}

function registerHandlers(activities: Activities, deps: DeployDeps): void {
  for (const type of ['deploy', 'redeploy', 'rollback'] as const) activities.register(deployHandler(deps, type))
  activities.register(scaleHandler(deps))
  activities.register(restartHandler(deps))
  activities.register(cronHandler(deps))
}

function registerEnvironments(activities: Activities, deps: BackupDeps): void {
  activities.register(cloneHandler(deps))
  activities.register(deleteEnvironmentHandler(deps))
  activities.register(deleteProjectHandler(deps))
  activities.register(pauseHandler(deps))
  activities.register(resumeHandler(deps))
  activities.register(syncHandler(deps))
}

function refreshCrons(
  store: Store,
  crons: CronScheduler,
  names: { project?: string | undefined; environment?: string | undefined },
): void {
  const project = names.project === undefined ? undefined : store.projects.find(names.project)
  const environment =
    project && names.environment !== undefined ? store.environments.find(project.id, names.environment) : undefined
  if (environment) crons.refresh(environment.id)
}
