import type { ApplicationSpec, BuildSpec, ManagedServiceSpec, RuntimeSpec, WebSpec } from '../environment-spec.ts'
import type { ReaderContext, ReaderResult } from '../reader.ts'
import { nameServices } from '../shared/service-names.ts'
import { defaultRoute } from '../platformsh/routes.ts'
import { type Candidate, createCandidate, type Detected, detectedWeb } from './detected.ts'
import { detectNode } from './nodejs.ts'
import { detectPhp } from './php.ts'
import { type Procfile, readProcfile } from './procfile.ts'
import { detectPython } from './python.ts'
import { detectServices } from './services.ts'
import { detectStatic } from './static.ts'

/** What detection looks for, in words. */
export const LOOKED_FOR =
  'package.json, requirements.txt, pyproject.toml, composer.json, index.php, Procfile, and index.html at the root or in public/, dist/, build/ or _site/'

const GRACE_MS = 10_000
const NAME = 'web'

/** What a directory is; undefined when nothing says so. What starts a server comes before what only serves files. */
export async function detect(candidate: Candidate): Promise<Detected | undefined> {
  return (
    (await detectNode(candidate, 'server')) ??
    (await detectPython(candidate)) ??
    (await detectPhp(candidate)) ??
    (await detectNode(candidate, 'site')) ??
    detectStatic(candidate)
  )
}

/** One application `web` at the root, with the Procfile's workers; no application when nothing was found. */
export async function readDetected({ findings, tree }: ReaderContext): Promise<ReaderResult> {
  const candidate = createCandidate(tree, '.', findings)
  const procfile = await readProcfile(candidate)
  const detected = await detect(candidate)
  if (!detected && !procfile) return { applications: [], format: 'detected', routes: [], services: [] }
  const { relationships, services } = await detectServices(candidate)
  const application = { ...toApplication(detected, procfile, { candidate, services }), relationships }
  return {
    applications: [application],
    format: 'detected',
    routes: application.web ? [defaultRoute(NAME, 'both')] : [],
    services,
  }
}

function toApplication(
  detected: Detected | undefined,
  procfile: Procfile | undefined,
  { candidate, services }: { readonly candidate: Candidate; readonly services: readonly ManagedServiceSpec[] },
): ApplicationSpec {
  const command = (name: string): string | undefined => procfile?.get(name)?.command
  const web = toWeb(command('web') ?? detected?.start, detected?.publicDirectory)
  if (detected && !web && !procfile) refuseWithoutStart(detected.runtime, candidate)
  return {
    ...applicationDefaults,
    build: toBuild(detected),
    hooks: { deploy: command('release') },
    name: NAME,
    root: candidate.root,
    runtime: detected?.runtime ?? { name: 'shell' },
    web,
    workers: procfile ? toWorkers(procfile, services) : [],
  }
}

function toWeb(start: string | undefined, publicDirectory: string | undefined): WebSpec | undefined {
  return start === undefined && publicDirectory === undefined ? undefined : detectedWeb(start, publicDirectory)
}

/** What nothing in a detected application says. */
export const applicationDefaults = {
  crons: [],
  dependencies: [],
  deploy: true,
  deployHookFailure: 'fails',
  mounts: [],
  probes: {},
  resources: {},
  scale: 1,
  stop: { graceMs: GRACE_MS },
  strategy: 'rolling',
  timeZone: 'UTC',
  variables: {},
  variablesPrefix: 'ALOFT_',
} as const satisfies Partial<ApplicationSpec>

export function toBuild(detected: Detected | undefined): BuildSpec {
  return { dependencies: {}, flavor: 'none', variables: {}, ...detected?.build }
}

function toWorkers(procfile: Procfile, services: readonly ManagedServiceSpec[]): ApplicationSpec['workers'] {
  const workers = [...procfile]
    .filter(([key]) => key !== 'web' && key !== 'release')
    .map(([key, { command, section }]) => ({ command, key, section }))
  const [first] = workers
  if (!first) return []
  const application = { name: NAME, section: first.section, workers }
  const managed = services.map(({ name }) => ({ name, section: first.section, workers: [] }))
  const names = nameServices([application, ...managed]).get(application)
  return workers.map(({ command, key }) => ({
    mounts: [],
    name: names?.get(key) ?? key,
    resources: {},
    scale: 1,
    start: command,
    variables: {},
  }))
}

function refuseWithoutStart({ name }: RuntimeSpec, { findings, tree }: Candidate): void {
  const file = ['requirements.txt', 'pyproject.toml', 'composer.json'].find(path => tree.has(path)) ?? 'Procfile'
  findings.problems.push({
    column: 1,
    file,
    line: 1,
    message: `nothing says how to start this ${name} application: add a Procfile with a line "web: COMMAND" that listens on $PORT`,
    path: '',
  })
}
