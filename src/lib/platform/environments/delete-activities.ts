import { join } from 'node:path'
import * as z from 'zod/mini'
import type { ActivityContext, ActivityHandler } from '../activities/port.ts'
import type { BackupDeps } from '../backups/deps.ts'
import { environmentLane } from '../deploy/deploy-activity.ts'
import type { DeployDeps } from '../deploy/deps.ts'
import { removeTree } from '../remove-tree.ts'
import { makeLastBackup } from './last-backup.ts'

/** With `backup`, the id that the last backup gets: it is made first, where there is anything to keep. */
const environmentInput = z.object({ backup: z.optional(z.string()), environment: z.optional(z.string()) })
const projectInput = z.object({
  /** Environment -> id of its last backup. */
  backups: z.optional(z.record(z.string(), z.string())),
  environments: z.array(z.string()),
  project: z.optional(z.string()),
})

/** Deletes an environment with its data; an absent one succeeds. */
export function deleteEnvironmentHandler(deps: BackupDeps): ActivityHandler<z.infer<typeof environmentInput>> {
  return {
    input: { parse: value => z.parse(environmentInput, value) },
    lanes: ({ environment }) => (environment === undefined ? [] : [lane(environment)]),
    async run(context) {
      const { backup, environment } = context.input
      if (environment === undefined) return
      const made = await removeEnvironment(deps, context, { backup, environment })
      if (made !== undefined) context.setOutput({ backup: made })
    },
    type: 'environment.delete',
  }
}

/** Deletes a project with its environments; an absent one succeeds. */
export function deleteProjectHandler(deps: BackupDeps): ActivityHandler<z.infer<typeof projectInput>> {
  return {
    input: { parse: value => z.parse(projectInput, value) },
    lanes: ({ environments }) => environments.map(lane),
    async run(context) {
      const { backups = {}, environments, project } = context.input
      const made: string[] = []
      for (const environment of environments)
        made.push(
          ...[await removeEnvironment(deps, context, { backup: backups[environment], environment })].flatMap(
            id => id ?? [],
          ),
        )
      if (made.length > 0) context.setOutput({ backups: made })
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

interface Removal {
  readonly environment: string
  readonly backup: string | undefined
}

/** Returns the id of its last backup, when there is one. */
function removeEnvironment(
  deps: BackupDeps,
  context: ActivityContext,
  { backup, environment }: Removal,
): Promise<string | undefined> {
  const { engine, layout, routing, store } = deps
  return context.inLane(environmentLane(environment), async () => {
    const made = backup === undefined ? false : await makeLastBackup(deps, context, { backup, environment })
    context.phase('delete')
    await context.step(`routes:${environment}`, () => routing.forget(environment))
    await context.step(`instances:${environment}`, () => engine.remove(environment))
    await context.step(`files:${environment}`, () => removeTree(layout.environment(environment)))
    await context.step(`record:${environment}`, () => store.environments.delete(environment))
    return made ? backup : undefined
  })
}
