import { join } from 'node:path'
import * as z from 'zod/mini'
import type { ActivityContext, ActivityHandler } from '../activities/port.ts'
import { removeTree } from '../remove-tree.ts'
import { environmentLane } from './deploy-activity.ts'
import type { DeployDeps } from './deps.ts'

const environmentInput = z.object({ environment: z.optional(z.string()) })
const projectInput = z.object({ environments: z.array(z.string()), project: z.optional(z.string()) })

/** Deletes an environment with its data; an absent one succeeds. */
export function deleteEnvironmentHandler(deps: DeployDeps): ActivityHandler<z.infer<typeof environmentInput>> {
  return {
    input: { parse: value => z.parse(environmentInput, value) },
    lanes: ({ environment }) => (environment === undefined ? [] : [lane(environment)]),
    async run(context) {
      const { environment } = context.input
      if (environment !== undefined) await removeEnvironment(deps, context, environment)
    },
    type: 'environment.delete',
  }
}

/** Deletes a project with its environments; an absent one succeeds. */
export function deleteProjectHandler(deps: DeployDeps): ActivityHandler<z.infer<typeof projectInput>> {
  return {
    input: { parse: value => z.parse(projectInput, value) },
    lanes: ({ environments }) => environments.map(lane),
    async run(context) {
      const { environments, project } = context.input
      for (const environment of environments) await removeEnvironment(deps, context, environment)
      if (project === undefined) return
      context.phase('delete')
      await context.step('builds', () => removeBuilds(deps, project))
      await context.step('delete', () => deps.store.projects.delete(project))
    },
    type: 'project.delete',
  }
}

async function removeBuilds({ engine, layout }: DeployDeps, project: string): Promise<void> {
  await engine.remove(`build-${project}`)
  await removeTree(join(layout.buildCaches, project))
}

function lane(environment: string): { lane: string; capacity: number; preempts: boolean } {
  return { capacity: 1, lane: environmentLane(environment), preempts: true }
}

async function removeEnvironment(
  { engine, layout, routing, store }: DeployDeps,
  context: ActivityContext,
  environment: string,
): Promise<void> {
  await context.inLane(environmentLane(environment), async () => {
    context.phase('delete')
    await context.step(`routes:${environment}`, () => routing.forget(environment))
    await context.step(`instances:${environment}`, () => engine.remove(environment))
    await context.step(`files:${environment}`, () => removeTree(layout.environment(environment)))
    await context.step(`record:${environment}`, () => store.environments.delete(environment))
  })
}
