import { expect, test } from 'vitest'
import { createKits } from '../../../src/lib/platform/services/kits.ts'
import { createManagedServices } from '../../../src/lib/platform/services/managed-services.ts'
import { networkStorage } from '../../../src/lib/platform/services/network-storage.ts'
import type { ServiceType } from '../../../src/lib/platform/services/port.ts'
import { nearest, opensOwnMajor } from '../../../src/lib/platform/services/versions.ts'
import { openSqliteStore } from '../../../src/lib/platform/store/sqlite/open.ts'
import { fresh, place } from '../../contract/store/fresh-store.ts'
import { createFixture } from '../../helpers/process-engine.ts'
import { environmentSpec } from '../../helpers/specs.ts'

let installed: string[] = []

/** Several versions of it are installed, and its process does nothing. */
const type: ServiceType = {
  ...networkStorage,
  kit: () => ({ files: {} }),
  launch: () => ({ command: 'sleep 1000', graceMs: 0, probes: {}, variables: {} }),
  async locate(wanted) {
    const versions = installed.map(version => ({ version }))
    return { found: true, path: [], product: 'Toy', version: nearest(versions, wanted)?.version ?? '' }
  },
  name: 'postgresql',
  opens: opensOwnMajor('PostgreSQL'),
}

test('of several versions a service gets the one asked for, and keeps the one that made its data, or is refused', async () => {
  const fixture = await createFixture()
  try {
    const { store } = fresh({
      open: directory => openSqliteStore({ database: `${directory}/db`, secretKey: `${directory}/key` }),
    })
    const { environment } = place(store)
    const { engine } = fixture
    const services = createManagedServices({
      engine,
      findType: () => type,
      kits: createKits(fixture),
      removeVolume: async () => {},
      store,
    })
    const deploy = async (version: string): Promise<string | undefined> => {
      const service = { configuration: {}, name: 'database', type: 'postgresql', version }
      const spec = { ...environmentSpec([]), services: [service] }
      await services.prepare(environment, spec, { note: () => {}, signal: new AbortController().signal })
      return (await services.targets(environment)).get('database')?.place.installed.version
    }

    const recorded = (): string | undefined => store.managedServices.get(environment, 'database')?.version
    const start = async (): Promise<string | undefined> => {
      await services.state(environment)
      return recorded()
    }

    installed = ['15.18', '17.2']
    expect(await deploy('15')).toBe('15.18')
    expect(await deploy('17')).toBe('15.18')
    expect(await start()).toBe('15.18')

    installed = ['15.19', '17.2']
    expect(await start()).toBe('15.19')

    installed = ['17.2']
    await expect(deploy('17')).rejects.toMatchObject({
      code: 'conflict.service-version',
      message: expect.stringMatching(/PostgreSQL 15\.19.*PostgreSQL 17\.2/),
    })
    expect(await start()).toBe('15.19')
  } finally {
    await fixture.dispose()
  }
})
