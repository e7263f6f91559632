import type { EnvironmentSpec } from '../../config/environment-spec.ts'
import { readProject } from '../../config/read-project.ts'
import type { EnvironmentType } from '../../core/model.ts'
import type { SourceStore } from '../source/source-store.ts'

export interface SpecTarget {
  readonly environment: { readonly name: string; readonly type: EnvironmentType }
  readonly project: string
}

/** What the project files of a stored tree say for an environment. @throws usage.config, usage.config-unsupported, usage.source, not-found.source */
export function readSpec(
  sources: SourceStore,
  tree: string,
  { environment: { name, type }, project }: SpecTarget,
): Promise<EnvironmentSpec> {
  return readProject(sources.projectFiles(tree), { environment: { name, type }, projectName: project })
}
