import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { loadCommands } from '../../scripts/load-commands.ts'
import { postgresql } from '../../src/lib/platform/services/postgresql.ts'
import { withoutRestic } from '../helpers/restic.ts'
import { writeFiles } from '../helpers/small-app.ts'
import { type CliResult, createWorkspace, environmentOf, repository, type Workspace } from '../helpers/workspace.ts'

/*
 * The examples of every command, as they stand in its help, typed into a shell in one linked directory: project `shop`
 * with the environment `main`, the services `web` and `worker`, and where PostgreSQL is installed the database `db`. What can have no fixed name stands for a real one:
 * ids, the tag of a formation, the address of a platform elsewhere (here it is this one, over TCP).
 */

const APPLICATION = `
applications:
  web:
    type: nodejs:24
    build: {flavor: none}
    mounts: {uploads: {source: storage}}
    web: {commands: {start: node server.js}}
    workers: {worker: {commands: {start: node worker.js}}}
routes:
  http://{default}/: {type: upstream, upstream: 'web:http'}
`
const { found: hasDatabase } = await postgresql.locate()
const DATABASE = 'services: {db: {type: postgresql}}\n'
const FILES = {
  'aloft.yaml': APPLICATION + (hasDatabase ? DATABASE : ''),
  'dump.sql': 'select 1;\n',
  'key.txt': 'not to be told\n',
  'options.txt': '--enable-source-maps\n',
  'script.sh': 'echo from the script\n',
  'server.js': "require('node:http').createServer((q, r) => r.end('ok\\n')).listen(process.env.PORT)\n",
  'worker.js': "setInterval(() => console.log('still here'), 1000)\n",
}
/** Its build takes longer than the test: there is something to cancel. */
const SLOW = {
  'aloft.yaml':
    "applications:\n  slow:\n    type: nodejs:24\n    build: {flavor: none}\n    hooks: {build: 'sleep 60'}\n",
}

/** Commands whose examples build on each other, in this order; all others follow by name, then `LAST`. */
const FIRST = ['platform start', 'projects create', 'deploy', 'link', 'environments create', 'variables set', 'scale']
const LAST = [
  'environments delete',
  'tokens create',
  'login',
  'login status',
  'login use',
  'whoami',
  'projects',
  'logout',
  'tokens revoke',
  'projects delete',
  'platform stop',
  'platform run',
]

/** Exit codes of examples that cannot end well here, with the reason. */
const REFUSED: Readonly<Record<string, number>> = {
  // nothing on the embedded platform waits for a person
  'activities answer': 6,
}
/** Interrupted once they have printed that: they have no end of their own. */
const ENDLESS = [
  { exitCode: 130, pattern: /aloft logs .*--follow/, printed: 'still here' },
  { exitCode: 0, pattern: /aloft (db )?tunnel/, printed: /"tunnel"|address\s/ },
  { exitCode: 0, pattern: /aloft platform run/, printed: /"ready"|running\s/ },
] as const
type Endless = (typeof ENDLESS)[number]

const commands = (await loadCommands()).map(({ command, name }) => ({
  examples: (command.examples ?? []).map(example =>
    lineOf(typeof example === 'string' ? example : example.command, name),
  ),
  name,
}))

