import type { ApplicationSpec } from '../../config/environment-spec.ts'
import type { ActivityContext } from '../activities/port.ts'
import type { Edge } from '../edge/port.ts'
import type { Engine } from '../engine/port.ts'
import type { Layout } from '../layout.ts'
import type { SourceStore } from '../source/source-store.ts'
import type { Store } from '../store/port.ts'
import type { ReleaseBuild } from './release.ts'
import type { Routing } from './routing.ts'

/** What the activities of this folder work with. */
export interface DeployDeps {
  readonly store: Store
  readonly engine: Engine
  readonly edge: Edge
  readonly routing: Routing
  readonly layout: Layout
  readonly sources: SourceStore
  readonly build: BuildApplication
  /** Ports of the edge that all hosts share. */
  readonly edgePorts: () => { readonly http: number; readonly https: number }
}

export interface BuildRequest {
  readonly project: { readonly id: string; readonly name: string }
  readonly application: ApplicationSpec
  readonly tree: string
  /** Build-visible variables of project and environment. */
  readonly variables: Readonly<Record<string, string>>
}

/** Makes the artifact, or finds it; lines go to the activity's log. @throws failed.build, failed.tool-missing, failed.disk-full */
export type BuildApplication = (request: BuildRequest, context: ActivityContext) => Promise<ReleaseBuild>
