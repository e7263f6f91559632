import { chmod } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ApplicationSpec, ManagedServiceSpec } from '../../../src/lib/config/environment-spec.ts'
import { findServiceType } from '../../../src/lib/platform/services/catalogue.ts'
import { createKits } from '../../../src/lib/platform/services/kits.ts'
import { createManagedServices } from '../../../src/lib/platform/services/managed-services.ts'
import type { ManagedServices, ServiceConnection } from '../../../src/lib/platform/services/port.ts'
import { openSqliteStore } from '../../../src/lib/platform/store/sqlite/open.ts'
import { fresh, place } from '../../contract/store/fresh-store.ts'
import { allReady, createFixture, desired, type EngineFixture, until } from '../../helpers/process-engine.ts'
import { missingService } from '../../helpers/services/running-service.ts'
import { mariadbQuery, psql } from '../../helpers/services/sql-clients.ts'
import { applicationSpec, environmentSpec } from '../../helpers/specs.ts'
import { read } from '../../unit/lib/config/project.ts'

let fixture: EngineFixture
let environment: string
let services: ManagedServices

beforeEach(async () => {
  fixture = await createFixture()
  await chmod(dirname(fixture.layout.home.data), 0o711)
  const { store } = fresh({
    open: directory => openSqliteStore({ database: `${directory}/db`, secretKey: `${directory}/key` }),
  })
  environment = place(store).environment
  services = createManagedServices({
    engine: fixture.engine,
    findType: findServiceType,
    kits: createKits(fixture),
    removeVolume: async () => {},
    store,
  })
})
afterEach(() => fixture.dispose())

test.for([
  { choice: 'default_schema', list: 'schemas', query: mariadbQuery, tag: '5.8.0', word: 'mysql' },
  { choice: 'default_database', list: 'databases', query: psql, tag: 'postgresql-5.8.0', word: 'postgresql' },
])(
  'a $word database of Liferay that was deployed without a user that only reads has it from its next deploy on',
  { timeout: 60_000 },
  async ({ choice, list, query, tag, word }, context) => {
    const type = findServiceType(word)
    const missing = type && (await missingService(type))
    context.skip(missing !== undefined, missing)
    const image = `liferaycloud/database:${tag}`
    const [now] = (await read({ 'LCP.json': JSON.stringify({ id: 'database', image }) })).services
    const own = { [choice]: 'lportal', privileges: { lportal: 'admin' } }
    const before = { configuration: { endpoints: { [word]: own }, [list]: ['lportal'] }, name: 'database', type: word }
    const application = applicationSpec('api', {
      relationships: [{ endpoint: word, name: 'database', service: 'database' }],
      variablesPrefix: 'LCP_',
    })

    const [alone, ...others] = await deploy(before, application)
    if (!alone || !now) throw new Error('there is no database')
    await query(alone, 'CREATE TABLE earlier (a int); INSERT INTO earlier VALUES (1)')
    const [master, reader] = await deploy(now, application)
    if (!master || !reader) throw new Error('it has not both users')
    await query(master, 'CREATE TABLE later (a int); INSERT INTO later VALUES (2)')

    expect(others).toEqual([])
    expect(master).toEqual(alone)
    expect(reader).toMatchObject({ endpoint: 'readonly', path: 'lportal', username: 'main_readonly' })
    expect(reader.password).not.toBe(master.password)
    expect(await query(reader, 'SELECT a FROM earlier UNION ALL SELECT a FROM later')).toBe('1\n2')
    for (const statement of [
      'INSERT INTO earlier VALUES (3)',
      'UPDATE later SET a = 3',
      'DELETE FROM later',
      'DROP TABLE earlier',
      'CREATE TABLE own (a int)',
    ])
      await expect(query(reader, statement), statement).rejects.toThrow(/denied|must be owner/)
  },
)

/** How an application reaches the database once it runs with that configuration. */
async function deploy(service: ManagedServiceSpec, application: ApplicationSpec): Promise<ServiceConnection[]> {
  const { engine } = fixture
  const spec = { ...environmentSpec([application]), services: [service] }
  await services.prepare(environment, spec, { note: () => {}, signal: AbortSignal.timeout(60_000) })
  const release = await services.state(environment)
  const [before] = await engine.instances(environment)
  await engine.apply(desired(environment, release?.services ?? [], release?.id))
  await until(engine, environment, instances => allReady(1)(instances) && instances[0]?.startedAt !== before?.startedAt)
  const { database = [] } = await services.relationships(environment, application)
  return database.map(connection => ({ ...connection, host: connection.ip ?? connection.host }))
}
