import * as z from 'zod/mini'
import { strict } from '../document/validate.ts'
import { count, flag, port, text } from '../shared/fields.ts'

/*
 * LCP.json: learn.liferay.com, "Configuration via LCP.json", with the fields that only its pages on load balancer, probes,
 * volumes and client extensions name.
 */

const optional = z.optional
const seconds = optional(count)
const percent = optional(z.number().check(z.minimum(1), z.maximum(100)))

const probe = strict({
  exec: optional(strict({ command: z.array(text) })),
  failureThreshold: optional(z.int().check(z.minimum(1))),
  httpGet: optional(strict({ path: text, port })),
  initialDelaySeconds: seconds,
  periodSeconds: optional(z.int().check(z.minimum(1))),
  successThreshold: optional(z.int().check(z.minimum(1))),
  tcpSocket: optional(strict({ port })),
  timeoutSeconds: optional(z.int().check(z.minimum(1))),
}).check(
  z.refine(({ exec, httpGet, tcpSocket }) => [exec, httpGet, tcpSocket].filter(Boolean).length <= 1, {
    error: 'takes one of httpGet, exec and tcpSocket',
  }),
)
export type ProbeInput = z.output<typeof probe>

const pem = optional(text)
const loadBalancer = strict({
  cdn: optional(flag),
  certs: optional(z.array(strict({ crt: pem, customDomains: optional(z.array(text)), key: pem }))),
  customDomains: optional(z.array(text)),
  ssl: optional(strict({ crt: pem, key: pem })),
  targetPort: optional(port),
})

const portEntry = strict({
  external: optional(flag),
  port,
  protocol: optional(z.enum(['TCP', 'UDP'])),
  targetPort: optional(port),
})

const serviceShape = {
  autoscale: optional(strict({ cpu: percent, maxInstances: optional(z.int().check(z.minimum(1))), memory: percent })),
  command: optional(z.array(text).check(z.minLength(1))),
  concurrencyPolicy: optional(z.enum(['Allow', 'Forbid', 'Replace'])),
  cpu: optional(z.number().check(z.gt(0))),
  customDomains: optional(z.array(text)),
  dependencies: optional(z.array(text)),
  deploy: optional(flag),
  env: optional(z.record(z.string(), text)),
  id: optional(text),
  image: optional(text),
  kind: optional(z.enum(['Deployment', 'StatefulSet', 'Job', 'CronJob'])),
  livenessProbe: optional(probe),
  loadBalancer: optional(loadBalancer),
  loadbalancer: optional(loadBalancer),
  memory: optional(z.int().check(z.minimum(1))),
  podManagementPolicy: optional(z.enum(['Parallel', 'OrderedReady'])),
  ports: optional(z.array(portEntry)),
  portsExternalTrafficPolicy: optional(z.enum(['Local', 'Cluster'])),
  projectId: optional(text),
  publishNotReadyAddressesForCluster: optional(flag),
  readinessProbe: optional(probe),
  scale: optional(count),
  schedule: optional(text),
  startupProbe: optional(probe),
  strategy: optional(strict({ type: optional(z.enum(['RollingUpdate', 'Recreate'])) })),
  volumes: optional(
    z.record(z.string(), z.string().check(z.regex(/^\/[^/]/, { error: 'must be an absolute path below /' }))),
  ),
}

/** A file as it stands. */
export const fileSchema = strict({
  ...serviceShape,
  environments: optional(z.record(z.string(), strict(serviceShape))),
})

/** A file with an environment's overrides merged in. */
export const serviceSchema = strict(serviceShape)
export type ServiceInput = z.output<typeof serviceSchema>
