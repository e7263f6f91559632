import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Activity, EnvironmentRef } from '../../../src/lib/core/model.ts'
import { isAppError } from '../../../src/lib/core/errors.ts'
import { type Call, type DeployInput, OPTIONAL_PARTS, type Provider } from '../../../src/lib/providers/port.ts'

/** A provider under test, with something to work on. */
export interface ProviderFixture {
  readonly provider: Provider
  /** An environment that can be deployed to. */
  readonly environment: EnvironmentRef
  /** One working input for each kind that `deploys.support.inputs` names. */
  readonly inputs: readonly DeployInput[]
  close(): Promise<void>
}

const FINISH_MS = 60_000

const call = (key?: string): Call => ({ key, signal: new AbortController().signal })

/** What every implementation of the provider port must do. */
export function providerContract(name: string, make: () => Promise<ProviderFixture>): void {
  describe(`${name} as a provider`, () => {
    let fixture: ProviderFixture

    beforeAll(async () => {
      fixture = await make()
    }, FINISH_MS)
    afterAll(() => fixture?.close())

    it('says who the credentials belong to', async () => {
      const identity = await fixture.provider.auth.identity(call())

      expect(identity.user).not.toBe('')
      expect(identity.address).not.toBe('')
    })

    it('gives a reason for each part it does not have, and for none that it has', () => {
      const { provider } = fixture
      const absent = OPTIONAL_PARTS.filter(part =>
        Object.entries(provider).every(([own, value]) => own !== part || value === undefined),
      )

      expect(Object.keys(provider.refusals).toSorted()).toEqual(absent.toSorted())
      for (const refusal of Object.values(provider.refusals)) expect(refusal.reason).not.toBe('')
    })

    it('lists its projects, and refuses an unknown one', async () => {
      const projects = await Array.fromAsync(fixture.provider.projects.list(call()))

      expect(projects.length).toBeGreaterThan(0)
      expect(await codeOf(fixture.provider.projects.get('no-such-project', call()))).toBe('not-found.project')
    })

    it('lists its environments, with or without a project, and refuses an unknown one', async () => {
      const { environment, provider } = fixture
      const { belongToProject } = provider.environments.support
      const environments = await Array.fromAsync(
        provider.environments.list(belongToProject ? environment.project : undefined, call()),
      )
      const unknown = { ...environment, environment: 'no-such-environment' }

      expect(environments.map(each => each.name)).toContain(environment.environment)
      expect(environments.every(({ project }) => belongToProject === (project !== undefined))).toBe(true)
      expect(await codeOf(provider.environments.get(unknown, call()))).toBe('not-found.environment')
    })

    it('creates and deletes an environment, or refuses both in one way', async () => {
      const { environment, provider } = fixture
      const { support } = provider.environments
      const created = { ...environment, environment: 'contract' }
      const refusal = 'unsupported.option'
      const made = support.create ? 'none' : refusal
      const madeAgain = support.create ? 'conflict.exists' : refusal
      const deleted = support.delete ? 'success' : refusal

      expect(await codeOf(provider.environments.create(created, call()))).toBe(made)
      expect(await codeOf(provider.environments.create(created, call()))).toBe(madeAgain)
      expect(await resultOf(provider, provider.environments.delete(created, call()))).toBe(deleted)
      expect(await resultOf(provider, provider.environments.delete(created, call()))).toBe(deleted)
      expect(await codeOf(provider.environments.get(created, call()))).toBe('not-found.environment')
    })

    it(
      'deploys each kind of input that it takes, once per key, and refuses the others',
      async () => {
        const { environment, inputs, provider } = fixture
        if (!provider.deploys) return
        expect(inputs.map(({ kind }) => kind).toSorted()).toEqual(provider.deploys.support.inputs.toSorted())

        for (const input of inputs) {
          const key = `contract-${input.kind}-${Date.now()}`
          const first = await provider.deploys.start({ environment, input, message: 'contract' }, call(key))
          const again = await provider.deploys.start({ environment, input, message: 'contract' }, call(key))
          expect(again.id).toBe(first.id)
          expect((await finish(provider, first)).result).toBe('success')
        }
        for (const input of samples.filter(({ kind }) => !provider.deploys?.support.inputs.includes(kind))) {
          expect(await codeOf(provider.deploys.start({ environment, input }, call()))).toBe('unsupported.option')
        }
      },
      3 * FINISH_MS,
    )

    it(
      'keeps activities and their logs to the end',
      async () => {
        const { provider } = fixture
        if (!provider.activities) return
        const [latest] = await Array.fromAsync(provider.activities.list({ limit: 1 }, call()))
        if (!latest) throw new Error('the provider has made no activity so far')

        const events = await Array.fromAsync(provider.activities.log(latest.id, { ...call(), follow: true }))

        expect(events.at(-1)?.type).toBe('end')
        expect(await codeOf(provider.activities.cancel(latest.id, call()))).toBe('conflict.finished')
        expect(await codeOf(provider.activities.answer(latest.id, 'yes', call()))).toMatch(/^conflict\./)
        expect(await codeOf(provider.activities.get('act_unknown', call()))).toBe('not-found.activity')
      },
      FINISH_MS,
    )

    it(
      'makes, lists, verifies and restores backups as far as it says',
      async () => {
        const { environment, provider } = fixture
        const { backups } = provider
        if (!backups) return
        const { consistency, restore, verify } = backups.support
        const [how] = consistency
        if (!how) throw new Error('no backup can be made')
        const request = { consistency: how, environment, keep: false, only: [] }
        const key = `contract-backup-${Date.now()}`
        const started = await backups.create(request, call(key))
        expect((await backups.create(request, call(key))).id).toBe(started.id)
        const made = await finish(provider, started)
        expect(made.result).toBe('success')
        const id = String(made.output?.['backup'])

        const listed = await Array.fromAsync(backups.list({ ...environment, state: 'complete' }, call()))
        expect(listed.map(each => each.id)).toContain(id)
        expect(await backups.get(id, call())).toMatchObject({ consistency: how, id, state: 'complete' })
        expect(await codeOf(backups.get('bkp_unknown', call()))).toBe('not-found.backup')
        const refusal = 'unsupported.option'
        expect(await resultOf(provider, backups.verify(id, call()))).toBe(verify ? 'success' : refusal)
        const wanted = { backup: id, environment, only: [], rename: {}, safetyBackup: restore.safetyBackup }
        expect(await codeOf(backups.plan(wanted, call()))).toBe(restore.plan ? 'none' : refusal)
        expect(await resultOf(provider, backups.restore(wanted, call()))).toBe('success')
      },
      3 * FINISH_MS,
    )

    it('keeps the last good backup from being deleted by accident, and deletes what is absent', async () => {
      const { environment, provider } = fixture
      const { backups } = provider
      if (!backups?.support.delete) return
      const all = await Array.fromAsync(backups.list({ ...environment, state: 'complete' }, call()))
      // what a restore replaced stands for no good one
      const latest = all.find(({ reason }) => reason !== 'safety')?.id
      if (latest === undefined) throw new Error('there is no backup')
      const others = all.map(({ id }) => id).filter(id => id !== latest)

      for (const id of others) expect(await codeOf(backups.delete({ id }, call()))).toBe('none')
      expect(await codeOf(backups.delete({ id: latest }, call()))).toBe('conflict.last-backup')
      expect(await codeOf(backups.delete({ confirm: latest, id: latest }, call()))).toBe('none')
      expect(await codeOf(backups.delete({ id: latest }, call()))).toBe('none')
      expect(await Array.fromAsync(backups.list({ ...environment, state: 'complete' }, call()))).toEqual([])
    })

    it('keeps a schedule and a retention of backups, and refuses a schedule that is none', async () => {
      const { environment, provider } = fixture
      const { backups } = provider
      if (!backups?.support.schedule || !backups.support.retention) return
      const schedule = { consistency: 'live', cron: '30 2 * * *', only: [], timeZone: 'Europe/Madrid' } as const

      expect(await backups.setSchedule(environment, schedule, call())).toMatchObject(schedule)
      expect((await backups.schedule(environment, call()))?.nextAt).toMatch(/^\d{4}-\d{2}-\d{2}T/)
      expect(await codeOf(backups.setSchedule(environment, { ...schedule, cron: 'nightly' }, call()))).toBe(
        'usage.schedule',
      )
      expect(await backups.setSchedule(environment, undefined, call())).toBeUndefined()
      const retention = { days: 3, months: 1, weeks: 2 }
      expect(await backups.setRetention(environment, retention, call())).toEqual(retention)
      expect(await backups.retention(environment, call())).toEqual(retention)
    })

    it('stops waiting when the caller does', async () => {
      const signal = AbortSignal.abort(new Error('enough'))

      await expect(fixture.provider.projects.get('anything', { signal })).rejects.toThrow('enough')
    })
  })
}

const samples: readonly DeployInput[] = [
  { directory: '.', kind: 'source' },
  { build: 'bld_unknown', kind: 'build' },
  { kind: 'versions', versions: [{ application: 'x' }] },
  { file: 'x.oap', kind: 'package' },
]

/** Follows an activity to its end; answers with the first answer offered when it waits. */
async function finish(provider: Provider, started: Activity): Promise<Activity> {
  if (!provider.activities) return started
  for (
    const deadline = Date.now() + FINISH_MS;
    Date.now() < deadline;
    await new Promise(resolve => setTimeout(resolve, 20))
  ) {
    const activity = await provider.activities.get(started.id, call())
    if (activity.state === 'finished') return activity
    const answer = activity.waiting?.answers[0]
    if (activity.state === 'waiting' && answer) await provider.activities.answer(activity.id, answer.id, call())
  }
  throw new Error(`activity ${started.id} did not finish`)
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (isAppError(error)) return error.code
    throw error
  }
  return 'none'
}

/** How an activity ended, or the code it was refused with. */
async function resultOf(provider: Provider, started: Promise<Activity>): Promise<string | undefined> {
  const refusal = await codeOf(started)
  return refusal === 'none' ? (await finish(provider, await started)).result : refusal
}
