import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Clock, systemClock } from '../../core/clock.ts'
import { createId } from '../../core/ids.ts'
import type { ArtifactManifest } from '../build/artifact-manifest.ts'
import { type Artifacts, createArtifacts } from '../build/artifacts.ts'
import { freeze } from '../build/freeze.ts'
import { runStep } from '../build/run-step.ts'
import type { Engine } from '../engine/port.ts'
import type { Layout } from '../layout.ts'
import type { InstalledService, ServiceKit, ServiceType } from './port.ts'

const TIMEOUT_MS = 300_000
const GRACE_MS = 5_000
const PREFIX = 'svc-'

export interface KitsOptions {
  readonly engine: Engine
  readonly layout: Layout
  readonly clock?: Clock | undefined
}

export interface KitOptions {
  /** Aborting ends the running script and removes what was made. */
  readonly signal: AbortSignal
  /** What the script prints. */
  readonly onLine?: ((text: string) => void) | undefined
}

/** The artifacts that managed services run from. */
export interface Kits {
  /**
   * The id of the artifact, which is made when it is not there yet. Equal ones wait for each other; a failed or interrupted
   * one leaves nothing. @throws failed.build with the last lines of the script, failed.disk-full, failed.cancelled
   */
  make(type: ServiceType, installed: InstalledService, options: KitOptions): Promise<string>
}

/** The type of service a kit is of; undefined for other artifacts. */
export function typeOfKit(artifact: string): string | undefined {
  return artifact.startsWith(PREFIX) ? artifact.slice(PREFIX.length).replace(/-[0-9a-f]{24}$/, '') : undefined
}

export function createKits({ clock = systemClock, engine, layout }: KitsOptions): Kits {
  const artifacts = createArtifacts({ engine, layout })
  return {
    async make(type, installed, options) {
      const kit = type.kit(installed)
      const id = kitId(type.name, installed, kit)
      await artifacts.findOrMake(id, {
        environment: environmentOf(layout),
        make: async app => {
          writeFiles(app, kit.files)
          await build({ app, artifacts, clock, engine, id, installed, kit, layout, options })
          return describe({ app, clock, id, installed, type })
        },
        note: text => options.onLine?.(text),
        signal: options.signal,
      })
      return id
    },
  }
}

/**
 * Whose keeper makes kits: an environment without volumes and variables. Its name marks processes of the whole machine, so
 * that each platform has another.
 */
function environmentOf({ home }: Layout): string {
  return `kits-${createHash('sha256').update(home.data).digest('hex').slice(0, 12)}`
}

function kitId(
  type: string,
  { path, product, version }: InstalledService,
  { build: script, files }: ServiceKit,
): string {
  const content = [
    version,
    product,
    path,
    Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    script ?? null,
  ]
  return `${PREFIX}${type}-${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24)}`
}

function writeFiles(app: string, files: ServiceKit['files']): void {
  // where the volume is mounted
  mkdirSync(join(app, 'data'), { recursive: true })
  for (const [path, content] of Object.entries(files)) {
    const file = join(app, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    chmodSync(file, path.startsWith('bin/') ? 0o755 : 0o644)
  }
}

interface Making {
  readonly app: string
  readonly artifacts: Artifacts
  readonly clock: Clock
  readonly engine: Engine
  readonly id: string
  readonly installed: InstalledService
  readonly kit: ServiceKit
  readonly layout: Layout
  readonly options: KitOptions
}

async function build({ app, artifacts, clock, engine, id, installed, kit, layout, options }: Making): Promise<void> {
  if (kit.build === undefined) return
  const job = `${id}-${createId('job', clock.now()).slice('job_'.length)}`
  artifacts.noteJob(id, job)
  await runStep({
    directory: layout.artifacts,
    engine,
    job: {
      environment: environmentOf(layout),
      graceMs: GRACE_MS,
      id: job,
      launch: { artifact: id, command: kit.build, directory: '.', mounts: [], path: installed.path, variables: {} },
      log: { source: 'build' },
      timeoutMs: TIMEOUT_MS,
      writable: [app],
    },
    onLine: ({ text }) => options.onLine?.(text),
    signal: options.signal,
    step: { command: kit.build, name: `of the kit for ${installed.product}` },
  })
}

type Made = Pick<Making, 'app' | 'clock' | 'id' | 'installed'> & { readonly type: ServiceType }

async function describe({ app, clock, id, installed, type }: Made): Promise<ArtifactManifest> {
  return {
    application: type.name,
    createdAt: new Date(clock.now()).toISOString(),
    ...(await freeze(app)),
    id,
    mountPoints: ['data'],
    path: [...installed.path],
    project: 'services',
    runtime: installed.product,
    tree: '',
    version: 1,
    warnings: [],
  }
}
