import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import type { Config } from '@oclif/core'
import { onTestFinished } from 'vitest'
import type { BaseCommand } from '../../../src/lib/cli/base-command.ts'
import { isPipeClosed } from '../../../src/lib/cli/pipe-closed.ts'
import type { Runtime } from '../../../src/lib/cli/runtime.ts'
import type { Terminal } from '../../../src/lib/cli/terminal.ts'
import { systemClock } from '../../../src/lib/core/clock.ts'
import type { Provider } from '../../../src/lib/providers/port.ts'
import { createFakeAccounts } from '../fakes/fake-accounts.ts'
import { createFakeLocalPlatform } from '../fakes/fake-local-platform.ts'

export const noTerminal: Terminal = {
  animates: false,
  columns: 80,
  interactive: false,
  rows: 24,
  stderrColours: 0,
  stderrIsTerminal: false,
  stdinIsTerminal: false,
  stdoutColours: 0,
  stdoutIsTerminal: false,
}

export const personAtTerminal: Terminal = {
  ...noTerminal,
  interactive: true,
  stderrIsTerminal: true,
  stdinIsTerminal: true,
  stdoutIsTerminal: true,
}

export interface CommandRun {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export interface RunOptions {
  readonly provider?: Provider
  readonly stdin?: string
  readonly runtime?: Partial<Runtime>
}

/** What every command class is: a base command that is no longer abstract. */
declare class Concrete extends BaseCommand {
  run(): Promise<unknown>
}

interface Runnable {
  new (argv: string[], config: Config): Concrete
  run(argv: string[], options: { root: string }): Promise<unknown>
}

/** Runs a command in this process with everything outside it replaced. */
export async function runCommand(
  Base: Runnable,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<CommandRun> {
  const root = await makeRoot()
  const output = collect()
  const errors = collect()
  let exitCode = 0
  const runtime: Runtime = {
    ask: refuseToAsk,
    clock: systemClock,
    directory: root,
    settings: { applied: new Set(), file: join(root, 'config', 'config.json'), problems: [], values: new Map() },
    environment: {},
    isDebugging: false,
    findAccount: async ({ account: name = 'local' }) => ({
      address: name === 'local' ? 'local' : 'https://cloud.example.com',
      name,
      provider: 'platform',
    }),
    openAccounts: async () => createFakeAccounts(),
    openLocalPlatform: async () => createFakeLocalPlatform(root),
    openProvider: async () => {
      if (options.provider) return options.provider
      throw new Error('this command needs no provider')
    },
    openUrl: async () => {},
    setExitCode: code => {
      exitCode = code
    },
    stderr: errors.stream,
    stdin: () => (options.stdin === undefined ? new PassThrough() : Readable.from([Buffer.from(options.stdin)])),
    stdout: output.stream,
    tell: text => void errors.stream.write(text),
    terminal: noTerminal,
    write: bytes => void output.stream.write(bytes),
    ...options.runtime,
  }
  class UnderTest extends Base {
    protected override createRuntime(): Runtime {
      return runtime
    }
  }
  try {
    await UnderTest.run([...argv], { root })
  } catch (error) {
    if (!isPipeClosed(error)) throw error
  }
  return { exitCode, stderr: errors.text(), stdout: output.text() }
}

/** A temporary directory that is removed after the test. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'aloft-cli-'))
  onTestFinished(async () => rm(directory, { force: true, recursive: true }))
  return directory
}

/** oclif wants a package around a command. */
async function makeRoot(): Promise<string> {
  const root = await makeDirectory()
  await writeFile(
    join(root, 'package.json'),
    JSON.stringify({ name: 'aloft', oclif: { bin: 'aloft' }, version: '0.0.0' }),
  )
  return root
}

const refuseToAsk: Runtime['ask'] = {
  confirm: refuse,
  input: refuse,
  secret: refuse,
  select: refuse,
}

async function refuse(message: string): Promise<never> {
  throw new Error(`nobody is there to answer: ${message}`)
}

function collect(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') }
}
