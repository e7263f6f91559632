import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { membersOf } from '../../../src/lib/platform/engine/process/process-tree.ts'
import type { Engine } from '../../../src/lib/platform/engine/port.ts'
import { lockOwner } from '../../../src/lib/platform/engine/process/keeper/lock.ts'
import { encodeResize, encodeSignal } from '../../../src/lib/protocol/session-frames.ts'
import { describeLevels } from '../../helpers/engine-levels.ts'
import {
  allReady,
  createFixture,
  desired,
  ENV,
  type EngineFixture,
  launchSpec,
  SERVER,
  serviceState,
  until,
  untilTrue,
} from '../../helpers/process-engine.ts'
import { openSession } from '../../helpers/session-client.ts'

await describeLevels('a session', level => {
  let fixture: EngineFixture
  beforeAll(async () => {
    fixture = await createFixture({ level })
    await fixture.writeArtifact('art', { 'server.js': SERVER })
    await fixture.engine.apply(desired(ENV, [serviceState({ launch: launchSpec({ variables: { COLOUR: 'blue' } }) })]))
    await until(fixture.engine, ENV, allReady(1))
  })
  afterAll(() => fixture.dispose())

  test.each([0, 1, 2, 125, 126, 127, 128, 130, 137, 143, 255])('exits with %i as the command does', async exitCode => {
    const session = await openSession(fixture.engine, { command: ['sh', '-c', `exit ${exitCode}`] })
    expect(await session.status).toEqual({ exitCode, kind: 'exited' })
  })

  test('exits with 127 for a command that is not there, 126 for one that cannot run, 128 + n for a signal', async () => {
    const { engine } = fixture
    expect(await exitOf(engine, ['no-such-command'])).toMatchObject({ exitCode: 127 })
    expect(await exitOf(engine, ['./server.js'])).toMatchObject({ exitCode: 126 })
    expect(await exitOf(engine, ['sh', '-c', 'kill -9 $$'])).toMatchObject({ exitCode: 137 })
  })

  test('sees what the instance sees, and separates stdout from stderr', async () => {
    const session = await openSession(fixture.engine, { command: ['sh', '-c', 'echo $COLOUR; pwd >&2'] })
    await session.status
    expect(session.stdout()).toBe('blue\n')
    const [instance] = await fixture.engine.instances(ENV)
    const answer: unknown = await (await fetch(`http://${instance?.endpoint}/`)).json()
    expect(answer).toMatchObject({ cwd: session.stderr().trim() })
  })

  test('passes 100 MB of stdin through, byte for byte, to the end of input', async () => {
    const keeper = lockOwner(fixture.layout.keeper(ENV))
    const session = await openSession(fixture.engine, { command: ['sha256sum'] })
    const chunk = randomBytes(64 * 1024)
    const hash = createHash('sha256')
    let peak = 0
    for (let index = 0; index < 1600; index++) {
      hash.update(chunk)
      await session.write(chunk)
      if (index % 100 === 0) peak = Math.max(peak, await residentBytes(keeper?.pid))
    }
    session.endInput()
    expect(await session.status).toEqual({ exitCode: 0, kind: 'exited' })
    expect(session.stdout().split(' ')[0]).toBe(hash.digest('hex'))
    expect(peak).toBeLessThan(250 * 1024 * 1024)
  })

  test('passes 100 MB of stdout through to a slow reader, byte for byte', async () => {
    const keeper = lockOwner(fixture.layout.keeper(ENV))
    const script = 'head -c 104857600 /dev/zero | tr "\\0" x'
    const session = await openSession(fixture.engine, { command: ['sh', '-c', script] })
    session.socket.pause()
    const before = await residentBytes(keeper?.pid)
    await untilTrue(
      async () => (await cpuTicks(keeper?.pid)) === (await cpuTicks(keeper?.pid, 200)),
      'the keeper waits',
    )
    expect((await residentBytes(keeper?.pid)) - before).toBeLessThan(80 * 1024 * 1024)
    session.socket.resume()
    expect(await session.status).toEqual({ exitCode: 0, kind: 'exited' })
    expect(session.digest()).toBe(createHash('sha256').update(Buffer.alloc(104_857_600, 'x')).digest('hex'))
  })

  test('has a terminal with a size that can change', async () => {
    const session = await openSession(fixture.engine, { columns: 100, command: ['sh'], rows: 30, tty: true })
    await session.write(Buffer.from('stty size; tty | cut -c1-4\n'))
    await untilTrue(() => session.stdout().includes('30 100'), 'the first size')
    session.socket.send(encodeResize(132, 43))
    await session.write(Buffer.from('stty size\n'))
    await untilTrue(() => session.stdout().includes('43 132'), 'the second size')
    await session.write(Buffer.from('exit 5\n'))
    expect(await session.status).toEqual({ exitCode: 5, kind: 'exited' })
  })

  test('Ctrl-C reaches the command on the terminal, which may handle it', async () => {
    const script = 'trap "echo caught; exit 9" INT; echo set; while :; do sleep 0.05; done'
    const session = await openSession(fixture.engine, { command: ['sh', '-c', script], tty: true })
    await untilTrue(() => session.stdout().includes('set'), 'the trap is set')
    await session.write(Buffer.of(3))
    expect(await session.status).toEqual({ exitCode: 9, kind: 'exited' })
    expect(session.stdout()).toContain('caught')
  })

  test('the end of input ends a shell on a terminal, and a login shell is there without a command', async () => {
    const session = await openSession(fixture.engine, { tty: true })
    await session.write(Buffer.from('echo up-$COLOUR\n'))
    await untilTrue(() => session.stdout().includes('up-blue'), 'the shell answers')
    session.endInput()
    expect(await session.status).toEqual({ exitCode: 0, kind: 'exited' })
  })

  test('signals reach the command', async () => {
    const script = 'trap "exit 4" USR1; echo set; while :; do sleep 0.05; done'
    const session = await openSession(fixture.engine, { command: ['sh', '-c', script] })
    await untilTrue(() => session.stdout().includes('set'), 'the trap is set')
    session.socket.send(encodeSignal('SIGUSR1'))
    expect(await session.status).toEqual({ exitCode: 4, kind: 'exited' })
    const other = await openSession(fixture.engine, { command: ['sh', '-c', 'echo set; exec sleep 60'] })
    await untilTrue(() => other.stdout().includes('set'), 'it runs')
    other.socket.send(encodeSignal('TERM'))
    expect(await other.status).toEqual({ exitCode: 143, kind: 'exited' })
  })

  test.each([true, false])('nothing is left when the client goes away (terminal: %s)', async tty => {
    const script = 'trap "" HUP; echo $ALOFT_SESSION; sleep 300 & setsid sleep 300 & wait'
    const session = await openSession(fixture.engine, { command: ['sh', '-c', script], tty })
    await untilTrue(() => session.stdout().includes('ses_'), 'it runs')
    const marker = `ALOFT_SESSION=${session.stdout().trim()}`
    await expect.poll(() => membersOf({ marker }).length, { timeout: 10_000 }).toBeGreaterThan(1)
    session.socket.terminate()
    await untilTrue(() => membersOf({ marker }).length === 0, 'the tree is gone')
  })
})

async function exitOf(engine: Engine, command: readonly string[]): Promise<unknown> {
  const session = await openSession(engine, { command })
  return session.status
}

async function residentBytes(pid = 0): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8')
  return Number(text.split(' ')[1]) * 4096
}

/** Processor time used so far, read after `afterMs`. */
async function cpuTicks(pid = 0, afterMs = 0): Promise<string> {
  await new Promise(resolve => setTimeout(resolve, afterMs))
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  return text.split(' ').slice(13, 15).join(' ')
}
