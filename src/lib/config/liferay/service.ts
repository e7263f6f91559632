import { applicationDefaults, detect, toBuild } from '../detect/detect.ts'
import { createCandidate, type Detected, detectedWeb } from '../detect/detected.ts'
import { PUBLIC_DIRECTORIES } from '../detect/static.ts'
import { addProblem, addUnsupported, addWarning, reportKeys, subsection } from '../document/section.ts'
import type { ApplicationSpec, CronSpec, WebSpec } from '../environment-spec.ts'
import type { ReaderContext } from '../reader.ts'
import { NO_SCHEDULE, readSchedule } from '../shared/schedule.ts'
import { shellLine } from '../shared/shell.ts'
import { inDirectory } from '../tree.ts'
import { SERVICE_EFFECTS } from './effects.ts'
import { isOwnWork } from './images.ts'
import { toProbes } from './probes.ts'
import type { ServiceInput } from './schema.ts'
import type { ServiceFile } from './service-file.ts'
import { BUILD_TOKEN, toVariables } from './variables.ts'
import { toMounts } from './volumes.ts'

/** What Kubernetes gives a stopped container. */
const GRACE_MS = 30_000
const DAY_MS = 86_400_000
const CONCURRENCY = { Allow: 'allow', Forbid: 'forbid', Replace: 'replace' } as const

/** A service of an LCP.json; what needs a container engine is listed as not there yet unless it is not deployed here. */
export async function toApplication(service: ServiceFile, context: ReaderContext): Promise<ApplicationSpec> {
  return service.input.deploy === false || isOwnWork(service, context.tree)
    ? undeployed(service)
    : deployed(service, await findSource(service, context), context.project)
}

/** It keeps its name, and nothing of it is built or started in this environment. */
function undeployed({ name, root }: ServiceFile): ApplicationSpec {
  return {
    ...applicationDefaults,
    build: toBuild(undefined),
    deploy: false,
    hooks: {},
    name,
    root,
    runtime: { name: 'static' },
    variablesPrefix: 'LCP_',
    workers: [],
  }
}

/** What the service's directory holds and how it is started. */
interface Source {
  readonly detected: Detected | undefined
  readonly start: string | undefined
}

async function findSource(service: ServiceFile, { findings, tree }: ReaderContext): Promise<Source> {
  const { input, root } = service
  const hasDockerfile = tree.has(inDirectory(root, 'Dockerfile'))
  if (hasDockerfile || (input.image ?? '') !== '') {
    refuseImage(service, hasDockerfile)
    return { detected: undefined, start: undefined }
  }
  const detected = await detect(createCandidate(tree, root, findings))
  const start = input.command ? shellLine(input.command) : detected?.start
  if (start === undefined && detected?.publicDirectory === undefined) refuseUnknown(service)
  return { detected, start }
}

function deployed(service: ServiceFile, source: Source, project: string): ApplicationSpec {
  const { input, name, root, section } = service
  const { detected, start } = source
  reportUse(service)
  const job = isJob(input)
  const mounts = toMounts(name, input, subsection(section, 'volumes'))
  const web = job ? undefined : toWeb(input, source)
  const application: ApplicationSpec = {
    ...applicationDefaults,
    build: toBuild(detected),
    crons: toCrons(service, { project, start }),
    // a Job runs once, when what it depends on is ready
    hooks: input.kind === 'Job' ? { postDeploy: start } : {},
    mounts,
    name,
    probes: job ? {} : toProbes(input),
    resources: { cpu: input.cpu, memoryMb: input.memory },
    root,
    runtime: detected?.runtime ?? { name: 'shell' },
    scale: instances(input),
    stop: { graceMs: GRACE_MS },
    strategy: isSingle(input, mounts) ? 'recreate' : 'rolling',
    ...toVariables(input, subsection(section, 'env')),
    variablesPrefix: 'LCP_',
    web,
    workers: [],
  }
  return web || job || start === undefined ? application : inBackground(application, start)
}

