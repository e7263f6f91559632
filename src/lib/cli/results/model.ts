import * as z from 'zod/mini'
import type { ErrorDocument } from '../../core/errors.ts'
import {
  ACTIVITY_RESULTS,
  ACTIVITY_STATES,
  type Activity,
  type ActivityStep,
  type Environment,
  ENVIRONMENT_TYPES,
  type Formation,
  type Instance,
  INSTANCE_STATES,
  type Project,
  type Service,
  type Variable,
  type Waiting,
} from '../../core/model.ts'
import type { Shape } from './schema.ts'

/** The vocabulary of core/model.ts as it is published. */

export const errorDocument = z.strictObject({
  code: z.string(),
  message: z.string(),
  suggestions: z.array(z.string()),
  /** What else a program may want to know; its fields depend on the code. */
  details: z.optional(z.record(z.string(), z.unknown())),
} satisfies Shape<ErrorDocument>)

export const project = z.strictObject({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  createdAt: z.optional(z.string()),
  defaultEnvironment: z.optional(z.string()),
} satisfies Shape<Project>)

export const environment = z.strictObject({
  id: z.string(),
  name: z.string(),
  project: z.optional(z.string()),
  type: z.enum(ENVIRONMENT_TYPES),
  status: z.enum(['active', 'inactive', 'paused']),
  parent: z.optional(z.string()),
  createdAt: z.optional(z.string()),
  urls: z.array(z.string()),
  deployment: z.optional(z.string()),
} satisfies Shape<Environment>)

const waiting = z.strictObject({
  reason: z.string(),
  message: z.string(),
  answers: z.array(z.strictObject({ id: z.string(), label: z.string() })),
} satisfies Shape<Waiting>)

const activityStep = z.strictObject({
  name: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  startedAt: z.string(),
  finishedAt: z.optional(z.string()),
} satisfies Shape<ActivityStep>)

export const activity = z.strictObject({
  id: z.string(),
  type: z.string(),
  description: z.string(),
  project: z.optional(z.string()),
  environment: z.optional(z.string()),
  state: z.enum(ACTIVITY_STATES),
  result: z.optional(z.enum(ACTIVITY_RESULTS)),
  waiting: z.optional(waiting),
  phase: z.optional(z.string()),
  error: z.optional(errorDocument),
  output: z.optional(z.record(z.string(), z.unknown())),
  steps: z.optional(z.array(activityStep)),
  createdBy: z.string(),
  createdAt: z.string(),
  startedAt: z.optional(z.string()),
  finishedAt: z.optional(z.string()),
} satisfies Shape<Activity>)

export const variable = z.strictObject({
  name: z.string(),
  level: z.enum(['project', 'environment']),
  value: z.optional(z.string()),
  secret: z.boolean(),
  visibleAtBuild: z.boolean(),
  visibleAtRuntime: z.boolean(),
  inherited: z.boolean(),
  updatedAt: z.string(),
} satisfies Shape<Variable>)

const instance = z.strictObject({
  id: z.string(),
  service: z.string(),
  release: z.string(),
  state: z.enum(INSTANCE_STATES),
  pid: z.optional(z.number()),
  endpoint: z.optional(z.string()),
  startedAt: z.optional(z.string()),
  restarts: z.number(),
  exitCode: z.optional(z.number()),
  cpuPercent: z.optional(z.number()),
  memoryBytes: z.optional(z.number()),
} satisfies Shape<Instance>)

export const service = z.strictObject({
  name: z.string(),
  kind: z.enum(['application', 'worker', 'managed']),
  type: z.string(),
  desired: z.number(),
  ready: z.number(),
  cpu: z.optional(z.number()),
  memoryMb: z.optional(z.number()),
  address: z.optional(z.string()),
  urls: z.array(z.string()),
  instances: z.array(instance),
} satisfies Shape<Service>)

export const formation = z.strictObject({
  service: z.string(),
  count: z.number(),
  cpu: z.optional(z.number()),
  memoryMb: z.optional(z.number()),
} satisfies Shape<Formation>)
