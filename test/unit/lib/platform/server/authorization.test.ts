import { describe, expect, it } from 'vitest'
import { isAppError } from '../../../../../src/lib/core/errors.ts'
import { accessOf, authorize } from '../../../../../src/lib/platform/server/authorization.ts'
import type { Principal } from '../../../../../src/lib/platform/server/authentication.ts'
import { api } from '../../../../../src/lib/protocol/api.ts'
import { ACCESS_LEVELS, type Access, TOKEN_SCOPES } from '../../../../../src/lib/protocol/access.ts'

const owner: Principal = { access: 'owner', user: 'ada' }
const holder = (access: Access, project?: string): Principal => ({ access, project, token: 'ci', user: 'ada' })

describe('what a caller may do', () => {
  it.each(ACCESS_LEVELS.map((held, index) => [held, ACCESS_LEVELS.slice(0, index + 1)] as const))(
    'who has %s may do what needs %j and no more',
    (held, allowed) => {
      expect(ACCESS_LEVELS.filter(access => mayDo(holder(held), access))).toEqual(allowed)
    },
  )

  it('keeps a token of one project to that project', () => {
    expect(() => authorize(holder('write', 'shop'), { access: 'write', project: 'shop' })).not.toThrow()
    expect(() => authorize(holder('write', 'shop'), { access: 'read', project: 'toys' })).toThrow(
      /for the project shop/,
    )
    expect(() => authorize(holder('write', 'shop'), { access: 'write' })).toThrow(/for the project shop alone/)
    expect(() => authorize(holder('read', 'shop'), { access: 'read', narrowed: true })).not.toThrow()
    expect(() => authorize(owner, { access: 'owner' })).not.toThrow()
  })

  it('gives no token what is the owner’s alone', () => {
    const owned = Object.values(api).filter(endpoint => accessOf(endpoint) === 'owner')

    expect(owned.map(({ call }) => call)).toEqual([
      'POST /v1/shutdown',
      'POST /v1/tokens',
      'GET /v1/tokens',
      'DELETE /v1/tokens/:token',
      'GET /v1/audit',
      'GET /v1/audit/verification',
    ])
    for (const scope of TOKEN_SCOPES)
      expect(() => authorize(holder(scope), { access: 'owner' })).toThrow(/only the owner/)
  })

  it('lets `read` only look, but for giving itself up', () => {
    const reading = Object.values(api).filter(endpoint => accessOf(endpoint) === 'read')

    expect(reading.filter(({ call }) => !call.startsWith('GET ')).map(({ call }) => call)).toEqual([
      'POST /v1/identity/revoke',
    ])
  })
})

function mayDo(principal: Principal, access: Access): boolean {
  try {
    authorize(principal, { access })
    return true
  } catch (error) {
    if (isAppError(error) && error.code === 'auth.forbidden') return false
    throw error
  }
}
