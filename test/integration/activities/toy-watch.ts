import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ActivityRecord } from '../../../src/lib/platform/store/port.ts'
import { openSqliteStore } from '../../../src/lib/platform/store/sqlite/open.ts'

const STEPS = ['build', 'release', 'start', 'switch']

/** What is true at every moment, looked at whenever the platform is dead. */
export class ToyWatch {
  readonly #directory: string
  /** Step -> how often it had run when it was first seen done. */
  readonly #done = new Map<string, number>()

  constructor(directory: string) {
    this.#directory = directory
  }

  look(): void {
    const runs = this.#runs()
    for (const activity of this.#activities()) {
      const messages = this.#log(activity)
      for (const { name, state } of activity.steps.filter(step => STEPS.includes(step.name))) {
        const key = `${activity.description} ${name}`
        const count = runs.filter(run => run === key).length
        if (state === 'running') continue
        assert.ok(messages.includes(`did ${name}`), `${key} is done, but its line is lost`)
        assert.equal(count, this.#done.get(key) ?? count, `${key} was done and ran again`)
        this.#done.set(key, count)
      }
    }
  }

  finish(count: number): void {
    const activities = this.#activities().toSorted((a, b) => a.sequence - b.sequence)
    assert.equal(activities.length, count)
    for (const [number, activity] of activities.entries()) {
      const fails = number % 3 === 1
      assert.partialDeepStrictEqual(activity, {
        ...(fails ? { error: { code: 'failed.start' } } : { output: { built: `deploy-${number} build` } }),
        logEnded: true,
        result: fails ? 'failure' : 'warning',
        state: 'finished',
        ...(number % 3 === 2 ? { output: { answer: 'go' } } : {}),
      })
      assert.ok(existsSync(join(this.#directory, activity.id, 'ended')))
    }
    const released = this.#runs().filter(run => !run.endsWith(' build'))
    const order = released.map(run => Number(/^deploy-(\d+) /.exec(run)?.[1]))
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    )
  }

  #activities(): ActivityRecord[] {
    const store = openSqliteStore({ database: join(this.#directory, 'db'), secretKey: join(this.#directory, 'key') })
    const ids = store.activities.list({ limit: 1000 }).map(({ id }) => id)
    const activities = ids.flatMap(id => store.activities.get(id) ?? [])
    store.close()
    return activities
  }

  #runs(): string[] {
    return readFileSync(join(this.#directory, 'runs'), 'utf8').split('\n').slice(0, -1)
  }

  /** Messages of whole lines; their cursors never go back. */
  #log({ id }: ActivityRecord): string[] {
    const directory = join(this.#directory, id)
    if (!existsSync(directory)) return []
    const records = readdirSync(directory)
      .filter(name => name.endsWith('.ndjson'))
      .toSorted()
      .flatMap(name => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1))
      .map(line => JSON.parse(line))
    const sequences = records.map(({ cursor }) => Number(String(cursor).split('.').at(-1)))
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => (sequences[0] ?? 0) + index),
    )
    return records.map(({ message }) => String(message))
  }
}
