import * as z from 'zod/mini'
import { strict } from '../document/validate.ts'
import {
  anything,
  count,
  duration,
  expires,
  flag,
  port,
  regularExpression,
  text,
  textOrNumber,
  timeZone,
} from '../shared/fields.ts'
import { isSchedule, NO_SCHEDULE } from '../shared/schedule.ts'
import { insidePath } from '../tree.ts'
import { mountsSchema } from './mounts.ts'
import { relationshipsSchema } from './relationships.ts'

/* The structure of an application: docs.platform.sh "App reference", docs.upsun.com "create-apps/app-reference". */

const optional = z.nullish
const record = <Value extends z.core.$ZodType>(value: Value): z.ZodMiniRecord<z.ZodMiniString, Value> =>
  z.record(z.string(), value)

const variablesSchema = record(optional(record(anything)))

const probe = z.pipe(
  strict({
    command: optional(z.union([text, z.array(text)])),
    failureThreshold: optional(count),
    initialDelay: optional(duration),
    path: optional(text),
    period: optional(duration),
    port: optional(port),
    successThreshold: optional(count),
    tcp: optional(z.union([flag, port])),
    timeout: optional(duration),
  }).check(
    z.refine(({ command, path, tcp }) => [command, path, tcp].filter(Boolean).length === 1, {
      error: 'needs exactly one of path, tcp and command',
    }),
  ),
  z.transform(value => value),
)
export type HealthProbe = z.output<typeof probe>

const inside = text.check(
  z.refine(path => insidePath(path) !== undefined, { error: 'must stay inside the application' }),
)
const rule = {
  allow: optional(flag),
  expires: optional(expires),
  headers: optional(record(textOrNumber)),
  passthru: optional(z.union([flag, text])),
  scripts: optional(flag),
}
const locationSchema = strict({
  ...rule,
  index: optional(z.array(text)),
  request_buffering: optional(anything),
  root: optional(inside),
  rules: optional(z.record(regularExpression, strict(rule))),
})
export type LocationInput = z.output<typeof locationSchema>

const webSchema = strict({
  commands: optional(strict({ post_start: optional(text), pre_start: optional(text), start: optional(text) })),
  locations: optional(
    z.record(z.string().check(z.startsWith('/', { error: 'a location begins with /' })), locationSchema),
  ),
  upstream: optional(
    strict({
      protocol: optional(z.enum(['http', 'fastcgi'])),
      socket_family: optional(z.enum(['tcp', 'unix'])),
    }),
  ),
  // what came before `locations`
  blacklist: optional(z.array(regularExpression)),
  document_root: optional(inside),
  expires: optional(expires),
  index_files: optional(z.array(text)),
  move_to_root: optional(flag),
  passthru: optional(z.union([flag, text])),
  whitelist: optional(z.array(regularExpression)),
})
export type WebInput = z.output<typeof webSchema>

const shared = {
  access: optional(record(text)),
  container_profile: optional(text),
  disk: optional(count),
  firewall: optional(anything),
  mounts: optional(mountsSchema),
  relationships: optional(relationshipsSchema),
  resources: optional(strict({ base_memory: optional(count), memory_ratio: optional(count) })),
  size: optional(text),
  timezone: optional(timeZone),
  variables: optional(variablesSchema),
}

const extendedResources = optional(
  strict({
    cpu: optional(z.number().check(z.gt(0))),
    memory: optional(z.int().check(z.minimum(1))),
  }),
)

const workerShape = {
  ...shared,
  commands: strict({ post_start: optional(text), pre_start: optional(text), start: text }),
}
const workerSchema = strict(workerShape)
const extendedWorkerSchema = strict({ ...workerShape, resources: extendedResources, scale: optional(count) })

const cronSchema = strict({
  cmd: optional(text),
  commands: optional(strict({ start: text, stop: optional(text) })),
  shutdown_timeout: optional(count),
  spec: text.check(z.refine(isSchedule, { error: NO_SCHEDULE })),
  timeout: optional(count),
}).check(
  z.refine(({ cmd, commands }) => Boolean(cmd ?? commands?.start), {
    error: 'needs a command: commands.start, or cmd',
  }),
)
export type CronInput = z.output<typeof cronSchema>

const packages = record(textOrNumber)
const applicationShape = {
  ...shared,
  additional_hosts: optional(record(text)),
  build: optional(
    strict({
      caches: optional(record(anything)),
      flavor: optional(z.enum(['none', 'default', 'composer', 'npm', 'pip'])),
    }),
  ),
  crons: optional(record(cronSchema)),
  dependencies: optional(
    strict({
      nodejs: optional(packages),
      php: optional(z.union([packages, strict({ repositories: optional(anything), require: packages })])),
      python: optional(packages),
      python2: optional(packages),
      python3: optional(packages),
      ruby: optional(packages),
    }),
  ),
  hooks: optional(strict({ build: optional(text), deploy: optional(text), post_deploy: optional(text) })),
  operations: optional(record(anything)),
  preflight: optional(strict({ enabled: optional(flag), ignored_rules: optional(z.array(text)) })),
  runtime: optional(
    strict({
      disabled_extensions: optional(z.array(anything)),
      extensions: optional(z.array(anything)),
      quiesce_on_snapshot: optional(flag),
      request_terminate_timeout: optional(count),
      sizing_hints: optional(record(count)),
      xdebug: optional(anything),
    }),
  ),
  source: optional(strict({ operations: optional(record(anything)), root: optional(text) })),
  stack: optional(anything),
  type: optional(text),
  web: optional(webSchema),
}

/** `.upsun/*.yaml`: the name is the key. */
export const upsunApplicationSchema = strict({ ...applicationShape, workers: optional(record(workerSchema)) })
/** `.platform.app.yaml`, `.magento.app.yaml`. */
export const namedApplicationSchema = strict({
  ...applicationShape,
  name: text,
  workers: optional(record(workerSchema)),
})
/** `aloft.yaml`. */
export const aloftApplicationSchema = strict({
  ...applicationShape,
  health: optional(strict({ liveness: optional(probe), readiness: optional(probe), startup: optional(probe) })),
  resources: extendedResources,
  scale: optional(count),
  strategy: optional(z.enum(['rolling', 'stop-start', 'recreate'])),
  workers: optional(record(extendedWorkerSchema)),
})

/** An application of any of the formats. */
export type ApplicationInput = z.output<typeof aloftApplicationSchema> | z.output<typeof upsunApplicationSchema>
export type ExtendedInput = z.output<typeof aloftApplicationSchema>
export type WorkerInput = NonNullable<NonNullable<ApplicationInput['workers']>[string]>
