import type { SourceRevision } from '../../../core/model.ts'

export interface RevisionRecord extends SourceRevision {
  /** Id of the environment on whose line it lies. */
  readonly environment?: string | undefined
}

export interface RevisionStore {
  create(revision: Omit<RevisionRecord, 'createdAt' | 'id'>): RevisionRecord
  get(id: string): RevisionRecord | undefined
  /** Newest first. */
  list(filter: {
    readonly project: string
    readonly environment?: string | undefined
    readonly limit?: number | undefined
  }): RevisionRecord[]
}
