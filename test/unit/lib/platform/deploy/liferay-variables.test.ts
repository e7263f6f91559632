import { describe, expect, it } from 'vitest'
import { applicationService, serviceLaunch } from '../../../../../src/lib/platform/deploy/desired.ts'
import { checkSecrets, serviceVariables } from '../../../../../src/lib/platform/deploy/variables.ts'
import { applicationSpec, environmentSpec, releaseOf } from '../../../../helpers/specs.ts'

const related = applicationSpec('liferay', {
  relationships: [{ endpoint: 'mysql', name: 'database', service: 'database' }],
  secretVariables: { DB_PASSWORD: 'lcp-secret-database-password', DB_USER: 'lcp-secret-database-user' },
  variables: { LCP_DBNAME: 'other' },
  variablesPrefix: 'LCP_',
})
const stranger = { ...related, name: 'stranger', relationships: [] }
const release = releaseOf(
  {
    ...environmentSpec([related, stranger]),
    services: [{ configuration: {}, name: 'database', type: 'mysql' }],
  },
  {
    relationships: {
      liferay: {
        database: [
          {
            endpoint: 'mysql',
            host: 'database',
            ip: '127.70.0.2',
            password: 's3cr3t',
            path: 'lportal',
            port: 3306,
            scheme: 'mysql',
            username: 'dxp',
          },
        ],
      },
    },
  },
)

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
      LCP_SECRET_DATABASE_USER: 'dxp',
    })
  })

  it('may refer to the built-in secrets, which nobody has to set', () => {
    expect(variables).toMatchObject({ DB_PASSWORD: 's3cr3t', DB_USER: 'dxp' })
    expect(() => checkSecrets([related], {})).not.toThrow()
    expect(() => checkSecrets([stranger], {})).toThrow('DB_PASSWORD of stranger refers to the secret')
  })

  it('reaches it by both of its host names', () => {
    const { hosts } = serviceLaunch(release, applicationService(release, 'liferay'))
    expect(hosts).toEqual({ database: '127.70.0.2', 'database--route': '127.70.0.2' })
    expect(serviceLaunch(release, applicationService(release, 'stranger')).hosts).toEqual({})
  })
})
