import type { ServiceTarget } from './port.ts'

/** Why a service is in no backup; undefined when it is. */
export function whyLeftOut({ place, type }: Pick<ServiceTarget, 'place' | 'type'>): string | undefined {
  return type.data ? type.withoutBackup?.(place.installed) : type.backup.description
}
