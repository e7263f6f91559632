import { AppError } from '../core/errors.ts'
import type { Formation } from '../core/model.ts'
import type { CurrentFormation, Provider } from '../providers/port.ts'
import { applyScale, parseScaleExpression } from './formation.ts'
import { requireOption, requirePart } from './require-part.ts'

export interface PlannedScale {
  readonly services: readonly Formation[]
  /** The tag the formation must still have. */
  readonly ifCurrent?: string | undefined
}

interface ScaleOptions {
  readonly ifCurrent?: string | undefined
  readonly provider: Provider
}

/**
 * What the named services shall be. A relative change holds only for the formation it was computed from.
 * @throws usage.formation, not-found.service, unsupported.option, conflict.changed
 */
export function planScale(
  texts: readonly string[],
  current: CurrentFormation,
  { ifCurrent, provider }: ScaleOptions,
): PlannedScale {
  const expressions = texts.map(parseScaleExpression)
  const { support } = requirePart(provider, 'scaling')
  for (const { service } of expressions)
    requireOption(current.fixed?.includes(service) !== true, provider, `scaling ${service}: it is a managed service`)
  const has = (key: 'count' | 'cpu' | 'memoryMb'): boolean => expressions.some(each => each[key] !== undefined)
  requireOption(support.count || !has('count'), provider, 'changing the number of instances')
  requireOption(support.cpu || !has('cpu'), provider, 'changing processors')
  requireOption(support.memory || !has('memoryMb'), provider, 'changing memory')
  if (ifCurrent !== undefined && ifCurrent !== current.tag) {
    throw new AppError('conflict.changed', `the formation has the tag ${current.tag}, not ${ifCurrent}`, {
      details: { tag: current.tag },
      suggestions: ['look at it again: aloft scale'],
    })
  }
  const isRelative = expressions.some(each => each.operation === 'add')
  const services = applyScale(current.services, expressions)
  return { ifCurrent: ifCurrent ?? (isRelative ? current.tag : undefined), services }
}
