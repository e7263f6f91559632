import type { EnvironmentType } from '../core/model.ts'
import type { EnvironmentSpec } from './environment-spec.ts'
import type { Findings } from './findings.ts'
import type { Tree } from './tree.ts'

/** What the reader of one format is given. */
export interface ReaderContext {
  readonly tree: Tree
  readonly findings: Findings
  /** The project's name. */
  readonly project: string
  readonly environment: {
    readonly name: string
    readonly type: EnvironmentType
    readonly isDefault?: boolean | undefined
  }
  /** The files of this format, the main ones. */
  readonly files: readonly string[]
}

export type ReaderResult = Pick<EnvironmentSpec, 'applications' | 'format' | 'routes' | 'services'>
