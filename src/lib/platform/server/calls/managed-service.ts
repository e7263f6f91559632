import type { Service } from '../../../core/model.ts'
import type { EngineInstance } from '../../engine/port.ts'
import { networkStorage } from '../../services/network-storage.ts'
import { SERVICES_RELEASE } from '../../services/port.ts'
import type { ManagedServiceRecord } from '../../store/port.ts'

/** A managed service as clients see it. A network storage has no process: nothing that could be ready or reached. */
export function toManagedService(
  { host, name, port, type, version }: Pick<ManagedServiceRecord, 'host' | 'name' | 'port' | 'type' | 'version'>,
  instances: readonly EngineInstance[],
): Service {
  const own = instances.filter(({ release, service }) => release === SERVICES_RELEASE && service === name)
  const hasProcess = type !== networkStorage.name
  return {
    ...(hasProcess ? { address: `${host}:${port}` } : {}),
    desired: hasProcess ? 1 : 0,
    instances: own,
    kind: 'managed',
    name,
    ready: own.filter(({ state }) => state === 'ready').length,
    type: version === '' ? type : `${type}:${version}`,
    urls: [],
  }
}
