import type { DeployDeps } from '../deploy/deps.ts'
import { removeTree } from '../remove-tree.ts'

/** Removes an environment with all that it has, whatever of it is there. Repeatable. @throws conflict.has-children */
export async function eraseEnvironment(
  { engine, layout, routing, store }: DeployDeps,
  environment: string,
): Promise<void> {
  await routing.forget(environment)
  await engine.remove(environment)
  await removeTree(layout.environment(environment))
  store.environments.delete(environment)
}
