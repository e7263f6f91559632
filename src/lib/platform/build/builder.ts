import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../core/clock.ts'
import { type AppError, isAppError } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import type { Build } from '../../core/model.ts'
import type { Engine } from '../engine/port.ts'
import type { Layout } from '../layout.ts'
import { diskError } from '../../core/disk-errors.ts'
import { writeDurably } from '../source/durable.ts'
import type { SourceStore } from '../source/source-store.ts'
import type { Retention } from '../pruning/retention.ts'
import { type ArtifactManifest, readArtifact, touchArtifact, writeArtifact } from './artifact-manifest.ts'
import { buildKey, mountPoints } from './build-key.ts'
import type { BuildOptions, BuildRequest, BuildResult } from './build-request.ts'
import { type BuildStep, planSteps } from './build-steps.ts'
import { buildVariables } from './build-variables.ts'
import { removeTree } from '../remove-tree.ts'
import { freeze } from './freeze.ts'
import { makeMountPoints } from './mount-points.ts'
import { relocateScripts } from './relocate.ts'
import { removeUnusedArtifacts } from './remove-unused.ts'
import { cancelled, runStep } from './run-step.ts'
import { type Runtime, type Runtimes, createRuntimes } from './runtimes.ts'

/** The Platform.sh family's limit of a build hook. */
const STEP_TIMEOUT_MS = 3_600_000
const GRACE_MS = 5_000
/** How often a build may lose its keeper. */
const ATTEMPTS = 3

/** Directories of tools in an artifact, in the order of PATH; those that a build did not make are left out. */
const TOOLS_FIRST = ['.venv/bin', '.global/bin']
const TOOLS_LAST = ['.global/vendor/bin', '.global/python3/bin']

export interface BuilderOptions {
  readonly layout: Layout
  readonly engine: Engine
  readonly sources: SourceStore
  readonly runtimes?: Runtimes | undefined
  readonly clock?: Clock | undefined
  /** Settings by which builds reach package registries (proxy, registry), given to all of them; no part of their key. */
  readonly network?: Readonly<Record<string, string>> | undefined
}

export interface Builder {
  /**
   * Builds an application of a stored tree, or finds the artifact of equal inputs. Idempotent; equal builds wait for each
   * other. A failed or interrupted one leaves nothing: it begins anew, by itself when only its keeper died.
   * @throws failed.build, failed.tool-missing, failed.disk-full, failed.cancelled, failed.interrupted, not-found.source, usage.source
   */
  build(request: BuildRequest, options: BuildOptions): Promise<BuildResult>
  /** What `build` would do; changes nothing. @throws failed.tool-missing, not-found.source, usage.source */
  plan(
    request: BuildRequest,
  ): Promise<{ readonly id: string; readonly reused: boolean; readonly warnings: readonly string[] }>
  /** A complete artifact; undefined when there is none of that id. */
  find(build: string): ArtifactManifest | undefined
  /** Deletes the artifacts that are neither kept nor being built nor used lately. */
  removeUnused(retention: Retention, signal?: AbortSignal): Promise<void>
}

export function createBuilder(options: BuilderOptions): Builder {
  return new ArtifactBuilder(options)
}

class ArtifactBuilder implements Builder {
  readonly #layout: Layout
  readonly #engine: Engine
  readonly #sources: SourceStore
  readonly #runtimes: Runtimes
  readonly #clock: Clock
  readonly #network: Readonly<Record<string, string>>
  /** The last one asked for, by build id. */
  readonly #running = new Map<string, Promise<unknown>>()

  constructor({ clock = systemClock, engine, layout, network = {}, runtimes, sources }: BuilderOptions) {
    this.#clock = clock
    this.#engine = engine
    this.#layout = layout
    this.#network = network
    this.#runtimes = runtimes ?? createRuntimes()
    this.#sources = sources
  }

