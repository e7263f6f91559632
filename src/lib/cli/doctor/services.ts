import { type ServiceProgram, SERVICE_PROGRAMS } from '../../config/service-programs.ts'
import { isInstalled } from '../setup/find-programs.ts'
import type { Runtime } from '../runtime.ts'
import type { Check } from './check.ts'

/** The programs of managed services: one that is missing is a warning where the project of this directory asks for it. */
export async function checkServices(runtime: Runtime): Promise<readonly Check[]> {
  const wanted = await typesOfProject(runtime.directory)
  return SERVICE_PROGRAMS.filter(({ types }) => types.length > 0).map(program =>
    checkService(program, { path: runtime.environment['PATH'], wanted }),
  )
}

function checkService(
  program: ServiceProgram,
  { path, wanted }: { readonly path: string | undefined; readonly wanted: ReadonlySet<string> },
): Check {
  const { title: name, types } = program
  if (isInstalled(program, path)) return { detail: 'installed', name, state: 'ok' }
  const asked = types.find(type => wanted.has(type))
  if (asked === undefined) return { detail: 'not installed: nothing here asks for it', name, state: 'ok' }
  const fix = `aloft platform setup ${asked}`
  return { detail: `not installed: this project has a service of type ${asked}`, fix, name, state: 'warning' }
}

/** Deeper than project files lie; a home directory may be large. */
const DEPTH = 3

/** Of the services that the files here ask for; none where there is no project or its files have mistakes. */
async function typesOfProject(directory: string): Promise<ReadonlySet<string>> {
  const [{ readProject }, { directoryFiles }] = await Promise.all([
    import('../../config/read-project.ts'),
    import('../../config/project-files.ts'),
  ])
  const environment = { name: 'main', type: 'production' } as const
  const files = directoryFiles(directory, path => path.split('/').length > DEPTH)
  const spec = await readProject(files, { environment, projectName: 'project' }).catch(() => undefined)
  return new Set(spec?.services.map(({ type }) => type))
}