/** A service that listens nowhere is a worker of its own name. */
function inBackground(application: ApplicationSpec, start: string): ApplicationSpec {
  const { mounts, name, probes, resources, scale } = application
  return { ...application, workers: [{ mounts, name, probes, resources, scale, start, variables: {} }] }
}

/** Jobs have no instances of their own. */
function instances(input: ServiceInput): number {
  return isJob(input) ? 0 : (input.scale ?? 1)
}

function isJob({ kind }: ServiceInput): boolean {
  return kind === 'Job' || kind === 'CronJob'
}

function refuseImage({ input, section }: ServiceFile, hasDockerfile: boolean): void {
  if (hasDockerfile) addUnsupported(section, [], 'a Dockerfile beside LCP.json: container images')
  else if (BUILD_TOKEN.test(input.image ?? ''))
    addProblem(section, ['image'], {
      message: `${input.image} is a token that the build replaces: build the workspace first, then deploy its output`,
    })
  else addUnsupported(section, ['image'], `the container image ${input.image}`)
}

function refuseUnknown({ root, section }: ServiceFile): void {
  addProblem(section, [], {
    message:
      `nothing to run or serve was found in ${root === '.' ? 'the root' : root}: needs a command, package.json, ` +
      `requirements.txt, composer.json, or index.html there or in ${PUBLIC_DIRECTORIES.slice(1).join(', ')}`,
  })
}

/** Warnings and refusals of what a deployed service asks for. */
function reportUse(service: ServiceFile): void {
  const { input, section } = service
  reportKeys(section, SERVICE_EFFECTS)
  reportPorts(service)
  for (const [index, { crt }] of (input.loadBalancer?.certs ?? []).entries()) {
    const where = ['loadBalancer', 'certs', index]
    if (crt !== undefined) addWarning(section, where, 'custom certificates are not used here: the edge has its own')
  }
  if ((input.livenessProbe?.successThreshold ?? 1) > 1)
    addWarning(section, ['livenessProbe', 'successThreshold'], 'is always 1 for liveness')
}

function reportPorts({ input, section }: ServiceFile): void {
  const { loadBalancer, ports = [] } = input
  for (const [index, { external, port, protocol }] of ports.entries()) {
    if (external) addUnsupported(section, ['ports', index, 'external'], `a public address for port ${port}`)
    if (protocol === 'UDP') addUnsupported(section, ['ports', index, 'protocol'], `UDP on port ${port}`)
  }
  const [first] = ports
  if (first && ports.length > 1 && loadBalancer?.targetPort === undefined)
    addWarning(section, ['ports'], `only port ${first.targetPort ?? first.port} takes requests here`)
}

/** Absent: the service listens nowhere. */
function toWeb({ loadBalancer, ports }: ServiceInput, { detected, start }: Source): WebSpec | undefined {
  const directory = detected?.publicDirectory
  const ported = ports?.map(({ port, targetPort }) => targetPort ?? port) ?? []
  const servesFiles = start === undefined && directory !== undefined
  if (!loadBalancer && ported.length === 0 && !servesFiles) return undefined
  return detectedWeb(start, directory, loadBalancer?.targetPort ?? ported[0])
}

function isSingle({ strategy }: ServiceInput, mounts: ApplicationSpec['mounts']): boolean {
  return strategy?.type === 'Recreate' || mounts.some(({ source }) => source === 'instance')
}

function toCrons(
  { input, name, section }: ServiceFile,
  { project, start }: { readonly project: string; readonly start: string | undefined },
): CronSpec[] {
  if (input.kind !== 'CronJob') return []
  const schedule = input.schedule === undefined ? undefined : readSchedule(input.schedule, `${project}/${name}`)
  if (schedule === undefined)
    addProblem(section, ['schedule'], {
      message: input.schedule === undefined ? 'is required for a CronJob: text' : NO_SCHEDULE,
    })
  if (schedule === undefined || start === undefined) return []
  return [
    {
      concurrency: CONCURRENCY[input.concurrencyPolicy ?? 'Allow'],
      name,
      schedule,
      shutdownTimeoutMs: GRACE_MS,
      start,
      timeoutMs: DAY_MS,
    },
  ]
}
