import { expect, test } from 'vitest'
import { createKits } from '../../../src/lib/platform/services/kits.ts'
import { createManagedServices } from '../../../src/lib/platform/services/managed-services.ts'
import { networkStorage } from '../../../src/lib/platform/services/network-storage.ts'
import type { ServiceType } from '../../../src/lib/platform/services/port.ts'
import { nearest } from '../../../src/lib/platform/services/versions.ts'
import { openSqliteStore } from '../../../src/lib/platform/store/sqlite/open.ts'
import { fresh, place } from '../../contract/store/fresh-store.ts'
import { createFixture } from '../../helpers/process-engine.ts'
import { environmentSpec } from '../../helpers/specs.ts'

const INSTALLED = [{ version: '15.18' }, { version: '17.2' }]

/** Two versions of it are installed, and it needs no process. */
const type: ServiceType = {
  ...networkStorage,
  locate: wanted =>
    Promise.resolve({ found: true, path: [], product: 'Toy', version: nearest(INSTALLED, wanted)?.version ?? '' }),
  name: 'postgresql',
}

test('of several versions a service gets the one asked for, and keeps the one that made its data', async () => {
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

    expect(await deploy('15')).toBe('15.18')
    expect(await deploy('17')).toBe('15.18')
  } finally {
    await fixture.dispose()
  }
})
