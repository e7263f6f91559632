import * as z from 'zod/mini'
import { INSTANCE_STATES } from '../../../core/model.ts'
import type { DesiredEnvironment, EngineInstance, JobLine, JobResult, JobSpec, Volume } from '../port.ts'

/*
 * What engine and keeper say to each other, as JSON over the keeper's Unix socket, and what the keeper writes down.
 */

/** Raised when an engine could not talk to a keeper of the version before: that one is then replaced. */
export const KEEPER_PROTOCOL = 4

const probe = z.object({
  check: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('http'), path: z.string(), port: z.optional(z.number()) }),
    z.object({ host: z.optional(z.string()), kind: z.literal('tcp'), port: z.optional(z.number()) }),
    z.object({ command: z.array(z.string()), kind: z.literal('exec') }),
  ]),
  failureThreshold: z.number(),
  initialDelayMs: z.number(),
  periodMs: z.number(),
  successThreshold: z.number(),
  timeoutMs: z.number(),
})

/** Lines of hosts(5) are made of these. */
const hostName = z.string().check(z.regex(/^[A-Za-z0-9._-]+$/))
const address = z.string().check(z.regex(/^[0-9A-Fa-f.:]+$/))

const launch = z.object({
  artifact: z.string().check(z.regex(/^[A-Za-z0-9._-]+$/)),
  command: z.union([z.string(), z.array(z.string()).check(z.minLength(1))]),
  cpu: z.optional(z.number()),
  directory: z.string(),
  listen: z.optional(z.object({ expectedPort: z.optional(z.number()), family: z.enum(['tcp', 'unix']) })),
  hosts: z.optional(z.record(hostName, address)),
  memoryMb: z.optional(z.number()),
  network: z.optional(z.literal('none')),
  mounts: z.array(
    z.object({
      path: z.string(),
      source: z.enum(['shared', 'instance', 'tmp']),
      sourcePath: z.string(),
      volume: z.string(),
    }),
  ),
  path: z.array(z.string()),
  quotas: z.optional(z.record(z.string(), z.number().check(z.int(), z.positive()))),
  variables: z.record(z.string(), z.string()),
})

const service = z.object({
  count: z.number().check(z.int(), z.minimum(0)),
  graceMs: z.number(),
  kind: z.enum(['managed', 'web', 'worker']),
  launch,
  name: z.string(),
  preStart: z.optional(z.string()),
  probes: z.object({ liveness: z.optional(probe), readiness: z.optional(probe), startup: z.optional(probe) }),
  recovering: z.optional(z.array(z.string())),
  restartToken: z.optional(z.string()),
})

export const desiredSchema: z.ZodMiniType<DesiredEnvironment> = z.object({
  environment: z.string(),
  generation: z.number(),
  releases: z.array(z.object({ id: z.string(), services: z.array(service), weight: z.number() })),
})

export const jobSpecSchema: z.ZodMiniType<JobSpec> = z.object({
  environment: z.string(),
  graceMs: z.number(),
  id: z.string().check(z.minLength(1)),
  instance: z.optional(z.string()),
  launch,
  log: z.object({ service: z.optional(z.string()), source: z.string() }),
  streams: z.optional(z.object({ stdin: z.optional(z.boolean()), stdout: z.optional(z.boolean()) })),
  timeoutMs: z.number(),
  writable: z.optional(z.array(z.string())),
})

/** Body of `POST /jobs/<id>`: a job, and where the platform waits for the ends of its streams. */
export const jobRequestSchema = z.object({
  job: jobSpecSchema,
  sockets: z.optional(z.object({ stdin: z.optional(z.string()), stdout: z.optional(z.string()) })),
})
export type JobRequest = z.infer<typeof jobRequestSchema>
/** Paths of Unix sockets. */
export type SocketPaths = NonNullable<JobRequest['sockets']>

/** Body of `POST /freezes`. */
export const freezeSchema = z.object({
  maxMs: z.number().check(z.positive()),
  services: z.optional(z.array(z.string())),
})
/** First line of its answer, once all stand still; the answer ends when they go on. */
export const frozenSchema = z.object({ id: z.string() })

/** Answer of `GET /volumes`. */
export const volumesSchema: z.ZodMiniType<readonly Volume[]> = z.array(
  z.object({
    bytes: z.number(),
    files: z.number(),
    instance: z.optional(z.string()),
    limitBytes: z.optional(z.number()),
    name: z.string(),
  }),
)
/** Body of `POST /volumes/remove`. */
export const removeVolumesSchema = z.object({ names: z.array(z.string()) })
/** Body of `POST /volumes/copy`. */
export const copyVolumesSchema = z.object({
  from: z.string().check(z.regex(/^[A-Za-z0-9_-]+$/)),
  volumes: z.array(z.object({ as: z.string(), instance: z.optional(z.string()), name: z.string() })),
})

const jobLineSchema: z.ZodMiniType<JobLine> = z.object({
  at: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  text: z.string(),
})

export const jobResultSchema: z.ZodMiniType<JobResult> = z.discriminatedUnion('kind', [
  z.object({ exitCode: z.number(), kind: z.literal('exited') }),
  z.object({ kind: z.literal('killed'), signal: z.string() }),
  z.object({ kind: z.literal('timed-out') }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('lost') }),
])

/** One line of a job's stream: a line of output, or the result and nothing after it. */
export const jobEventSchema = z.union([z.object({ line: jobLineSchema }), z.object({ result: jobResultSchema })])

export const instancesSchema: z.ZodMiniType<readonly EngineInstance[]> = z.array(
  z.object({
    appDirectory: z.optional(z.string()),
    cpuPercent: z.optional(z.number()),
    endpoint: z.optional(z.string()),
    exitCode: z.optional(z.number()),
    generation: z.number(),
    id: z.string(),
    isRecovering: z.optional(z.boolean()),
    lastLines: z.optional(z.array(z.string())),
    memoryBytes: z.optional(z.number()),
    pid: z.optional(z.number()),
    release: z.string(),
    restarts: z.number(),
    service: z.string(),
    startedAt: z.optional(z.string()),
    state: z.enum(INSTANCE_STATES),
  }),
)

export const identitySchema = z.object({ bootId: z.string(), pid: z.number(), startTime: z.string() })

/** Answer of `GET /status`. */
export const statusSchema = z.object({
  ...identitySchema.shape,
  generation: z.number(),
  instances: z.number(),
  jobs: z.number(),
  protocol: z.number(),
  sessions: z.number(),
  version: z.string(),
})
export type KeeperStatus = z.infer<typeof statusSchema>

/** Answer of any call that failed. */
export const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    details: z.optional(z.record(z.string(), z.unknown())),
    message: z.string(),
    suggestions: z.array(z.string()),
  }),
})
