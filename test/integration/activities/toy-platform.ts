import { appendFileSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import * as z from 'zod/mini'
import { AppError } from '../../../src/lib/core/errors.ts'
import { createActivities } from '../../../src/lib/platform/activities/activities.ts'
import type { ActivityHandler } from '../../../src/lib/platform/activities/port.ts'
import { createLogWriter, DEFAULT_LOG_LIMITS } from '../../../src/lib/platform/logs/writer.ts'
import { openSqliteStore } from '../../../src/lib/platform/store/sqlite/open.ts'

/*
 * A platform with one type of activity: `toy-platform.ts DIRECTORY COUNT [die]`. It starts COUNT activities unless they have
 * been started before, answers those that wait, and ends once all are finished. With `die` it kills itself the first time it
 * comes to a moment of a step at which none of its predecessors died. Each moment is a line on stdout.
 */

const [directory = '', count = '0', mode] = process.argv.slice(2)
const path = (name: string): string => join(directory, name)
const store = openSqliteStore({ database: path('db'), secretKey: path('key') })

const input = z.object({ number: z.number(), fails: z.boolean(), waits: z.boolean() })

const deploy: ActivityHandler<z.infer<typeof input>> = {
  input,
  lanes: () => [
    { capacity: 2, lane: 'build' },
    { capacity: 1, lane: 'environment' },
  ],
  async run(context) {
    const name = context.activity.description
    const work = (step: string): Promise<string> =>
      context.step(step, async () => {
        context.log({ message: `did ${step}` })
        await breathe()
        appendFileSync(path('runs'), `${name} ${step}\n`)
        if (step === 'start' && context.input.fails) throw new AppError('failed.start', `${name} did not start`)
        if (step === 'release') context.warn('released with a warning')
        return `${name} ${step}`
      })
    const built = await context.inLane('build', () => work('build'))
    return context.inLane('environment', async () => {
      await work('release')
      await work('start')
      if (context.input.waits) context.setOutput({ answer: await context.wait(question) })
      await work('switch')
      return { output: { built } }
    })
  },
  type: 'deploy',
}

const question = { answers: [{ id: 'go', label: 'Go' }], message: 'Go on?', reason: 'confirmation' }

function dieOnce(moment: string): void {
  const died = new Set(readFileSync(path('died'), 'utf8').split('\n'))
  if (died.has(moment)) return
  appendFileSync(path('died'), `${moment}\n`)
  process.kill(process.pid, 'SIGKILL')
}

const activities = createActivities({
  onStep: (id, step, moment) => {
    const name = `${store.activities.get(id)?.description} ${step} ${moment}`
    if (mode === 'die') dieOnce(name)
    writeSync(1, `${name}\n`)
  },
  openLog: id => createLogWriter({ directory: path(id), limits: DEFAULT_LOG_LIMITS, source: id }),
  store,
})
activities.register(deploy)
await activities.resume()

const ids = Array.from({ length: Number(count) }, (_, number) => {
  const description = `deploy-${number}`
  const kind = { fails: number % 3 === 1, number, waits: number % 3 === 2 }
  return activities.start({
    createdBy: 'toy',
    key: description,
    prepare: () => ({ description, input: kind }),
    type: 'deploy',
  }).id
})
await Promise.all(
  ids.map(async id => {
    for await (const { state } of activities.watch(id, AbortSignal.timeout(60_000)))
      if (state === 'waiting') activities.answer(id, 'go')
  }),
)
await activities.close()
store.close()
