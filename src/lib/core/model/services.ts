export type ServiceKind = 'application' | 'worker' | 'managed'

export interface Service {
  readonly name: string
  readonly kind: ServiceKind
  /** e.g. `nodejs:22`. */
  readonly type: string
  readonly desired: number
  readonly ready: number
  readonly cpu?: number | undefined
  readonly memoryMb?: number | undefined
  /** Of a managed service: where the environment's applications reach it, e.g. `127.98.3.4:5432`. */
  readonly address?: string | undefined
  readonly urls: readonly string[]
  readonly instances: readonly Instance[]
}

export const INSTANCE_STATES = [
  'starting',
  'ready',
  'unhealthy',
  'backing-off',
  'stopping',
  'stopped',
  'failed',
] as const

/** `failed`: given up after repeated crashes, until the next deploy or restart. */
export type InstanceState = (typeof INSTANCE_STATES)[number]

export interface Instance {
  /** `<service>.<ordinal>`, e.g. `web.1`; unique per release. */
  readonly id: string
  readonly service: string
  readonly release: string
  readonly state: InstanceState
  readonly pid?: number | undefined
  readonly endpoint?: string | undefined
  readonly startedAt?: string | undefined
  /** Restarts since it was first started. */
  readonly restarts: number
  readonly exitCode?: number | undefined
  readonly cpuPercent?: number | undefined
  readonly memoryBytes?: number | undefined
}

/** One service's wanted size. */
export interface Formation {
  readonly service: string
  readonly count: number
  readonly cpu?: number | undefined
  readonly memoryMb?: number | undefined
}
