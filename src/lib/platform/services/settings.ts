import * as z from 'zod/mini'
import { AppError } from '../../core/errors.ts'
import type { ServicePlace } from './port.ts'

/** The configuration of a service as its type understands it; what it does not know has no effect. @throws usage.config */
export function readSettings<Schema extends z.ZodMiniType>(
  { configuration, name }: Pick<ServicePlace, 'configuration' | 'name'>,
  schema: Schema,
): z.output<Schema> {
  const parsed = z.safeParse(schema, configuration)
  if (parsed.success) return parsed.data
  throw new AppError(
    'usage.config',
    `the configuration of the service ${name} is not usable: ${z.prettifyError(parsed.error)}`,
    { details: { service: name }, suggestions: ['Settings of services are described in docs/services.md.'] },
  )
}
