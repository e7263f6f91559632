import { AppError } from '../../core/errors.ts'
import type { Located, ServiceType } from './port.ts'

/** Names what carries the program of a service that is not installed. */
export function missingTool(
  { name, title }: ServiceType,
  { otherwise, packages }: Extract<Located, { readonly found: false }>,
): AppError {
  return new AppError('failed.tool-missing', `${title} is needed and is not installed`, {
    details: { packages, tool: name },
    suggestions: [
      ...(packages.length > 0 ? ['aloft platform setup', `apt-get install ${packages.join(' ')}`] : []),
      ...(otherwise === undefined ? [] : [otherwise]),
    ],
  })
}
