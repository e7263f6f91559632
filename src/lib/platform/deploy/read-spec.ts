import type { EnvironmentSpec } from '../../config/environment-spec.ts'
import { readProject } from '../../config/read-project.ts'
import type { EnvironmentType } from '../../core/model.ts'
import type { TreeReader } from './deps.ts'

/** What the project files of a stored tree say for an environment. @throws usage.config, usage.config-unsupported, usage.source */
export async function readSpec(
  sources: TreeReader,
  tree: string,
  {
    environment,
    project,
  }: { readonly environment: { readonly name: string; readonly type: EnvironmentType }; readonly project: string },
): Promise<EnvironmentSpec> {
  const files = await sources.files(tree)
  return readProject(
    { list: () => files, read: path => sources.readFile(tree, path) },
    { environment, projectName: project },
  )
}
