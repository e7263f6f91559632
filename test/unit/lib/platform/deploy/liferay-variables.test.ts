import { describe, expect, it } from 'vitest'
import { applicationService, serviceLaunch } from '../../../../../src/lib/platform/deploy/desired.ts'
import type { Release } from '../../../../../src/lib/platform/deploy/release.ts'
import { checkSecrets, serviceVariables } from '../../../../../src/lib/platform/deploy/variables.ts'
import type { ServiceConnection } from '../../../../../src/lib/platform/services/port.ts'
import { applicationSpec, environmentSpec, releaseOf } from '../../../../helpers/specs.ts'

const related = applicationSpec('liferay', {
  relationships: [{ endpoint: 'mysql', name: 'database', service: 'database' }],
  secretVariables: {
    DB_PASSWORD: 'lcp-secret-database-password',
    DB_USER: 'lcp-secret-database-user',
    READER: 'lcp-secret-database-readonly-user',
    READER_PASSWORD: 'lcp-secret-database-readonly-user-password',
  },
  variables: { LCP_DBNAME: 'other' },
  variablesPrefix: 'LCP_',
})
const stranger = { ...related, name: 'stranger', relationships: [] }
const master = {
  endpoint: 'mysql',
  host: 'database',
  ip: '127.70.0.2',
  password: 's3cr3t',
  path: 'lportal',
  port: 3306,
  scheme: 'mysql',
  username: 'dxp',
}
const reader = { ...master, endpoint: 'readonly', password: 'r34d', username: 'dxp_readonly' }
const release = releaseWith(master, reader)

function releaseWith(...database: readonly ServiceConnection[]): Release {
  const spec = environmentSpec([related, stranger])
  return releaseOf(
    { ...spec, services: [{ configuration: {}, name: 'database', type: 'mysql' }] },
    { relationships: { liferay: { database } } },
  )
}

describe('a service of Liferay that depends on the database', () => {
  const variables = serviceVariables(release, applicationService(release, 'liferay'))

  it('gets the documented variables, and what its file says over them', () => {
    expect(variables).toMatchObject({
      DATABASE_SERVICE_HOST: 'database',
      DATABASE_SERVICE_PORT: '3306',
      LCP_DBNAME: 'other',
      LCP_MASTER_USER_NAME: 'dxp',
      LCP_SECRET_DATABASE_NAME: 'lportal',
      LCP_SECRET_DATABASE_PASSWORD: 's3cr3t',
      LCP_SECRET_DATABASE_READONLY_USER: 'dxp_readonly',
      LCP_SECRET_DATABASE_READONLY_USER_PASSWORD: 'r34d',
      LCP_SECRET_DATABASE_USER: 'dxp',
    })
  })

  it('may refer to the built-in secrets, which nobody has to set', () => {
    expect(variables).toMatchObject({
      DB_PASSWORD: 's3cr3t',
      DB_USER: 'dxp',
      READER: 'dxp_readonly',
      READER_PASSWORD: 'r34d',
    })
    expect(() => checkSecrets([related], {})).not.toThrow()
    expect(() => checkSecrets([stranger], {})).toThrow('DB_PASSWORD of stranger refers to the secret')
  })

  it('is told of no user that only reads by a deployment of before there was one', () => {
    const before = releaseWith(master)
    expect(Object.keys(serviceVariables(before, applicationService(before, 'liferay')))).not.toContain(
      'LCP_SECRET_DATABASE_READONLY_USER',
    )
  })

  it('reaches it by both of its host names', () => {
    const { hosts } = serviceLaunch(release, applicationService(release, 'liferay'))
    expect(hosts).toEqual({ database: '127.70.0.2', 'database--route': '127.70.0.2' })
    expect(serviceLaunch(release, applicationService(release, 'stranger')).hosts).toEqual({})
  })
})
