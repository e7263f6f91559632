import { expect, test } from 'vitest'
import { postgresql } from '../../../src/lib/platform/services/postgresql.ts'
import type { ServiceType } from '../../../src/lib/platform/services/port.ts'
import { createFixture, untilTrue } from '../../helpers/process-engine.ts'
import { missingService, prepareService } from '../../helpers/services/running-service.ts'

const LIMIT_MS = 5000
const TIMEOUT_MS = 120_000

test(
  'a server that recovers longer than its start may take goes on, and is ready in the end',
  async ({ onTestFinished, skip }) => {
    const missing = await missingService(postgresql)
    skip(missing !== undefined, missing)
    const fixture = await createFixture()
    onTestFinished(() => fixture.dispose())
    const { engine } = fixture
    let type: ServiceType = postgresql
    const service = await prepareService(fixture, { ...postgresql, launch: place => type.launch?.(place) ?? never() })
    const { environment } = service.target
    const shell = (command: string) => service.run({ command, variables: {} })
    const instance = async () => (await engine.instances(environment))[0]
    await service.start()
    await service.stop()

    // a real recovery, that waits for its archive as long as the file is there
    const wait = "restore_command = 'while [ -e ../slow ]; do sleep 0.1; done; exit 1'"
    await shell(`echo "${wait}" >>data/server/postgresql.auto.conf; touch data/slow data/server/recovery.signal`)
    type = hurried
    const ready = service.start()
    await untilTrue(async () => (await instance())?.isRecovering === true, 'it says that it recovers', TIMEOUT_MS)
    const recovering = await instance()
    const longEnough = Date.parse(recovering?.startedAt ?? '') + 2 * LIMIT_MS
    await untilTrue(() => Date.now() > longEnough, 'it has recovered for longer than its start may take', TIMEOUT_MS)
    expect(await instance()).toMatchObject({ pid: recovering?.pid, restarts: recovering?.restarts, state: 'starting' })

    await shell('rm data/slow')
    await ready
    expect(await instance()).toMatchObject({ pid: recovering?.pid, restarts: recovering?.restarts })
  },
  TIMEOUT_MS,
)

/** PostgreSQL as it is, but for how long its start may take. */
const hurried: ServiceType = {
  ...postgresql,
  launch(place) {
    const launch = postgresql.launch?.(place) ?? never()
    const startup = launch.probes.startup ?? never()
    return {
      ...launch,
      probes: { ...launch.probes, startup: { ...startup, failureThreshold: 5, periodMs: LIMIT_MS / 5 } },
    }
  },
}

function never(): never {
  throw new TypeError('PostgreSQL has a process and a startup probe')
}
