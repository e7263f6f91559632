import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ServicePlace, ServiceType } from '../../../src/lib/platform/services/port.ts'
import { createFixture, type EngineFixture } from '../../helpers/process-engine.ts'
import {
  missingService,
  prepareService,
  type RunningService,
  startService,
} from '../../helpers/services/running-service.ts'

const TIMEOUT_MS = 120_000
const PASSWORD = String.raw`p"a's$HOME \w`

export interface ServiceUnderTest {
  readonly type: ServiceType
  readonly configuration?: ServicePlace['configuration'] | undefined
  /** Writes something of every kind, with a word in it. */
  readonly write: (service: RunningService, word: string) => Promise<void>
  /** What is there, so that two equal ones are equal; also of a copy that can be reached by its volume alone. */
  readonly read: (service: RunningService) => Promise<unknown>
  /** A dump that must be refused: what the tool says then. */
  readonly broken: { readonly dump: string; readonly says: RegExp }
}

/** What every service must do whose data can be backed up. */
export function describeService(under: ServiceUnderTest): void {
  const { broken, configuration = {}, read, type, write } = under
  describe(`the service ${type.name}`, async () => {
    const missing = await missingService(type)
    let fixture: EngineFixture
    beforeEach(({ skip }) => skip(missing !== undefined, missing))
    beforeAll(async () => {
      fixture = await createFixture()
    })
    afterAll(() => fixture.dispose())

    test(
      'gives back what was dumped, also in a copy that reaches nothing, with as many rows as the dump has',
      async () => {
        const service = await startService(fixture, type, {
          configuration,
          credentials: { password: PASSWORD, username: 'main' },
        })
        await write(service, 'first')
        const first = await read(service)
        const { content, rows } = await service.dump()
        expect(rows).toEqual(await service.count())
        expect(content.toString('latin1')).not.toContain(PASSWORD)

        await write(service, 'second')
        const second = await read(service)
        expect(second).not.toEqual(first)
        await expect(service.restore(Buffer.from(broken.dump))).rejects.toThrow(broken.says)
        expect(await read(service)).toEqual(second)
        await service.restore(content)
        expect(await read(service)).toEqual(first)

        const copy = await prepareService(fixture, type, { configuration, isCutOff: true })
        if (type.data?.restoresStopped !== true) await copy.start()
        await copy.restore(content)
        expect(await copy.count()).toEqual(rows)
        expect(await read(copy)).toEqual(first)
      },
      TIMEOUT_MS,
    )
  })
}
