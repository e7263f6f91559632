import type { ApplicationSpec, ConfigFormat } from '../../config/environment-spec.ts'
import type { ActivityContext } from '../activities/port.ts'
import type { BuildRequest } from '../build/build-request.ts'
import type { Builder } from '../build/builder.ts'
import type { Store } from '../store/port.ts'
import type { ReleaseBuild } from './release.ts'

export interface ApplicationBuild {
  readonly project: { readonly id: string; readonly name: string }
  readonly application: ApplicationSpec
  readonly format: ConfigFormat
  readonly tree: string
  /** Build-visible variables of project and environment. */
  readonly variables: Readonly<Record<string, string>>
}

/**
 * Makes an application's artifact, or finds it, and records the build; what the builder prints goes to the activity's log.
 * @throws failed.build, failed.tool-missing, failed.disk-full
 */
export async function buildApplication(
  builder: Builder,
  store: Store,
  { context, request }: { context: ActivityContext; request: ApplicationBuild },
): Promise<ReleaseBuild> {
  const { application, project } = request
  const { build, path, warnings } = await builder.build(toBuildRequest(request), {
    onLine: ({ at, stream, text }) =>
      context.log({ at, message: text, service: application.name, ...(stream === 'stderr' ? {} : { level: 'info' }) }),
    signal: context.signal,
  })
  for (const warning of warnings) context.warn(warning)
  const { createdAt: _, ...record } = build
  store.builds.put({ ...record, path, project: project.id })
  return { id: build.id, path }
}

export function toBuildRequest({ application, format, project, tree, variables }: ApplicationBuild): BuildRequest {
  return { application, format, project: project.id, projectName: project.name, tree, variables }
}
