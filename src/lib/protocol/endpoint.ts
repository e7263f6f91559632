import * as z from 'zod/mini'
import type { Access } from './access.ts'

/** One call of the API. */
export interface Endpoint {
  /** Method and path in Hono's syntax: `:name` is a parameter. */
  readonly call: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /v1/${string}`
  readonly summary: string
  /** Of success; 200 unless said. */
  readonly status?: 201 | 202
  /** The least that the caller needs: `read` for GET and `write` for the rest, unless said. */
  readonly access?: Access
  /** Though about no project or all, a token of one project may call it: the answer is narrowed to that project. */
  readonly narrowed?: true
  readonly query?: () => z.ZodMiniType
  readonly body?: () => z.ZodMiniType
  /** Absent: an empty object. */
  readonly response?: () => z.ZodMiniType
}

export const list = <T extends z.ZodMiniType>(
  item: T,
): z.ZodMiniObject<{ items: z.ZodMiniArray<T>; next: z.ZodMiniOptional<z.ZodMiniString> }> =>
  z.object({ items: z.array(item), next: z.optional(z.string()) })

/** What is below an environment. */
export const AT = '/v1/projects/:project/environments/:environment'
