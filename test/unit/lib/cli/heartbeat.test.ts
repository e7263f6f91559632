import { describe, expect, it } from 'vitest'
import Deploy from '../../../../src/commands/deploy.ts'
import PlatformStart from '../../../../src/commands/platform/start.ts'
import PlatformStop from '../../../../src/commands/platform/stop.ts'
import type { LocalPlatform } from '../../../../src/lib/providers/local-platform.ts'
import { createAllCapableProvider } from '../../../helpers/fakes/all-capable-provider.ts'
import { createFakeLocalPlatform, localStatus } from '../../../helpers/fakes/fake-local-platform.ts'
import { personAtTerminal, runCommand } from '../../../helpers/cli/run-command.ts'
import { createManualClock, type ManualClock } from '../../../helpers/manual-clock.ts'

const target = ['-p', 'shop', '-e', 'main']

/** It takes 40 s to start and to stop. */
function slowPlatform(clock: ManualClock): { readonly platform: LocalPlatform; readonly called: Promise<void> } {
  const { promise: called, resolve: onCall } = Promise.withResolvers<void>()
  const slowly = async <T>(result: T): Promise<T> => {
    onCall()
    await clock.sleep(40_000)
    return result
  }
  const platform = {
    ...createFakeLocalPlatform('/home/ada/.aloft'),
    start: async () => slowly(localStatus),
    stop: async () => slowly(true),
  }
  return { called, platform }
}

describe('a long silence', () => {
  it('is broken every 30 s while the source is taken in, and starts anew with each line', async () => {
    const clock = createManualClock()
    const provider = createAllCapableProvider()
    const { promise: called, resolve: onCall } = Promise.withResolvers<void>()
    const deploys: typeof provider.deploys = {
      ...provider.deploys,
      start: async (request, call) => {
        onCall()
        await clock.sleep(70_000)
        call.onIntake?.({ bytes: 10, files: 1, type: 'scanned' })
        await clock.sleep(45_000)
        return provider.deploys.start(request, { signal: call.signal })
      },
    }

    const running = runCommand(Deploy, target, { provider: { ...provider, deploys }, runtime: { clock } })
    await called
    await clock.pass(115_000)

    expect((await running).stderr.split('\n').slice(0, 4)).toEqual([
      'still running after 30 s',
      'still running after 60 s',
      'read 1 files (10 B)',
      'still running after 100 s',
    ])
  })

  it('is broken while an activity waits for its turn', async () => {
    const clock = createManualClock()
    const provider = createAllCapableProvider({ script: { endless: true } })
    const { promise: called, resolve: onCall } = Promise.withResolvers<void>()
    const activities: typeof provider.activities = {
      ...provider.activities,
      get: async (id, call) => {
        onCall()
        return provider.activities.get(id, call)
      },
    }

    const running = runCommand(Deploy, [...target, '--timeout', '65s'], {
      provider: { ...provider, activities },
      runtime: { clock },
    })
    await called
    await clock.pass(70_000)

    const { exitCode, stderr } = await running
    expect(exitCode).toBe(8)
    expect(stderr).toContain('still running after 30 s\nstill running after 60 s\n')
  })

  it.each([
    ['start', PlatformStart],
    ['stop', PlatformStop],
  ] as const)('is broken while `platform %s` waits', async (_name, Command) => {
    const clock = createManualClock()
    const { called, platform } = slowPlatform(clock)

    const running = runCommand(Command, ['--json'], { runtime: { clock, openLocalPlatform: async () => platform } })
    await called
    await clock.pass(45_000)

    const { stderr } = await running
    expect(stderr).toBe('still running after 30 s\n')
  })

  it.each([
    ['with --quiet', ['--quiet'], {}],
    ['where a person sees what goes on', [], { terminal: personAtTerminal }],
  ] as const)('stays one %s', async (_when, flags, runtime) => {
    const clock = createManualClock()
    const { called, platform } = slowPlatform(clock)

    const running = runCommand(PlatformStart, flags, {
      runtime: { clock, openLocalPlatform: async () => platform, ...runtime },
    })
    await called
    await clock.pass(45_000)

    expect((await running).stderr).toBe('')
  })
})
