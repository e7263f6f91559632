import type { InstalledService, ServicePlace } from '../../../src/lib/platform/services/port.ts'

const INSTALLED: InstalledService = { path: [], product: 'Server 1.2', version: '1.2' }

/** A service as it is run, e.g. to ask its type for commands and connections. */
export function servicePlace(over: Partial<ServicePlace> = {}): ServicePlace {
  return {
    configuration: {},
    credentials: { password: 'secret', username: 'main' },
    host: '127.66.0.1',
    hostName: 'database.internal',
    installed: INSTALLED,
    isCutOff: false,
    name: 'database',
    port: 4000,
    ...over,
  }
}
