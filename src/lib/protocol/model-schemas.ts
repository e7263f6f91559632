import * as z from 'zod/mini'
import { lazily } from '../core/lazily.ts'
import {
  ACTIVITY_RESULTS,
  ACTIVITY_STATES,
  ENVIRONMENT_TYPES,
  INSTANCE_STATES,
  type Activity,
  type Deployment,
  type Environment,
  type Formation,
  type Instance,
  type Project,
  type Service,
  type Variable,
  type Volume,
} from '../core/model.ts'
import type { ErrorDocument } from '../core/errors.ts'

/* The wire form of core/model.ts: `satisfies` keeps the two from drifting apart. */

const optional = <T extends z.ZodMiniType>(schema: T): z.ZodMiniOptional<T> => z.optional(schema)

export const errorDocument = lazily(
  () =>
    z.object({
      code: z.string(),
      message: z.string(),
      suggestions: z.array(z.string()),
      details: optional(z.record(z.string(), z.unknown())),
    }) satisfies z.ZodMiniType<ErrorDocument>,
)

export const project = lazily(
  () =>
    z.object({
      id: z.string(),
      name: z.string(),
      title: z.string(),
      createdAt: optional(z.string()),
      defaultEnvironment: optional(z.string()),
    }) satisfies z.ZodMiniType<Project>,
)

export const environment = lazily(
  () =>
    z.object({
      id: z.string(),
      name: z.string(),
      project: optional(z.string()),
      type: z.enum(ENVIRONMENT_TYPES),
      status: z.enum(['active', 'inactive', 'paused']),
      parent: optional(z.string()),
      createdAt: optional(z.string()),
      urls: z.array(z.string()),
      deployment: optional(z.string()),
    }) satisfies z.ZodMiniType<Environment>,
)

export const deployment = lazily(
  () =>
    z.object({
      id: z.string(),
      project: optional(z.string()),
      environment: z.string(),
      status: z.enum(['pending', 'live', 'superseded', 'failed']),
      builds: z.record(z.string(), z.string()),
      revision: optional(z.string()),
      message: z.string(),
      urls: z.array(z.string()),
      activity: z.string(),
      createdAt: z.string(),
    }) satisfies z.ZodMiniType<Deployment>,
)

export const activity = lazily(
  () =>
    z.object({
      id: z.string(),
      type: z.string(),
      description: z.string(),
      project: optional(z.string()),
      environment: optional(z.string()),
      state: z.enum(ACTIVITY_STATES),
      result: optional(z.enum(ACTIVITY_RESULTS)),
      waiting: optional(
        z.object({
          reason: z.string(),
          message: z.string(),
          answers: z.array(z.object({ id: z.string(), label: z.string() })),
        }),
      ),
      phase: optional(z.string()),
      error: optional(errorDocument()),
      output: optional(z.record(z.string(), z.unknown())),
      steps: optional(
        z.array(
          z.object({
            name: z.string(),
            state: z.enum(['running', 'done', 'failed']),
            startedAt: z.string(),
            finishedAt: optional(z.string()),
          }),
        ),
      ),
      createdBy: z.string(),
      createdAt: z.string(),
      startedAt: optional(z.string()),
      finishedAt: optional(z.string()),
    }) satisfies z.ZodMiniType<Activity>,
)

export const variable = lazily(
  () =>
    z.object({
      name: z.string(),
      level: z.enum(['project', 'environment']),
      value: optional(z.string()),
      secret: z.boolean(),
      visibleAtBuild: z.boolean(),
      visibleAtRuntime: z.boolean(),
      inherited: z.boolean(),
      updatedAt: z.string(),
    }) satisfies z.ZodMiniType<Variable>,
)

const instance = lazily(
  () =>
    z.object({
      id: z.string(),
      service: z.string(),
      release: z.string(),
      state: z.enum(INSTANCE_STATES),
      pid: optional(z.number()),
      endpoint: optional(z.string()),
      startedAt: optional(z.string()),
      restarts: z.number(),
      exitCode: optional(z.number()),
      cpuPercent: optional(z.number()),
      memoryBytes: optional(z.number()),
    }) satisfies z.ZodMiniType<Instance>,
)

export const service = lazily(
  () =>
    z.object({
      name: z.string(),
      kind: z.enum(['application', 'worker', 'managed']),
      type: z.string(),
      desired: z.number(),
      ready: z.number(),
      cpu: optional(z.number()),
      memoryMb: optional(z.number()),
      address: optional(z.string()),
      urls: z.array(z.string()),
      instances: z.array(instance()),
    }) satisfies z.ZodMiniType<Service>,
)

export const formation = lazily(
  () =>
    z.object({
      service: z.string(),
      count: z.number().check(z.int(), z.minimum(0), z.maximum(100)),
      cpu: optional(z.number().check(z.positive())),
      memoryMb: optional(z.number().check(z.positive())),
    }) satisfies z.ZodMiniType<Formation>,
)

export const volume = lazily(
  () =>
    z.object({
      name: z.string(),
      mounts: z.array(z.object({ service: z.string(), path: z.string() })),
      bytes: z.number(),
      files: z.number(),
      quotaBytes: optional(z.number()),
      enforced: optional(z.boolean()),
    }) satisfies z.ZodMiniType<Volume>,
)
