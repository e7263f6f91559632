import type { ServiceType } from './port.ts'

/** Files that several applications share: each mounts the volume of its name (docs.platform.sh, "Network Storage"). */
export const networkStorage = {
  aliases: [],
  backup: { description: 'its volume is backed up with the others', kind: 'none' },
  connections: () => [],
  defaults: { diskMb: 1024, memoryMb: 0 },
  kit: () => ({ files: {} }),
  locate: () => Promise.resolve({ found: true, path: [], product: 'network storage', version: '' }),
  name: 'network-storage',
  port: 0,
  title: 'network storage',
} as const satisfies ServiceType
