import type { Formation } from '../../core/model.ts'
import { printFormation } from '../formation.ts'

/** One expression a line, in the syntax that `aloft scale` accepts. */
export function renderFormation({ services }: { readonly services: readonly Formation[] }): string {
  return services.map(service => `${printFormation(service)}\n`).join('')
}
