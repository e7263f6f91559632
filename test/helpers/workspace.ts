import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import { asksForJson, checkExitCode, checkOutput } from './check-output.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

export interface CliResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly cwd?: string
  readonly input?: string | Uint8Array
  readonly environment?: Readonly<Record<string, string>>
}

/** A home of its own for one test: its own platform, keepers and edge, all ended by `close`. */
export interface Workspace {
  readonly home: string
  /** A directory to copy applications into. */
  readonly directory: string
  /** Runs the built CLI to its end, without a terminal. @throws when it prints or ends as its schema or class does not declare */
  aloft(args: readonly string[], options?: CliOptions): Promise<CliResult>
  /** Starts the built CLI; the caller ends it. */
  start(args: readonly string[], options?: CliOptions): ChildProcess
  /** The `result` of the command's JSON document. @throws when it fails */
  json(args: readonly string[], options?: CliOptions): Promise<unknown>
  /** A copy of an example that the test may change. */
  example(name: string): string
  platformPid(): Promise<number>
  close(): Promise<void>
}

/** `settings`: variables of every command, and of the platform that they start. */
export function createWorkspace(settings: Readonly<Record<string, string>> = {}): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'aloft-e2e-'))
  // Instances may run as other users: they have to be able to pass through.
  chmodSync(root, 0o711)
  const home = join(root, 'home')
  const start = (args: readonly string[], { cwd = root, environment = {} }: CliOptions = {}): ChildProcess =>
    spawn(process.execPath, [join(repository, 'bin/run.js'), ...args], {
      cwd,
      env: {
        ...environmentOf(process.env),
        ALOFT_CREDENTIAL_STORE: 'file',
        ALOFT_HOME: home,
        ...settings,
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  const aloft = async (args: readonly string[], options: CliOptions = {}): Promise<CliResult> => {
    const result = await collect(start(args, options), options.input)
    checkExitCode(args, result.exitCode)
    if (asksForJson(args)) await checkOutput(args, result.stdout)
    return result
  }
  const json = async (args: readonly string[], options?: CliOptions): Promise<unknown> => {
    const { exitCode, stderr, stdout } = await aloft([...args, '--json'], options)
    if (exitCode !== 0) throw new Error(`aloft ${args.join(' ')} exited with ${exitCode}: ${stdout}${stderr}`)
    return z.parse(z.object({ result: z.unknown() }), JSON.parse(stdout)).result
  }
  return {
    aloft,
    async close() {
      await aloft(['platform', 'stop', '--all'])
      rmSync(root, { force: true, maxRetries: 5, recursive: true })
    },
    directory: root,
    example(name) {
      const copy = join(root, name)
      cpSync(join(repository, 'examples', name), copy, { recursive: true })
      return copy
    },
    home,
    json,
    async platformPid() {
      return z.parse(z.object({ pid: z.number() }), await json(['platform', 'status'])).pid
    },
    start,
  }
}

/** Without what would change the CLI's behaviour from outside. */
export function environmentOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {
    ALOFT_ENVIRONMENT: _e,
    ALOFT_PROJECT: _p,
    CI: _c,
    FORCE_COLOR: _f,
    NODE_COMPILE_CACHE: _cache,
    NODE_EXTRA_CA_CERTS: _n,
    NODE_OPTIONS: _o,
    NO_COLOR: _color,
    ...rest
  } = environment
  return rest
}

function collect(child: ChildProcess, input: string | Uint8Array | undefined): Promise<CliResult> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve({
        exitCode: code ?? (signal === null ? 1 : 128),
        stderr: Buffer.concat(stderr).toString(),
        stdout: Buffer.concat(stdout).toString(),
      })
    })
  })
}
