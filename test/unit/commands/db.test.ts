import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import DbDump from '../../../src/commands/db/dump.ts'
import DbShell from '../../../src/commands/db/shell.ts'
import Tunnel from '../../../src/commands/tunnel.ts'
import { createAllCapableProvider, type CapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { makeDirectory, personAtTerminal, runCommand } from '../../helpers/cli/run-command.ts'

const at = ['-p', 'shop', '-e', 'main']

describe('db shell', () => {
  it('is the client of the service, with what stands after --, and ends with its exit code', async () => {
    const provider = createAllCapableProvider({ exitCode: 3 })

    const { exitCode, stdout } = await runCommand(DbShell, ['db', ...at, '--', '-c', 'SELECT 1', '--json'], {
      provider,
      stdin: 'SELECT 2',
    })

    expect(exitCode).toBe(3)
    expect(stdout).toBe('SELECT 2')
    expect(provider.seen.remote.opened).toMatchObject([
      { command: ['-c', 'SELECT 1', '--json'], program: 'client', service: 'db', tty: false },
    ])
  })
})

describe('db dump', () => {
  it.each([
    ['', (bytes: Buffer) => bytes],
    ['--gzip', gunzipSync],
    ['--zstd', zstdDecompressSync],
  ] as const)('writes a file that is there once it is whole %s', async (flag, decode) => {
    const directory = await makeDirectory()
    const provider = withDump('CREATE TABLE a;\n', 0)

    const argv = ['db', ...at, '--out', 'all.sql', '--json', ...(flag === '' ? [] : [flag])]
    const { exitCode, stdout } = await runCommand(DbDump, argv, { provider, runtime: { directory } })

    expect(exitCode).toBe(0)
    const file = readFileSync(join(directory, 'all.sql'))
    expect(decode(file).toString()).toBe('CREATE TABLE a;\n')
    expect(JSON.parse(stdout)).toMatchObject({ result: { bytes: file.byteLength, file: 'all.sql' } })
    expect(readdirSync(directory)).toEqual(['all.sql'])
  })

  it('exits with 7 and leaves no file when the program failed, with what it said', async () => {
    const directory = await makeDirectory()
    const provider = withDump('half', 2)

    const toFile = await runCommand(DbDump, ['db', ...at, '--out', 'all.sql'], { provider, runtime: { directory } })
    const toStdout = await runCommand(DbDump, ['db', ...at], { provider: withDump('half', 2) })

    expect([toFile.exitCode, toStdout.exitCode]).toEqual([7, 7])
    expect(toFile.stderr).toContain('exited with code 2; server closed the connection')
    expect(existsSync(join(directory, 'all.sql'))).toBe(false)
    expect(readdirSync(directory)).toEqual([])
  })

  it('says so when the disk is full, and leaves no file', async ({ onTestFinished, skip }) => {
    const directory = await makeDirectory()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory], { stdio: 'pipe' })
    } catch {
      skip('a small disk cannot be mounted here')
    }
    onTestFinished(() => void execFileSync('umount', ['-l', directory]))

    const { exitCode, stderr } = await runCommand(DbDump, ['db', ...at, '--out', 'all.sql'], {
      provider: withDump('x'.repeat(200_000), 0),
      runtime: { directory },
    })

    expect(exitCode).toBe(7)
    expect(stderr).toContain('failed.disk-full')
    expect(readdirSync(directory)).toEqual([])
  })

  it('refuses a file that cannot be made', async () => {
    const { exitCode, stderr } = await runCommand(DbDump, ['db', ...at, '--out', 'none/all.sql'], {
      provider: withDump('CREATE TABLE a;\n', 0),
    })

    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/none\/all\.sql cannot be written: .*ENOENT/)
  })

  it('refuses a terminal, and stdout under --json', async () => {
    const terminal = { ...personAtTerminal, stdoutIsTerminal: true }

    const watched = await runCommand(DbDump, ['db', ...at], {
      provider: createAllCapableProvider(),
      runtime: { terminal },
    })
    const document = await runCommand(DbDump, ['db', ...at, '--json'], { provider: createAllCapableProvider() })

    expect([watched.exitCode, document.exitCode]).toEqual([2, 2])
    expect(watched.stderr).toContain('--out FILE')
  })
})

describe('tunnel', () => {
  it.each([
    [[], { url: expect.stringMatching(/main@127/) }],
    [['--show-password'], { password: 'hush', url: expect.stringContaining('main:hush@') }],
  ])('passes bytes to the service and back until it is interrupted, the password hidden %j', async (flags, shown) => {
    let [answered, printed] = ['', '']
    const write = (text: string | Uint8Array): void => {
      printed += String(text)
      const { port } = JSON.parse(printed)
      const socket = connect(port, '127.0.0.1', () => socket.write('ping'))
      socket.on('data', data => {
        answered = data.toString()
        process.emit('SIGINT')
      })
    }

    const { exitCode } = await runCommand(Tunnel, ['db', ...at, '--json', ...flags], {
      provider: createAllCapableProvider(),
      runtime: { write },
    })

    expect(answered).toBe('ping')
    expect(exitCode).toBe(0)
    const [tunnel] = printed.split('\n')
    expect(JSON.parse(tunnel ?? '')).toMatchObject({ connections: [shown], service: 'db', type: 'tunnel' })
    expect(printed.includes('hush')).toBe(flags.length > 0)
  })
})

/** Its sessions print `text` and a line on stderr, and end with that code. */
function withDump(text: string, exitCode: number): CapableProvider {
  const provider = createAllCapableProvider()
  return {
    ...provider,
    sessions: {
      ...provider.sessions,
      open: async () => {
        const [stdout, stderr] = [new PassThrough(), new PassThrough()]
        stderr.end('server closed the connection\n')
        stdout.end(text)
        return {
          close: () => {},
          exit: Promise.resolve({ exitCode }),
          resize: () => {},
          signal: () => {},
          stderr,
          stdin: new PassThrough(),
          stdout,
        }
      },
    },
  }
}
