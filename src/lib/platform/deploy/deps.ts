import type { Builder } from '../build/builder.ts'
import type { Edge } from '../edge/port.ts'
import type { Engine } from '../engine/port.ts'
import type { Layout } from '../layout.ts'
import type { SourceStore } from '../source/source-store.ts'
import type { ManagedServices } from '../services/port.ts'
import type { Store } from '../store/port.ts'
import type { Routing } from './routing.ts'

/** What the activities of this folder work with. */
export interface DeployDeps {
  readonly store: Store
  readonly engine: Engine
  readonly services: ManagedServices
  readonly edge: Edge
  readonly routing: Routing
  readonly layout: Layout
  readonly sources: SourceStore
  readonly builder: Builder
  /** Ports of the edge that all hosts share. */
  readonly edgePorts: () => { readonly http: number; readonly https: number }
}
