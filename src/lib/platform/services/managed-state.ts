import type { ServiceState } from '../engine/port.ts'
import type { ServicePlace, ServiceType } from './port.ts'

/** How the engine runs a managed service: from its kit, with its volume at `data`. Pure. @throws TypeError when its type has no process */
export function managedServiceState(
  type: ServiceType,
  place: ServicePlace,
  { artifact, restartToken }: { readonly artifact: string; readonly restartToken?: string | undefined },
): ServiceState {
  const launch = type.launch?.(place)
  if (!launch) throw new TypeError(`${type.title} has no process`)
  const { command, graceMs, memoryMb = type.defaults.memoryMb, probes, recovering, variables } = launch
  return {
    count: 1,
    graceMs,
    kind: 'managed',
    launch: {
      artifact,
      command,
      directory: '.',
      memoryMb,
      mounts: [{ path: 'data', source: 'shared', sourcePath: '', volume: place.name }],
      network: place.isCutOff ? 'none' : undefined,
      path: place.installed.path,
      variables,
    },
    name: place.name,
    probes,
    recovering,
    restartToken,
  }
}