describe('the examples of every command', () => {
  let workspace: Workspace
  let directory: string
  let bin: string
  let environment: NodeJS.ProcessEnv
  let standIns: Readonly<Record<string, string>>

  beforeAll(async () => {
    workspace = createWorkspace()
    directory = writeFiles(workspace, 'shop', FILES)
    writeFiles(workspace, 'slow', SLOW)
    bin = join(workspace.directory, 'bin')
    mkdirSync(bin)
    writeProgram('aloft', `exec '${process.execPath}' '${join(repository, 'bin/run.js')}' "$@"`)
    environment = {
      ...environmentOf(process.env),
      ALOFT_CREDENTIAL_STORE: 'file',
      ALOFT_HOME: workspace.home,
      HOME: join(workspace.directory, 'user'),
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    }
    standIns = {}
  })
  afterAll(() => workspace?.close())

  it.for(inOrder(commands))('$name: there are two, and they are true', async ({ examples, name }, context) => {
    if (!hasDatabase && /^(db|tunnel)/.test(name)) context.skip('no PostgreSQL on this machine')
    if (withoutRestic !== '' && name === 'backup storage') context.skip(withoutRestic)
    expect(examples.length).toBeGreaterThanOrEqual(2)
    standIns = { ...standIns, ...(await prepare(name)) }
    for (const example of examples) {
      const line = Object.entries(standIns).reduce((text, [word, real]) => text.replaceAll(word, real), example)
      const endless = ENDLESS.find(({ pattern }) => pattern.test(line))
      const { exitCode, stderr, stdout } = await type(line, endless)

      expect(exitCode, `${line}\n${stdout}${stderr}`).toBe(endless?.exitCode ?? REFUSED[name] ?? 0)
    }
  })

  /** What has to be there before a command's examples, and what their words stand for. */
  async function prepare(name: string): Promise<Readonly<Record<string, string>>> {
    if (name === 'activities' || name === 'activities log') {
      return { act_01jz8k3x2m7q5n9r4t: await idOf(['activities', '--type', 'deploy', '--result', 'success']) }
    }
    if (name === 'backup delete') return { bkp_01jz8k3x2m7q5n9r4t: await backupOf() }
    if (name === 'backup download') {
      const identity = await generateIdentity()
      writeFileSync(join(directory, 'identity.txt'), identity)
      return { 'age1…': await identityToRecipient(identity), bkp_01jz8k3x2m7q5n9r4t: await backupOf() }
    }
    if (name === 'environments create') await ask(['link', '--project', 'shop', '--environment', 'main'])
    if (name === 'rollback') {
      const { deployment } = z.parse(z.object({ deployment: z.string() }), await ask(['environments', 'show', 'main']))
      await ask(['deploy', '--message', 'to go back from'])
      return { dep_01jz8k3x2m7q5n9r4t: deployment }
    }
    if (name === 'scale') return { '7f3a': z.parse(z.object({ tag: z.string() }), await ask(['scale'])).tag }
    if (name === 'activities cancel') {
      const { id } = z.parse(z.object({ id: z.string() }), await ask(['deploy', '../slow', '-p', 'slow', '--no-wait']))
      return { act_01jz8k3x2m7q5n9r4t: id }
    }
    if (name === 'login') {
      const { token } = z.parse(z.object({ token: z.string() }), await ask(['tokens', 'create', 'work']))
      writeProgram('pass', `echo '${token}'`)
      const status = z.object({ addresses: z.object({ api: z.string() }) })
      return { 'https://cloud.example.com': z.parse(status, await ask(['platform', 'status'])).addresses.api }
    }
    return {}
  }

  /** A script on the PATH: aloft itself, and a stand-in for a password manager. */
  function writeProgram(name: string, command: string): void {
    writeFileSync(join(bin, name), `#!/bin/sh\n${command}\n`)
    chmodSync(join(bin, name), 0o755)
  }

  async function backupOf(): Promise<string> {
    const made = z.object({ output: z.object({ backup: z.string() }) })
    return z.parse(made, await ask(['backup', '--live'])).output.backup
  }

  async function idOf(args: readonly string[]): Promise<string> {
    const [first] = z.parse(z.array(z.object({ id: z.string() })), await ask(args))
    return first?.id ?? ''
  }

  function ask(args: readonly string[]): Promise<unknown> {
    return workspace.json(args, { cwd: directory })
  }

  /** In bash, without a terminal and with nothing to read. */
  function type(line: string, endless: Endless | undefined): Promise<CliResult> {
    const shell = spawn('bash', ['-c', endless ? `exec ${line}` : line], {
      cwd: directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stderr, stdout] = ['', '']
    shell.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      // a second signal would not wait for a clean end
      if (endless && !shell.killed && stdout.search(endless.printed) !== -1) shell.kill('SIGINT')
    })
    shell.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    return new Promise((resolve, reject) => {
      shell.once('error', reject)
      shell.once('close', code => resolve({ exitCode: code ?? 128, stderr, stdout }))
    })
  }
})

/** As help prints it. */
function lineOf(example: string, name: string): string {
  return example.replaceAll('<%= config.bin %>', 'aloft').replaceAll('<%= command.id %>', name)
}

function inOrder<T extends { readonly name: string }>(all: readonly T[]): readonly T[] {
  const named = (names: readonly string[]): readonly T[] =>
    names.flatMap(name => all.filter(command => command.name === name))
  const others = all.filter(({ name }) => ![...FIRST, ...LAST].includes(name))
  return [...named(FIRST), ...others, ...named(LAST)]
}
