import * as z from 'zod/mini'
import { lazily } from '../core/lazily.ts'
import { ACTIVITY_RESULTS, ACTIVITY_STATES, DEPLOY_STRATEGIES } from '../core/model.ts'
import { activity } from './model-schemas.ts'

/* What the calls of api.ts take and answer, where it is more than a thing of model-schemas.ts. */

export const platformStatus = lazily(() =>
  z.object({
    version: z.string(),
    protocol: z.number(),
    pid: z.number(),
    startedAt: z.string(),
    home: z.string(),
    addresses: z.object({ socket: z.string(), api: z.string(), http: z.string(), https: z.string() }),
    engine: z.object({
      name: z.string(),
      isolation: z.object({ level: z.enum(['namespaces', 'user', 'none']), description: z.string() }),
    }),
    environments: z.number(),
  }),
)
export type PlatformStatus = z.infer<ReturnType<typeof platformStatus>>

const deployInput = lazily(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('tree'), tree: z.string().check(z.regex(/^[0-9a-f]{64}$/)) }),
    z.object({ kind: z.literal('build'), build: z.string() }),
  ]),
)

export const deployRequest = lazily(() =>
  z.object({
    input: deployInput(),
    message: z.optional(z.string().check(z.maxLength(10_000))),
    variables: z.optional(z.record(z.string(), z.string())),
    buildOnly: z.optional(z.boolean()),
    strategy: z.optional(z.enum(DEPLOY_STRATEGIES)),
  }),
)
export type DeployBody = z.infer<ReturnType<typeof deployRequest>>

export const deployPlan = lazily(() =>
  z.object({
    environment: z.object({ project: z.optional(z.string()), environment: z.string() }),
    steps: z.array(z.object({ phase: z.string(), action: z.string(), service: z.optional(z.string()) })),
    warnings: z.array(z.string()),
    urls: z.array(z.string()),
  }),
)

export const variableChange = lazily(() =>
  z.object({
    set: z.array(
      z.object({
        name: z.string(),
        value: z.string(),
        secret: z.boolean(),
        visibleAtBuild: z.boolean(),
        visibleAtRuntime: z.boolean(),
      }),
    ),
    unset: z.array(z.string()),
  }),
)

export const variableEffect = lazily(() =>
  z.object({
    effect: z.enum(['redeploys', 'restarts', 'waits']),
    activity: z.optional(activity()),
  }),
)

export const activityQuery = lazily(() =>
  z.object({
    project: z.optional(z.string()),
    environment: z.optional(z.string()),
    type: z.optional(z.string()),
    state: z.optional(z.enum(ACTIVITY_STATES)),
    result: z.optional(z.enum(ACTIVITY_RESULTS)),
    limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1000))),
    before: z.optional(z.string()),
  }),
)

/** `backup=no`: without a last backup. */
export const deletion = lazily(() => z.object({ backup: z.optional(z.literal('no')) }))
