import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { BackupPlatform } from './backup-platform.ts'
import { sayToToy } from './toy-service.ts'

/*
 * A platform as a process of its own: takes up what is unfinished, starts an activity (or waits for one), and prints what
 * became of it. It kills itself (-9) at the n-th recorded moment of a step; each moment it passes is a line of `moments`.
 */

const request = z.object({
  root: z.string(),
  environment: z.object({ id: z.string(), name: z.string(), project: z.string() }),
  /** Type and input of what is started; a string: the id of what is waited for. */
  activity: z.union([z.string(), z.object({ input: z.unknown(), type: z.string() })]),
  /** 0: never. */
  killAt: z.number(),
  /** A program in the place of restic. */
  restic: z.optional(z.string()),
})
export type ProgramRequest = z.infer<typeof request>

const { activity, environment, killAt, restic, root } = z.parse(request, JSON.parse(process.argv[2] ?? ''))
const platform = new BackupPlatform(root)
platform.restic = restic
platform.adopt(environment)
let moments = 0
await platform.open((_activity, step, moment) => {
  moments++
  appendFileSync(join(root, 'moments'), `${step} ${moment}\n`)
  if (moments === killAt) process.kill(process.pid, 'SIGKILL')
})
await platform.takeUp()
const id = typeof activity === 'string' ? activity : platform.start(activity.type, environment, activity.input)
process.stdout.write(`${id}\n`)
const { error, output, result } = await platform.finished(id)
const { words } = await sayToToy(platform.service(environment, 'db'), 'all')
const files = await platform.ask(environment)
const problems = await platform.problems()
process.stdout.write(
  `${JSON.stringify({ error: error?.message, files, problems, result, state: output?.['state'], words })}\n`,
)
await platform.close()
