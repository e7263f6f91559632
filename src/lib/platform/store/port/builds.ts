import type { Build } from '../../../core/model.ts'

export interface BuildRecord extends Build {
  /** Directories of its runtime, put before the base PATH. */
  readonly path: readonly string[]
}

/** The id of a build is made from its content: several projects may have the same one. */
export interface BuildStore {
  /** Replaces a record of the same project and id. */
  put(build: Omit<BuildRecord, 'createdAt'>): BuildRecord
  get(project: string, id: string): BuildRecord | undefined
  /** Newest first. */
  list(filter: {
    readonly project: string
    readonly application?: string | undefined
    readonly limit?: number | undefined
  }): BuildRecord[]
  delete(project: string, id: string): void
  /** True while any project has a record of it: its artifact must stay. */
  isUsed(id: string): boolean
}
