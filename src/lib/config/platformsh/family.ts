import type { DeployStrategy } from '../../core/model.ts'
import type { ApplicationSpec, ConfigFormat, RelationshipSpec, RuntimeSpec } from '../environment-spec.ts'
import type { Tree } from '../tree.ts'

/** What differs between the formats that share the structure of `.platform.app.yaml`. */
export interface Family {
  readonly format: ConfigFormat
  readonly variablesPrefix: ApplicationSpec['variablesPrefix']
  readonly strategy: DeployStrategy
  readonly deployHookFailure: ApplicationSpec['deployHookFailure']
  /** The port that applications may expect without looking at PORT. */
  readonly port?: number | undefined
  /** Accepts our own additions: scale, resources, health, strategy. */
  readonly extended: boolean
}

/** docs.platform.sh: stop-start is the default, a failing deploy hook is ignored, PORT is 8888. */
const documented = {
  deployHookFailure: 'warns',
  extended: false,
  port: 8888,
  strategy: 'stop-start',
} as const

export const FAMILIES = {
  aloft: {
    deployHookFailure: 'fails',
    extended: true,
    format: 'aloft',
    strategy: 'rolling',
    variablesPrefix: 'ALOFT_',
  },
  magento: { ...documented, format: 'magento', variablesPrefix: 'MAGENTO_CLOUD_' },
  platformsh: { ...documented, format: 'platformsh', variablesPrefix: 'PLATFORM_' },
  upsun: { ...documented, format: 'upsun', variablesPrefix: 'PLATFORM_' },
} as const satisfies Record<string, Family>

/** What the parts of an application are read against. */
export interface ApplicationContext {
  readonly family: Family
  readonly tree: Tree
  readonly project: string
  readonly name: string
  /** Directory in the tree. */
  readonly root: string
  readonly runtime: RuntimeSpec
  readonly relationships: readonly RelationshipSpec[]
  /** Of workers that have their own, by their keys. */
  readonly workerRelationships: ReadonlyMap<string, readonly RelationshipSpec[]>
  /** The service name of each worker, by its key. */
  readonly workerNames: ReadonlyMap<string, string>
}
