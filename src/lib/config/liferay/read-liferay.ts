import { nearest } from '../document/nearest.ts'
import { addProblem, addWarning, subsection } from '../document/section.ts'
import type { ApplicationSpec, ManagedServiceSpec, RelationshipSpec } from '../environment-spec.ts'
import type { ReaderContext, ReaderResult } from '../reader.ts'
import { dependencyOrder } from '../shared/dependency-order.ts'
import { nameServices } from '../shared/service-names.ts'
import { defaultEndpoint } from '../shared/service-types.ts'
import { toManagedService } from './images.ts'
import { toRoutes } from './routes.ts'
import { toApplication } from './service.ts'
import { isServiceId, readServiceFile, type ServiceFile } from './service-file.ts'

/** One service per LCP.json, in the order of their dependencies. */
export async function readLiferay(context: ReaderContext): Promise<ReaderResult> {
  const services: ServiceFile[] = []
  for (const file of context.files) {
    const service = await readServiceFile(file, context)
    if (service) services.push(service)
  }
  const named = services.filter(({ name }) => isServiceId(name))
  nameServices(named.map(({ name, section }) => ({ name, section: subsection(section, 'id') ?? section, workers: [] })))
  checkProjectIds(services)
  const dependencies = new Map(services.map(service => [service.name, knownDependencies(service, services, context)]))
  const order = checkedOrder(services, dependencies)
  const managed = new Map(services.flatMap(service => toManaged(service, context)))
  const applications: ApplicationSpec[] = []
  for (const service of services) if (!managed.has(service)) applications.push(await toApplication(service, context))
  const deployed = new Set(applications.filter(({ deploy }) => deploy).map(({ name }) => name))
  return {
    applications: applications
      .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
      .map(application => ({
        ...application,
        dependencies: (dependencies.get(application.name) ?? []).filter(name => deployed.has(name)),
        relationships: relationships(dependencies.get(application.name) ?? [], [...managed.values()]),
      })),
    format: 'liferay',
    routes: services.filter(({ name }) => deployed.has(name)).flatMap(({ input, name }) => toRoutes(name, input)),
    services: [...managed.values()],
  }
}

function toManaged(service: ServiceFile, { tree }: ReaderContext): [ServiceFile, ManagedServiceSpec][] {
  const managed = toManagedService(service, tree)
  return managed ? [[service, managed]] : []
}

/** What depends on a managed service reaches it by its name. */
function relationships(
  dependencies: readonly string[],
  managed: readonly ManagedServiceSpec[],
): readonly RelationshipSpec[] {
  return managed
    .filter(({ name }) => dependencies.includes(name))
    .map(({ name, type }) => ({ endpoint: defaultEndpoint(type), name, service: name }))
}

/** A dependency that is nearly a service's name is a mistake; any other is not part of this project, and not waited for. */
function knownDependencies(
  { input, section }: ServiceFile,
  services: readonly ServiceFile[],
  { files }: ReaderContext,
): readonly string[] {
  const names = services.map(({ name }) => name)
  const all = services.length === files.length
  return (input.dependencies ?? []).filter((dependency, index) => {
    if (names.includes(dependency)) return true
    const meant = all ? nearest(dependency, names) : undefined
    if (meant !== undefined)
      addProblem(section, ['dependencies', index], {
        allowed: names,
        message: `there is no service "${dependency}"; did you mean "${meant}"?`,
      })
    else if (all)
      addWarning(section, ['dependencies', index], `"${dependency}" is not part of this project and is not waited for`)
    return false
  })
}

function checkedOrder(
  services: readonly ServiceFile[],
  dependencies: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const result = dependencyOrder(dependencies)
  if ('order' in result) return result.order
  const [name] = result.cycle
  const service = services.find(candidate => candidate.name === name)
  if (service)
    addProblem(service.section, ['dependencies'], {
      message: `the services depend on each other: ${result.cycle.join(' -> ')}`,
    })
  return [...dependencies.keys()]
}

/** As the vendor's client: one project only. */
function checkProjectIds(services: readonly ServiceFile[]): void {
  const first = services.find(({ input }) => input.projectId !== undefined)
  for (const { input, section } of services) {
    if (first && input.projectId !== undefined && input.projectId !== first.input.projectId)
      addProblem(section, ['projectId'], { message: `differs from the one in ${first.section.node.at.file}` })
  }
}
