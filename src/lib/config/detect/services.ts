import type { ManagedServiceSpec, RelationshipSpec } from '../environment-spec.ts'
import { defaultEndpoint, serviceTitle } from '../shared/service-types.ts'
import type { Candidate } from './detected.ts'
import { SERVICE_KINDS, type ServiceKind } from './service-kinds.ts'
import { type ExampleVariable, readAddons, readDependencies, readExamples } from './service-signs.ts'

export interface DetectedServices {
  readonly services: readonly ManagedServiceSpec[]
  readonly relationships: readonly RelationshipSpec[]
}

interface Signs {
  readonly addons: readonly string[]
  readonly dependencies: ReadonlyMap<string, string>
  readonly examples: ReadonlyMap<string, ExampleVariable>
}

/**
 * The services that an application asks for without a doubt: by an add-on of `app.json`, or by a driver that it cannot run
 * without together with the variable that leads there in `.env.example`. A driver alone may be one of several that it can
 * work with, and only gives a hint.
 */
export async function detectServices(candidate: Candidate): Promise<DetectedServices> {
  const signs: Signs = {
    addons: await readAddons(candidate),
    dependencies: await readDependencies(candidate),
    examples: await readExamples(candidate),
  }
  const { warnings } = candidate.findings
  const services: ManagedServiceSpec[] = []
  for (const kind of SERVICE_KINDS) {
    const driver = driverOf(kind, signs)
    const reason = addonReason(kind, signs) ?? (driver && exampleReason(kind, driver, signs))
    const name = services.some(other => other.name === kind.name) ? kind.type : kind.name
    if (reason !== undefined) {
      services.push({ configuration: {}, name, type: kind.type })
      warnings.push(`${reason}: ${serviceTitle(kind.type)} is added as "${name}"; ${inFile(kind, name)}`)
    } else if (driver)
      warnings.push(`${driver.file} has ${driver.name}, but no service is added; ${inFile(kind, name)}`)
  }
  return {
    relationships: services.map(({ name, type }) => ({ endpoint: defaultEndpoint(type), name, service: name })),
    services,
  }
}

function inFile({ type }: ServiceKind, name: string): string {
  return `aloft.yaml would say it: \`services: { ${name}: { type: ${type} } }\`, and \`relationships: { ${name}: }\` of the application`
}

interface Driver {
  readonly name: string
  readonly file: string
}

function driverOf(kind: ServiceKind, { dependencies }: Signs): Driver | undefined {
  const name = kind.drivers.find(driver => dependencies.has(driver))
  return name === undefined ? undefined : { file: dependencies.get(name) ?? '', name }
}

function addonReason(kind: ServiceKind, { addons }: Signs): string | undefined {
  const addon = addons.find(name => kind.addons.includes(name))
  return addon === undefined ? undefined : `app.json has the add-on ${addon}`
}

function exampleReason(kind: ServiceKind, driver: Driver, signs: Signs): string | undefined {
  for (const name of kind.variables) {
    const variable = signs.examples.get(name)
    if (variable && leadsTo(kind, name, { signs, variable }))
      return `${variable.file} has ${name}, and ${driver.file} has ${driver.name}`
  }
  return undefined
}

/** An address says by its scheme what it leads to; no value leads to the only kind that the application has a driver for. */
function leadsTo(
  kind: ServiceKind,
  name: string,
  { signs, variable }: { readonly signs: Signs; readonly variable: ExampleVariable },
): boolean {
  if (variable.scheme !== undefined) return kind.schemes.includes(variable.scheme)
  const candidates = SERVICE_KINDS.filter(other => other.variables.includes(name) && driverOf(other, signs))
  return variable.isEmpty && candidates.length === 1
}
