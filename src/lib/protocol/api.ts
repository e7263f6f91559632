import * as z from 'zod/mini'
import { lazily } from '../core/lazily.ts'
import { MAX_TOKEN_DAYS, TOKEN_SCOPES } from './access.ts'
import { auditEntry, auditVerification } from './audit.ts'
import { backupApi } from './backup-api.ts'
import { identity, token } from './credentials.ts'
import {
  activityQuery,
  deletion,
  deployPlan,
  deployRequest,
  platformStatus,
  variableChange,
  variableEffect,
} from './call-schemas.ts'
import { AT, type Endpoint, list } from './endpoint.ts'
import { environmentApi } from './environment-api.ts'
import { activity, deployment, project, variable } from './model-schemas.ts'
import { serviceApi } from './service-api.ts'

/*
 * The HTTP part of what client and platform say to each other. One table: the server validates by it, the client's types
 * derive from it, and the OpenAPI description is made from it. Schemas are made when they are used: a command uses few of them. WebSocket endpoints are in streams.ts, source intake in
 * source.ts.
 */

/** Grows when an old client could misunderstand a new server or the other way round. */
export const PROTOCOL_VERSION = 1

/** With this the platform's process ends when another one holds its home. */
export const EXIT_RUNNING = 6

export const api = {
  status: { call: 'GET /v1/status', summary: 'what runs here', narrowed: true, response: platformStatus },
  shutdown: {
    call: 'POST /v1/shutdown',
    summary: 'stop the platform; with `all` also every environment and the edge',
    status: 202,
    access: 'owner',
    body: lazily(() => z.object({ all: z.optional(z.boolean()) })),
  },
  certificateAuthority: {
    call: 'GET /v1/certificate-authority',
    summary: 'the CA of the edge, PEM',
    narrowed: true,
    response: lazily(() => z.object({ pem: z.string() })),
  },

  identity: {
    call: 'GET /v1/identity',
    summary: 'who the credentials belong to',
    narrowed: true,
    response: identity,
  },
  revoke: {
    call: 'POST /v1/identity/revoke',
    summary: 'end the validity of the token used',
    access: 'read',
    narrowed: true,
  },
  createToken: {
    call: 'POST /v1/tokens',
    summary: 'a new token, shown only now',
    status: 201,
    access: 'owner',
    body: lazily(() =>
      z.object({
        name: z.string(),
        scope: z.enum(TOKEN_SCOPES),
        project: z.optional(z.string()),
        expiresInSeconds: z.optional(z.number().check(z.int(), z.positive(), z.maximum(MAX_TOKEN_DAYS * 86_400))),
      }),
    ),
    response: lazily(() =>
      z.extend(z.pick(token(), { expiresAt: true, name: true, project: true, scope: true }), {
        token: z.string(),
      }),
    ),
  },
  listTokens: {
    call: 'GET /v1/tokens',
    summary: 'tokens, without their values',
    access: 'owner',
    response: lazily(() => list(token())),
  },
  revokeToken: { call: 'DELETE /v1/tokens/:token', summary: 'end the validity of a token by name', access: 'owner' },

  listAudit: {
    call: 'GET /v1/audit',
    summary: 'calls that were made, newest first',
    access: 'owner',
    query: lazily(() =>
      z.object({
        limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(10_000))),
        since: z.optional(z.string()),
        token: z.optional(z.string()),
      }),
    ),
    response: lazily(() => list(auditEntry())),
  },
  verifyAudit: {
    call: 'GET /v1/audit/verification',
    summary: 'whether the record of calls is whole and unchanged',
    access: 'owner',
    response: auditVerification,
  },

  listProjects: {
    call: 'GET /v1/projects',
    summary: 'projects by name',
    narrowed: true,
    response: lazily(() => list(project())),
  },
  createProject: {
    call: 'POST /v1/projects',
    summary: 'a new project',
    status: 201,
    body: lazily(() => z.object({ name: z.string(), title: z.optional(z.string()) })),
    response: project,
  },
  getProject: { call: 'GET /v1/projects/:project', summary: 'one project', response: project },
  deleteProject: {
    call: 'DELETE /v1/projects/:project',
    summary: 'delete a project with its environments, each after a last backup unless told not to',
    status: 202,
    query: deletion,
    response: activity,
  },

  ...environmentApi,

  listDeployments: {
    call: `GET ${AT}/deployments`,
    summary: 'deployments, newest first',
    response: lazily(() => list(deployment())),
  },
  /** Creates a missing project or environment. */
  deploy: {
    call: `POST ${AT}/deployments`,
    summary: 'deploy a tree or a build',
    status: 202,
    access: 'deploy',
    body: deployRequest,
    response: activity,
  },
  planDeploy: {
    call: `POST ${AT}/deployments/plan`,
    summary: 'what a deploy would do; changes nothing',
    access: 'deploy',
    body: deployRequest,
    response: deployPlan,
  },
  rollback: {
    call: `POST ${AT}/rollback`,
    summary: 'back to an earlier deployment',
    status: 202,
    access: 'deploy',
    body: lazily(() => z.object({ deployment: z.optional(z.string()) })),
    response: activity,
  },

  listActivities: {
    call: 'GET /v1/activities',
    summary: 'activities, newest first',
    narrowed: true,
    query: activityQuery,
    response: lazily(() => list(activity())),
  },
  getActivity: {
    call: 'GET /v1/activities/:activity',
    summary: 'one activity; with `waitMs` answers when it is finished or waiting, or when that time is over',
    narrowed: true,
    query: lazily(() =>
      z.object({ waitMs: z.optional(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(60_000))) }),
    ),
    response: activity,
  },
  cancelActivity: {
    call: 'POST /v1/activities/:activity/cancel',
    summary: 'ask an activity to end',
    status: 202,
    access: 'deploy',
    narrowed: true,
    response: activity,
  },
  answerActivity: {
    call: 'POST /v1/activities/:activity/answer',
    summary: 'answer a waiting activity',
    access: 'deploy',
    narrowed: true,
    body: lazily(() => z.object({ answer: z.string() })),
    response: activity,
  },

  ...serviceApi,

  ...backupApi,

  listProjectVariables: {
    call: 'GET /v1/projects/:project/variables',
    summary: 'variables of a project',
    response: lazily(() => list(variable())),
  },
  changeProjectVariables: {
    call: 'PATCH /v1/projects/:project/variables',
    summary: 'set and unset variables of a project',
    body: variableChange,
    response: variableEffect,
  },
  listVariables: {
    call: `GET ${AT}/variables`,
    summary: 'variables of an environment, inherited ones included',
    response: lazily(() => list(variable())),
  },
  changeVariables: {
    call: `PATCH ${AT}/variables`,
    summary: 'set and unset variables of an environment',
    body: variableChange,
    response: variableEffect,
  },
} as const satisfies Record<string, Endpoint>

export type Api = typeof api
export type CallName = keyof Api
type SchemaOf<Name extends CallName, Part extends 'query' | 'body' | 'response'> =
  Api[Name] extends Readonly<Record<Part, () => infer Schema extends z.ZodMiniType>>
    ? z.infer<Schema>
    : Record<string, never>
export type QueryOf<Name extends CallName> = SchemaOf<Name, 'query'>
export type BodyOf<Name extends CallName> = SchemaOf<Name, 'body'>
export type ResponseOf<Name extends CallName> = SchemaOf<Name, 'response'>
