import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFixture, type EngineFixture, jobSpec } from '../../helpers/process-engine.ts'

let fixture: EngineFixture

beforeAll(async () => {
  fixture = await createFixture()
  await fixture.writeArtifact('art', { 'empty.txt': '' })
})
afterAll(() => fixture?.dispose())

it('lets processes open their output by name, as whatever user they run', async () => {
  const command = 'echo one > /dev/stdout; echo two > /dev/stderr; echo three; sh -c "echo four >> /proc/self/fd/2"'
  const lines: string[] = []
  const job = fixture.engine.run(jobSpec('job-1', { command }), AbortSignal.timeout(20_000))

  let next = await job.next()
  for (; !next.done; next = await job.next()) lines.push(`${next.value.stream} ${next.value.text}`)

  expect(next.value).toEqual({ exitCode: 0, kind: 'exited' })
  expect(lines.toSorted()).toEqual(['stderr four', 'stderr two', 'stdout one', 'stdout three'])
})
