import * as z from 'zod/mini'
import { lazily } from '../core/lazily.ts'
import { ENVIRONMENT_TYPES } from '../core/model.ts'
import { deletion } from './call-schemas.ts'
import { AT, type Endpoint, list } from './endpoint.ts'
import { activity, environment } from './model-schemas.ts'

/** The calls about environments themselves (api.ts has them all). */
export const environmentApi = {
  listEnvironments: {
    call: 'GET /v1/projects/:project/environments',
    summary: 'environments of a project',
    response: lazily(() => list(environment())),
  },
  createEnvironment: {
    call: 'POST /v1/projects/:project/environments',
    summary: 'a new environment',
    status: 201,
    body: lazily(() =>
      z.object({ name: z.string(), type: z.optional(z.enum(ENVIRONMENT_TYPES)), parent: z.optional(z.string()) }),
    ),
    response: environment,
  },
  getEnvironment: { call: `GET ${AT}`, summary: 'one environment', response: environment },
  deleteEnvironment: {
    call: `DELETE ${AT}`,
    summary: 'delete an environment with its data, after a last backup unless told not to',
    status: 202,
    query: deletion,
    response: activity,
  },

  branchEnvironment: {
    call: `POST ${AT}/branch`,
    summary: 'a new environment below this one, with its code and data',
    status: 202,
    body: lazily(() =>
      z.object({ name: z.string(), type: z.optional(z.enum(ENVIRONMENT_TYPES)), data: z.optional(z.boolean()) }),
    ),
    response: activity,
  },
  syncEnvironment: {
    call: `POST ${AT}/sync`,
    summary:
      'bring the code and the data of the parent; a safety backup of the own data comes first unless told not to',
    status: 202,
    body: lazily(() => z.object({ backup: z.optional(z.boolean()), code: z.boolean(), data: z.boolean() })),
    response: activity,
  },
  pauseEnvironment: {
    call: `POST ${AT}/pause`,
    summary: 'stop all that runs in an environment; its data stays',
    status: 202,
    access: 'deploy',
    response: activity,
  },
  resumeEnvironment: {
    call: `POST ${AT}/resume`,
    summary: 'start what runs in a paused environment',
    status: 202,
    access: 'deploy',
    response: activity,
  },
} as const satisfies Record<string, Endpoint>
