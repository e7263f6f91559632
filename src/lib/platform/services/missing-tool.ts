import { AppError } from '../../core/errors.ts'
import type { MissingProgram, ServiceTarget, ServiceType } from './port.ts'

/** Names what carries a program of a service that is not installed, and the service where there is one already. */
export function missingTool(
  { name, title }: Pick<ServiceType, 'name' | 'title'>,
  { otherwise, packages, program }: MissingProgram,
  service?: string,
): AppError {
  const what = program === undefined ? title : `${program} of ${title}`
  return new AppError(
    'failed.tool-missing',
    service === undefined
      ? `${what} is needed and is not installed`
      : `the service ${service} needs ${what}, which is not installed`,
    {
      details: { packages, service, tool: name },
      suggestions: [
        ...(packages.length > 0 ? ['aloft platform setup', `apt-get install ${packages.join(' ')}`] : []),
        ...(otherwise === undefined ? [] : [otherwise]),
      ],
    },
  )
}

/** Before a service is dumped, restored or asked. @throws failed.tool-missing when it has no programs for that */
export function requireClient({ place, type }: Pick<ServiceTarget, 'place' | 'type'>): void {
  const { withoutClient } = place.installed
  if (withoutClient) throw missingTool(type, withoutClient, place.name)
}
