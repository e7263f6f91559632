import { AppError } from '../../core/errors.ts'
import { nearestNames } from '../../core/nearest.ts'
import type { Explanation } from './explain-settings.ts'

/** @throws usage.setting with the nearest keys */
export function requireExplanation(key: string, all: readonly Explanation[]): Explanation {
  const found = all.find(each => each.key === key)
  if (found) return found
  const keys = all.map(each => each.key)
  const nearest = nearestNames(key, keys)
  throw new AppError('usage.setting', `there is no "${key}" to explain (there is: ${keys.join(', ')})`, {
    details: { nearest },
    suggestions: nearest,
  })
}
