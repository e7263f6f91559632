import type { Project } from '../../../core/model.ts'

export interface ProjectRecord extends Project {
  readonly createdAt: string
}

export interface ProjectStore {
  /** @throws conflict.exists */
  create(project: { readonly name: string; readonly title?: string | undefined }): ProjectRecord
  get(id: string): ProjectRecord | undefined
  find(name: string): ProjectRecord | undefined
  /** By name. */
  list(): ProjectRecord[]
  /** @throws not-found.project */
  update(id: string, change: { readonly title?: string; readonly defaultEnvironment?: string }): ProjectRecord
  /** With its environments, variables, revisions, builds and deployments; activities stay. */
  delete(id: string): void
}
