import { PassThrough, Readable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ENV, type EngineFixture, jobSpec, runJob } from '../../helpers/process-engine.ts'

/** What every engine must do with jobs; one environment has all of them. */
export function describeJobs(prepare: () => Promise<EngineFixture>): void {
  describe('with jobs', () => {
    let fixture: EngineFixture
    beforeAll(async () => {
      fixture = await prepare()
    })
    afterAll(() => fixture.dispose())

    test('a job exits as its command does, and its lines come with it', async () => {
      for (const exitCode of [0, 1, 2, 125, 126, 127, 128, 130, 143, 255]) {
        const command = `echo out; echo err >&2; exit ${exitCode}`
        const { lines, result } = await runJob(fixture.engine, jobSpec(`job-${exitCode}`, { command }))
        expect(result).toEqual({ exitCode, kind: 'exited' })
        expect(lines.map(({ stream, text }) => `${stream} ${text}`).toSorted()).toEqual(['stderr err', 'stdout out'])
      }
    })

    test('a job whose id is known is attached to, not run again', async () => {
      const { engine } = fixture
      const job = jobSpec('once', { command: 'date +%s%N; sleep 0.3; echo end' })
      const [first, second] = await Promise.all([runJob(engine, job), runJob(engine, job)])
      const third = await runJob(engine, job)
      expect(second).toEqual(first)
      expect(third).toEqual(first)
    })

    test('a job ends when it is cancelled or takes too long', async () => {
      const { engine } = fixture
      const running = engine.run(jobSpec('long', { command: 'echo begun; sleep 60' }), AbortSignal.timeout(20_000))
      expect(await running.next()).toMatchObject({ value: { text: 'begun' } })
      await engine.cancel(ENV, 'long')
      let end = await running.next()
      while (!end.done) end = await running.next()
      expect(end.value).toEqual({ kind: 'cancelled' })
      const late = await runJob(engine, jobSpec('late', { command: 'sleep 60', timeoutMs: 200 }))
      expect(late.result).toEqual({ kind: 'timed-out' })
      await engine.cancel(ENV, 'unknown')
    })

    test('a job whose streams are the caller’s gets and gives bytes', async () => {
      const job = jobSpec('bytes', { command: 'tr a-z A-Z; echo said >&2', streams: { stdin: true, stdout: true } })
      const stdout = new PassThrough()
      const { lines, result } = await runJob(fixture.engine, job, {
        streams: { stdin: Readable.from([Buffer.from('no end of line')]), stdout },
      })
      expect(result).toEqual({ exitCode: 0, kind: 'exited' })
      expect(lines.map(({ stream, text }) => `${stream} ${text}`)).toEqual(['stderr said'])
      expect(await readAll(stdout)).toBe('NO END OF LINE')
    })
  })
}
