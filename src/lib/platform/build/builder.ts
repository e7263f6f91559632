import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../core/clock.ts'
import { createId } from '../../core/ids.ts'
import type { Build } from '../../core/model.ts'
import type { Engine } from '../engine/port.ts'
import type { Layout } from '../layout.ts'
import type { SourceStore } from '../source/source-store.ts'
import type { Retention } from '../pruning/retention.ts'
import type { ArtifactManifest } from './artifact-manifest.ts'
import { type Artifacts, createArtifacts } from './artifacts.ts'
import { buildKey, mountPoints } from './build-key.ts'
import type { BuildOptions, BuildRequest, BuildResult } from './build-request.ts'
import { type BuildStep, planSteps } from './build-steps.ts'
import { buildVariables } from './build-variables.ts'
import { freeze } from './freeze.ts'
import { makeMountPoints } from './mount-points.ts'
import { relocateScripts } from './relocate.ts'
import { runStep } from './run-step.ts'
import { type Runtime, type Runtimes, createRuntimes } from './runtimes.ts'

/** The Platform.sh family's limit of a build hook. */
const STEP_TIMEOUT_MS = 3_600_000
const GRACE_MS = 5_000

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
  readonly #artifacts: Artifacts

  constructor({ clock = systemClock, engine, layout, network = {}, runtimes, sources }: BuilderOptions) {
    this.#artifacts = createArtifacts({ engine, layout })
    this.#clock = clock
    this.#engine = engine
    this.#layout = layout
    this.#network = network
    this.#runtimes = runtimes ?? createRuntimes()
    this.#sources = sources
  }

  async build(request: BuildRequest, options: BuildOptions): Promise<BuildResult> {
    const plan: Plan = { ...(await this.#prepare(request)), options, request }
    const { manifest, reused } = await this.#artifacts.findOrMake(plan.id, {
      environment: environmentOf(request),
      make: app => this.#make(plan, app),
      note: text => this.#note(plan, text),
      signal: options.signal,
    })
    if (reused) this.#note(plan, `the build ${plan.id} of the same inputs is reused`)
    return toResult(manifest, reused)
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
    return /^bld_[0-9a-f]{24}$/.test(build) ? this.#artifacts.find(build) : undefined
  }

  async removeUnused(retention: Retention, signal?: AbortSignal): Promise<void> {
    await this.#artifacts.removeUnused(retention, signal)
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

  async #make(plan: Plan, app: string): Promise<ArtifactManifest> {
    const { helpers, id, options, request, runtime } = plan
    const cache = join(this.#layout.buildCaches, request.project)
    await mkdir(cache, { mode: 0o700, recursive: true })
    this.#note(plan, `building ${request.application.name} with ${runtime.description}`)
    await this.#sources.materialise(request.tree, request.application.root, { signal: options.signal, target: app })
    linkAliases(app, [runtime, ...Object.values(helpers)])
    const steps = await planSteps({ app, helpers, request, runtime, runtimes: this.#runtimes })
    for (const step of steps) await this.#run(plan, step, { app, cache })
    for (const directory of ['.venv/bin', '.global/python3/bin']) relocateScripts(app, directory)
    makeMountPoints(app, mountPoints(request.application))
    const path = existingPath(app, plan)
    return {
      application: request.application.name,
      createdAt: new Date(this.#clock.now()).toISOString(),
      ...(await freeze(app)),
      id,
      mountPoints: mountPoints(request.application),
      path,
      project: request.project,
      runtime: runtime.description,
      tree: request.tree,
      version: 1,
      warnings: runtime.warning === undefined ? [] : [runtime.warning],
    }
  }

  async #run(plan: Plan, step: BuildStep, { app, cache }: { app: string; cache: string }): Promise<void> {
    const { id, options, request, subtree } = plan
    const { name } = request.application
    const attempt = createId('job', this.#clock.now()).slice('job_'.length)
    const job = `${id}-${attempt}-${step.name}`
    this.#note(plan, `running ${typeof step.command === 'string' ? `the build ${step.name}` : step.command.join(' ')}`)
    this.#artifacts.noteJob(id, job)
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

  #note({ options, request }: Plan, text: string): void {
    options.onLine({
      at: new Date(this.#clock.now()).toISOString(),
      step: request.application.name,
      stream: 'note',
      text,
    })
  }
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
