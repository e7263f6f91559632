import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobSpec, JobStreams, LaunchSpec } from '../../../src/lib/platform/engine/port.ts'
import { lockOwner } from '../../../src/lib/platform/engine/process/keeper/lock.ts'
import { membersOf } from '../../../src/lib/platform/engine/process/process-tree.ts'
import { describeLevels } from '../../helpers/engine-levels.ts'
import { createFixture, ENV, type EngineFixture, jobSpec, runJob, untilTrue } from '../../helpers/process-engine.ts'

const SIZE = 100 * 1024 * 1024

await describeLevels('streams', level => {
  let fixture: EngineFixture
  beforeAll(async () => {
    fixture = await createFixture({ level })
    await fixture.writeArtifact('art', { file: 'text' })
  })
  afterAll(() => fixture.dispose())

  const run = (job: JobSpec, streams: JobStreams): ReturnType<typeof runJob> => runJob(fixture.engine, job, { streams })
  const keeper = (): number => lockOwner(fixture.layout.keeper(ENV))?.pid ?? 0
  const sockets = async (): Promise<string[]> =>
    (await readdir(fixture.layout.home.runtime)).filter(name => name.startsWith('j'))

  test('carry 100 MB both ways byte by byte, beside lines on stderr, and keep the exit code', async () => {
    const sent = createHash('sha256')
    const source = Readable.from(chunks(SIZE, sent), { objectMode: false })
    const { digest, size, writable } = collector()
    await runJob(fixture.engine, jobSpec('first'))
    const before = await peakMemory(keeper())
    const { lines, result } = await run(streamJob('both', 'cat; echo said >&2; exit 7'), {
      stdin: source,
      stdout: writable,
    })
    expect(result).toEqual({ exitCode: 7, kind: 'exited' })
    expect(size()).toBe(SIZE)
    expect(digest()).toBe(sent.digest('hex'))
    expect(lines.map(({ stream, text }) => `${stream} ${text}`)).toEqual(['stderr said'])
    expect(writable.writableFinished).toBe(true)
    // Nothing of it passed through the keeper.
    expect((await peakMemory(keeper())) - before).toBeLessThan(32 * 1024 * 1024)
    expect(await sockets()).toEqual([])
  })

  test('wait for a caller that takes nothing', async () => {
    const taken = new PassThrough({ highWaterMark: 1024 })
    const running = run(outputJob('slow', 'head -c 20000000 /dev/zero; echo done >&2'), { stdout: taken })
    await once(taken, 'readable')
    const first = await Promise.race([running, new Promise(resolve => setTimeout(resolve, 300, 'still running'))])
    expect(first).toBe('still running')
    let size = 0
    for await (const chunk of taken) size += Buffer.isBuffer(chunk) ? chunk.length : 0
    expect(size).toBe(20_000_000)
    expect((await running).result).toEqual({ exitCode: 0, kind: 'exited' })
  })

  test('a process that ends without reading its input fails nobody', async () => {
    const source = Readable.from(chunks(SIZE, createHash('sha256')), { objectMode: false })
    const pid = await runJob(fixture.engine, jobSpec('first')).then(keeper)
    const { result } = await run(inputJob('deaf', 'head -c 10 >/dev/null; exit 3'), { stdin: source })
    expect(result).toEqual({ exitCode: 3, kind: 'exited' })
    expect(source.destroyed).toBe(true)
    expect(keeper()).toBe(pid)
  })

  test('empty input is an end at once, and an empty output ends', async () => {
    const { size, writable } = collector()
    const { result } = await run(streamJob('empty', 'wc -c >&2'), { stdin: Readable.from([]), stdout: writable })
    expect(result).toEqual({ exitCode: 0, kind: 'exited' })
    expect(size()).toBe(0)
    expect(writable.writableFinished).toBe(true)
  })

  test('a cancelled job ends with what it had written', async () => {
    const { size, writable } = collector()
    const running = run(outputJob('long', 'echo begun; exec sleep 60'), { stdout: writable })
    await untilTrue(() => size() === 6, 'it has begun')
    await fixture.engine.cancel(ENV, 'long')
    expect((await running).result).toEqual({ kind: 'cancelled' })
    expect(writable.writableFinished).toBe(true)
  })

  test('input that fails ends the job before it could take that for the end of its input', async () => {
    const source = new PassThrough()
    const job = inputJob('cut', 'cat > data/got; echo whole > data/whole')
    const running = run(job, { stdin: source })
    source.write('half')
    const volume = join(fixture.layout.volumes(ENV), 'files', '_')
    await untilTrue(
      async () => (await readFile(join(volume, 'got'), 'utf8').catch(() => '')) === 'half',
      'half has arrived',
    )
    source.destroy(new Error('the disk is broken'))
    await expect(running).rejects.toThrow('the disk is broken')
    expect(await readdir(volume)).not.toContain('whole')
    expect(membersOf({ marker: `ALOFT_INSTANCE=${ENV}/job` })).toEqual([])
  })

  test('output that nobody can take ends the job with the reason', async () => {
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no space left')) })
    await expect(run(outputJob('full', 'yes'), { stdout: full })).rejects.toThrow('no space left')
    expect(membersOf({ marker: `ALOFT_INSTANCE=${ENV}/job` })).toEqual([])
  })

  test('a caller that goes away takes the job with it; who asks for it again is told that it is lost', async () => {
    const gone = new AbortController()
    const { size, writable } = collector()
    const job = outputJob('left', 'echo run >> data/runs; echo begun; exec sleep 60')
    const running = runJob(fixture.engine, job, { signal: gone.signal, streams: { stdout: writable } })
    await untilTrue(() => size() === 6, 'it has begun')
    gone.abort()
    await expect(running).rejects.toThrow('aborted')
    expect(membersOf({ marker: `ALOFT_INSTANCE=${ENV}/job` })).toEqual([])
    const again = await run(job, { stdout: collector().writable })
    expect(again.result).toEqual({ kind: 'lost' })
    expect(await readFile(join(fixture.layout.volumes(ENV), 'files', '_', 'runs'), 'utf8')).toBe('run\n')
  })

  test('a job that has ended well is lost for a caller who did not get its bytes', async () => {
    const job = outputJob('once', 'echo bytes')
    expect((await run(job, { stdout: collector().writable })).result).toEqual({ exitCode: 0, kind: 'exited' })
    const { size, writable } = collector()
    expect((await run(job, { stdout: writable })).result).toEqual({ kind: 'lost' })
    expect(size()).toBe(0)
    expect(writable.writableFinished).toBe(true)
  })

  test('a platform that is killed cuts the streams; the job is ended, and lost for the next platform', async () => {
    const job = inputJob('fed', 'cat > data/fed; sleep 1; echo done > data/fed-to-the-end')
    const script = fileURLToPath(new URL('fixtures/platform.ts', import.meta.url))
    const home = dirname(fixture.layout.home.data)
    const platform = spawn(process.execPath, [script, home, level, 'stream', JSON.stringify(job)], {
      stdio: 'inherit',
    })
    const volume = join(fixture.layout.volumes(ENV), 'files', '_')
    await untilTrue(
      async () => (await readFile(join(volume, 'fed'), 'utf8').catch(() => '')) === 'insert 1;\n',
      'it is fed',
    )
    platform.kill('SIGKILL')
    await untilTrue(() => membersOf({ marker: `ALOFT_INSTANCE=${ENV}/job` }).length === 0, 'it is ended')
    expect((await run(job, { stdin: Readable.from(['insert 1;\n']) })).result).toEqual({ kind: 'lost' })
    expect(await readdir(volume)).not.toContain('fed-to-the-end')
  })

  test('a platform that starts removes the sockets of those that were killed', async () => {
    const { runtime } = fixture.layout.home
    // The number is above what Linux gives.
    const [left, own] = ['j4194305.0a.sock', `j${process.pid}.0a.sock`]
    for (const name of [left, own]) await writeFile(join(runtime, name), '')
    fixture.restart()
    await untilTrue(async () => !(await sockets()).includes(left), 'it is removed')
    expect(await sockets()).toEqual([own])
    await rm(join(runtime, own))
  })

  test('a keeper that is killed cuts the streams, and the job is lost', async () => {
    const { size, writable } = collector()
    const running = run(streamJob('killed', 'echo begun; cat'), { stdin: new PassThrough(), stdout: writable })
    await untilTrue(() => size() === 6, 'it has begun')
    process.kill(keeper(), 'SIGKILL')
    expect((await running).result).toEqual({ kind: 'lost' })
    expect(writable.writableFinished).toBe(true)
  })
})

