import { AppError } from '../../core/errors.ts'
import type { Endpoint } from '../../protocol/endpoint.ts'
import { ACCESS_LEVELS, type Access } from '../../protocol/access.ts'
import type { Principal } from './authentication.ts'

/** What a call asks of its caller. */
export interface Demand {
  readonly access: Access
  /** The project that the call is about; undefined when it is about none or all. */
  readonly project?: string | undefined
  /** It answers a token of one project with what belongs to that project. */
  readonly narrowed?: boolean | undefined
}

/** `read` for what only looks, `write` for the rest, unless the table says otherwise. */
export function accessOf({ access, call }: Endpoint): Access {
  return access ?? (call.startsWith('GET ') ? 'read' : 'write')
}

/** @throws auth.forbidden naming what the token lacks */
export function authorize({ access: held, project: own, token }: Principal, demand: Demand): void {
  const { access, narrowed = false, project } = demand
  if (ACCESS_LEVELS.indexOf(held) < ACCESS_LEVELS.indexOf(access)) {
    if (access === 'owner') throw new AppError('auth.forbidden', 'only the owner on the same machine may do this')
    throw new AppError('auth.forbidden', `the token "${token}" may only ${held}, and this needs ${access}`, {
      details: { needs: access, scope: held },
      suggestions: [`aloft tokens create NAME --scope ${access}`],
    })
  }
  if (own === undefined || own === project || (project === undefined && narrowed)) return
  throw new AppError('auth.forbidden', `the token "${token}" is for the project ${own} alone`, {
    details: { project: own },
    suggestions: [project === undefined ? 'aloft tokens create NAME' : `aloft tokens create NAME --project ${project}`],
  })
}
