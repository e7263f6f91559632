import type { Call, CloneEnvironment, CreateEnvironment, Provider } from '../providers/port.ts'

export interface Clone {
  readonly request: CloneEnvironment
  /** Id of what is live in the parent. */
  readonly deployment: string
}

/** Undefined where there is nothing to clone: without a parent, or one that nothing is deployed to. @throws not-found.environment (the parent) */
export async function findClone(
  request: CreateEnvironment & { readonly data: boolean },
  { environments }: Provider,
  call: Call,
): Promise<Clone | undefined> {
  const { parent, project } = request
  if (parent === undefined || !environments.support.clone) return undefined
  const { deployment } = await environments.get({ environment: parent, project }, call)
  return deployment === undefined ? undefined : { deployment, request: { ...request, parent } }
}