function streamJob(id: string, command: string, streams: JobSpec['streams'] = { stdin: true, stdout: true }): JobSpec {
  const launch: LaunchSpec = {
    ...jobSpec(id, { command }).launch,
    mounts: [{ path: 'data', source: 'shared', sourcePath: '', volume: 'files' }],
  }
  return jobSpec(id, { launch, streams })
}

const inputJob = (id: string, command: string): JobSpec => streamJob(id, command, { stdin: true })
const outputJob = (id: string, command: string): JobSpec => streamJob(id, command, { stdout: true })

function* chunks(size: number, hash: ReturnType<typeof createHash>): Generator<Buffer> {
  const noise = randomBytes(1024 * 1024)
  for (let sent = 0; sent < size; sent += noise.length) {
    const chunk = Buffer.from(noise)
    chunk.writeUInt32LE(sent)
    hash.update(chunk)
    yield chunk
  }
}

function collector(): { writable: Writable; size: () => number; digest: () => string } {
  const hash = createHash('sha256')
  let size = 0
  const writable = new Writable({
    write(chunk: Buffer, _encoding, done) {
      size += chunk.length
      hash.update(chunk)
      done()
    },
  })
  return { digest: () => hash.copy().digest('hex'), size: () => size, writable }
}

/** Bytes, from proc(5). */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024
}
