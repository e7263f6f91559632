import { AppError } from '../core/errors.ts'
import type { Service } from '../core/model.ts'
import { nearestNames } from '../core/nearest.ts'

/** The named ones, or all when none is named. @throws not-found.service with the nearest names */
export function selectServices(services: readonly Service[], wanted: readonly string[]): readonly Service[] {
  const names = services.map(({ name }) => name)
  const unknown = wanted.find(name => !names.includes(name))
  if (unknown === undefined)
    return wanted.length === 0 ? services : services.filter(({ name }) => wanted.includes(name))
  const near = nearestNames(unknown, names)
  throw new AppError('not-found.service', `there is no service "${unknown}"`, {
    details: { given: unknown, nearest: near },
    suggestions: near.length > 0 ? near : [`services: ${names.join(', ')}`],
  })
}
