import type { Projects } from '../port.ts'
import type { PlatformClient } from './client.ts'
import { deletionQuery } from './environments.ts'

export function createProjects(client: PlatformClient): Projects {
  return {
    create: (request, call) => client.call('createProject', { body: request }, call),
    delete: (project, { lastBackup, ...call }) =>
      client.call('deleteProject', { params: { project }, query: deletionQuery({ lastBackup }) }, call),
    get: (project, call) => client.call('getProject', { params: { project } }, call),
    async *list(call) {
      yield* (await client.call('listProjects', {}, call)).items
    },
    support: { create: true, delete: true },
  }
}
