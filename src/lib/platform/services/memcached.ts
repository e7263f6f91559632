import { dirname } from 'node:path'
import type { ServiceType } from './port.ts'
import { serviceProbes } from './probes.ts'
import { findSystemProgram, programVersion } from './versions.ts'

const MEMORY_MB = 64

/** A cache in memory. Clients of its text protocol send no passwords: it is private by its address alone. */
export const memcached = {
  aliases: [],
  backup: { description: 'a cache in memory', kind: 'none' },
  connections: ({ hostName, port }) => [{ endpoint: 'memcached', host: hostName, port, scheme: 'memcached' }],
  defaults: { diskMb: 0, memoryMb: 2 * MEMORY_MB },
  kit: () => ({
    files: {
      'bin/start': `#!/bin/sh
set -eu
# it wants to be told that it may run as root, where there is no other user
if [ "$(id -u)" = 0 ]; then set -- -u root; fi
exec memcached --listen="$LISTEN_HOST" --port="$LISTEN_PORT" --memory-limit=${MEMORY_MB} "$@"
`,
    },
  }),
  launch: ({ host, port }) => ({
    command: ['bin/start'],
    graceMs: 2_000,
    probes: serviceProbes({ host, kind: 'tcp', port }),
    variables: { LISTEN_HOST: host, LISTEN_PORT: String(port) },
  }),
  async locate() {
    const found = findSystemProgram('memcached')
    const version = found && (await programVersion(found))
    return found && version !== undefined
      ? { found: true, path: [dirname(found)], product: `Memcached ${version}`, version }
      : { found: false, packages: ['memcached'] }
  },
  name: 'memcached',
  port: 11_211,
  title: 'Memcached',
} as const satisfies ServiceType
