import * as z from 'zod/mini'
import { lazily } from '../core/lazily.ts'
import { AT, type Endpoint, list } from './endpoint.ts'
import { activity, formation, service, volume } from './model-schemas.ts'

/** Calls about what runs in an environment. What gives a password away asks for `write`. */
export const serviceApi = {
  formation: {
    call: `GET ${AT}/formation`,
    summary: 'how many of what size',
    response: lazily(() =>
      z.object({ fixed: z.optional(z.array(z.string())), services: z.array(formation()), tag: z.string() }),
    ),
  },
  scale: {
    call: `PUT ${AT}/formation`,
    summary: 'change the formation of the services named',
    status: 202,
    access: 'deploy',
    body: lazily(() => z.object({ services: z.array(formation()), ifCurrent: z.optional(z.string()) })),
    response: activity,
  },
  listServices: {
    call: `GET ${AT}/services`,
    summary: 'services and their instances',
    response: lazily(() => list(service())),
  },
  listVolumes: {
    call: `GET ${AT}/volumes`,
    summary: 'volumes, who mounts them, and what they take',
    response: lazily(() => list(volume())),
  },
  restart: {
    call: `POST ${AT}/restart`,
    summary: 'restart services one instance at a time; all when none is named',
    status: 202,
    access: 'deploy',
    body: lazily(() => z.object({ services: z.array(z.string()) })),
    response: activity,
  },

  serviceConnections: {
    call: `GET ${AT}/connections`,
    summary: 'how a managed service is reached at this port of 127.0.0.1, with its password',
    access: 'write',
    query: lazily(() =>
      z.object({
        port: z.coerce.number().check(z.int(), z.minimum(1), z.maximum(65_535)),
        service: z.optional(z.string()),
      }),
    ),
    response: lazily(() =>
      z.object({
        connections: z.array(
          z.object({
            database: z.optional(z.string()),
            endpoint: z.string(),
            password: z.optional(z.string()),
            url: z.string(),
            username: z.optional(z.string()),
          }),
        ),
        service: z.string(),
        type: z.string(),
      }),
    ),
  },
} as const satisfies Record<string, Endpoint>