  async build(request: BuildRequest, options: BuildOptions): Promise<BuildResult> {
    const plan: Plan = { ...(await this.#prepare(request)), options, request }
    const { id } = plan
    const previous = this.#running.get(id)
    const current = (async () => {
      await previous?.catch(() => undefined)
      return this.#findOrMake(plan)
    })()
    this.#running.set(id, current)
    try {
      return await current
    } finally {
      if (this.#running.get(id) === current) this.#running.delete(id)
    }
  }

  async plan(request: BuildRequest): Promise<{ id: string; reused: boolean; warnings: string[] }> {
    const { id, runtime } = await this.#prepare(request)
    return { id, reused: this.find(id) !== undefined, warnings: runtime.warning === undefined ? [] : [runtime.warning] }
  }

  async #prepare(request: BuildRequest): Promise<Omit<Plan, 'options' | 'request'>> {
    const subtree = this.#sources.subtreeDigest(request.tree, request.application.root)
    const runtime = await this.#runtimes.resolve(request.application.runtime)
    const helpers = await this.#helpers(request, runtime)
    const runtimes = [runtime, ...Object.values(helpers)].map(
      ({ binary, description }) => `${description} ${binary ?? ''}`,
    )
    return { helpers, id: buildKey(request, { runtimes, subtree }), runtime, subtree }
  }

  find(build: string): ArtifactManifest | undefined {
    return /^bld_[0-9a-f]{24}$/.test(build) ? readArtifact(this.#directory(build)) : undefined
  }

  async removeUnused({ isKept, usedSince }: Retention, signal?: AbortSignal): Promise<void> {
    const retention = { isKept: (build: string) => isKept(build) || this.#running.has(build), usedSince }
    await removeUnusedArtifacts(this.#layout.artifacts, retention, signal)
  }

  #directory(build: string): string {
    return join(this.#layout.artifacts, build)
  }

  /** Runtimes of global dependencies. */
  async #helpers({ application }: BuildRequest, own: Runtime): Promise<Helpers> {
    const { nodejs, php, python3 } = application.build.dependencies
    const get = (name: 'nodejs' | 'php' | 'python'): Promise<Runtime> | Runtime =>
      own.name === name ? own : this.#runtimes.resolve({ name })
    return {
      ...(hasAny(nodejs) ? { nodejs: await get('nodejs') } : {}),
      ...(hasAny(php) ? { php: await get('php') } : {}),
      ...(hasAny(python3) ? { python: await get('python') } : {}),
    }
  }

  async #findOrMake(plan: Plan): Promise<BuildResult> {
    const found = readArtifact(this.#directory(plan.id))
    if (found) {
      touchArtifact(this.#directory(plan.id))
      this.#note(plan, `the build ${plan.id} of the same inputs is reused`)
      return toResult(found, true)
    }
    for (let attempt = 1; ; attempt++) {
      await this.#endLeftover(plan)
      try {
        return toResult(await this.#make(plan), false)
      } catch (error) {
        await removeTree(this.#directory(plan.id))
        if (plan.options.signal.aborted) throw cancelled()
        if (attempt === ATTEMPTS || !isLost(error)) throw diskError(error, this.#layout.artifacts)
        this.#note(plan, `${error.message}: building anew`)
      }
    }
  }

  /** A platform that was killed leaves files, and its keeper may go on with the command. */
  async #endLeftover({ id, request }: Plan): Promise<void> {
    const job = await readFile(this.#jobFile(id), 'utf8').catch(() => undefined)
    if (job !== undefined) await this.#engine.cancel(environmentOf(request), job)
    await removeTree(this.#directory(id))
  }

  async #make(plan: Plan): Promise<ArtifactManifest> {
    const { helpers, id, options, request, runtime } = plan
    const app = join(this.#directory(id), 'app')
    const cache = join(this.#layout.buildCaches, request.project)
    await mkdir(this.#layout.artifacts, { mode: 0o711, recursive: true })
    await mkdir(cache, { mode: 0o700, recursive: true })
    await mkdir(this.#directory(id))
    await chmod(this.#directory(id), 0o755)
    this.#note(plan, `building ${request.application.name} with ${runtime.description}`)
    await this.#sources.materialise(request.tree, request.application.root, { signal: options.signal, target: app })
    linkAliases(app, [runtime, ...Object.values(helpers)])
    const steps = await planSteps({ app, helpers, request, runtime, runtimes: this.#runtimes })
    for (const step of steps) await this.#run(plan, step, { app, cache })
    for (const directory of ['.venv/bin', '.global/python3/bin']) relocateScripts(app, directory)
    makeMountPoints(app, mountPoints(request.application))
    const path = existingPath(app, plan)
    const frozen = await freeze(app)
    const manifest: ArtifactManifest = {
      application: request.application.name,
      createdAt: new Date(this.#clock.now()).toISOString(),
      ...frozen,
      id,
      mountPoints: mountPoints(request.application),
      path,
      project: request.project,
      runtime: runtime.description,
      tree: request.tree,
      version: 1,
      warnings: runtime.warning === undefined ? [] : [runtime.warning],
    }
    await rm(this.#jobFile(id), { force: true })
    writeArtifact(this.#directory(id), manifest)
    return manifest
  }

  async #run(plan: Plan, step: BuildStep, { app, cache }: { app: string; cache: string }): Promise<void> {
    const { id, options, request, subtree } = plan
    const { name } = request.application
    const attempt = createId('job', this.#clock.now()).slice('job_'.length)
    const job = `${id}-${attempt}-${step.name}`
    this.#note(plan, `running ${typeof step.command === 'string' ? `the build ${step.name}` : step.command.join(' ')}`)
    writeDurably(this.#jobFile(id), job, 0o600)
    await runStep({
      directory: this.#layout.artifacts,
      engine: this.#engine,
      job: {
        environment: environmentOf(request),
        graceMs: GRACE_MS,
        id: job,
        launch: {
          artifact: id,
          command: step.command,
          directory: '.',
          mounts: [],
          path: jobPath(plan),
          variables: buildVariables(request, { cache, network: this.#network, subtree }),
        },
        log: { service: name, source: 'build' },
        timeoutMs: STEP_TIMEOUT_MS,
        writable: [app, cache],
      },
      onLine: options.onLine,
      signal: options.signal,
      step,
    })
  }

  #jobFile(build: string): string {
    return join(this.#directory(build), 'job')
  }

  #note({ options, request }: Plan, text: string): void {
    options.onLine({
      at: new Date(this.#clock.now()).toISOString(),
      step: request.application.name,
      stream: 'note',
      text,
    })
  }
}

/** Its keeper died, which says nothing about the build. */
function isLost(error: unknown): error is AppError {
  return isAppError(error) && error.code === 'failed.interrupted'
}

type Helpers = Readonly<Partial<Record<'nodejs' | 'php' | 'python', Runtime>>>

interface Plan {
  readonly id: string
  readonly request: BuildRequest
  readonly options: BuildOptions
  readonly runtime: Runtime
  readonly helpers: Helpers
  readonly subtree: string
}

/** The keeper of a project's builds. */
function environmentOf({ project }: BuildRequest): string {
  return `build-${project}`
}

function hasAny(packages: Readonly<Record<string, string>> | undefined): boolean {
  return packages !== undefined && Object.keys(packages).length > 0
}

function runtimeDirectories({ helpers, runtime }: Plan): string[] {
  return [...new Set([runtime, ...Object.values(helpers)].flatMap(({ directories }) => directories))]
}

function jobPath(plan: Plan): string[] {
  return [...TOOLS_FIRST, ...runtimeDirectories(plan), ...TOOLS_LAST]
}

function existingPath(app: string, plan: Plan): string[] {
  const exists = (path: string): boolean => {
    try {
      return readdirSync(join(app, path)).length > 0
    } catch {
      return false
    }
  }
  return [...TOOLS_FIRST.filter(exists), ...runtimeDirectories(plan), ...TOOLS_LAST.filter(exists)]
}

/** Names that lead to the chosen versions, whatever else is in the same directory. The application's own runtime wins. */
function linkAliases(app: string, runtimes: readonly Runtime[]): void {
  const aliases: Record<string, string> = {}
  for (const runtime of runtimes.toReversed()) Object.assign(aliases, runtime.aliases)
  const directory = join(app, '.global', 'bin')
  if (Object.keys(aliases).length > 0) mkdirSync(directory, { recursive: true })
  for (const [name, binary] of Object.entries(aliases)) {
    rmSync(join(directory, name), { force: true })
    symlinkSync(binary, join(directory, name))
  }
}

function toResult(manifest: ArtifactManifest, reused: boolean): BuildResult {
  const { application, createdAt, id, path, project, runtime, sizeBytes, tree, warnings } = manifest
  const build: Build = { application, createdAt, id, project, runtime, sizeBytes, tree }
  return { build, path, reused, warnings }
}
