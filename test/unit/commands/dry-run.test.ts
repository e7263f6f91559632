import { join } from 'node:path'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createFakeAccounts } from '../../helpers/fakes/fake-accounts.ts'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { createFakeLocalPlatform } from '../../helpers/fakes/fake-local-platform.ts'
import { makeDirectory, runCommand } from '../../helpers/cli/run-command.ts'
import { watchCalls } from '../../helpers/watch-calls.ts'

type Runnable = Parameters<typeof runCommand>[0] & { readonly flags?: Readonly<Record<string, unknown>> }

const root = new URL('../../../src/commands/', import.meta.url)
const files = readdirSync(root, { encoding: 'utf8', recursive: true }).filter(file => file.endsWith('.ts'))

async function load(file: string): Promise<Runnable> {
  const module: { default: Runnable } = await import(new URL(file, root).href)
  return module.default
}

const at = ['-p', 'shop', '-e', 'main']

/** Everything that changes something. */
const changing: Readonly<Record<string, readonly string[]>> = {
  'config/set.ts': ['accessible=true'],
  'config/unset.ts': ['accessible'],
  'activities/answer.ts': ['act_1', 'go'],
  'activities/cancel.ts': ['act_1'],
  'backup/delete.ts': ['bkp_1'],
  'backup/download.ts': ['bkp_1'],
  'backup/index.ts': at,
  'backup/retention.ts': ['--days', '14', ...at],
  'backup/schedule.ts': ['0 3 * * *', ...at],
  'backup/storage.ts': ['restic', ...at],
  'backup/upload.ts': [fileURLToPath(import.meta.url), ...at],
  'backup/verify.ts': ['latest', ...at],
  'completion/install.ts': ['fish'],
  'deploy.ts': at,
  'environments/create.ts': ['stage', '-p', 'shop'],
  'environments/delete.ts': ['main', '-p', 'shop'],
  'environments/pause.ts': ['main', '-p', 'shop'],
  'environments/resume.ts': ['main', '-p', 'shop'],
  'environments/sync.ts': ['feature', '-p', 'shop'],
  'link.ts': at,
  'login/index.ts': ['--url', 'https://cloud.example', '--token-stdin'],
  'login/use.ts': ['work'],
  'logout.ts': [],
  'platform/start.ts': [],
  'platform/stop.ts': ['--all'],
  'projects/create.ts': ['toys'],
  'projects/delete.ts': ['shop'],
  'restart.ts': at,
  'restore.ts': ['latest', ...at],
  'rollback.ts': at,
  'scale.ts': ['web=5', ...at],
  'tokens/create.ts': ['laptop'],
  'tokens/revoke.ts': ['ci'],
  'variables/set.ts': ['A=1', ...at],
  'variables/unset.ts': ['TOKEN', ...at],
  'volumes/download.ts': ['uploads', ...at],
  'volumes/upload.ts': ['.', 'uploads', ...at],
}

/** What only looks. */
const reading: Readonly<Record<string, readonly string[]>> = {
  'activities/index.ts': [],
  'activities/log.ts': ['act_1', '--no-follow'],
  'activities/show.ts': ['act_1'],
  'backup/list.ts': at,
  'backup/show.ts': ['latest', ...at],
  'config/explain.ts': [],
  'config/get.ts': ['accessible'],
  'config/index.ts': [],
  'completion/index.ts': ['fish'],
  'completion/refresh.ts': [],
  'audit/index.ts': [],
  'audit/verify.ts': [],
  'doctor.ts': [],
  'environments/index.ts': ['-p', 'shop'],
  'environments/show.ts': ['main', '-p', 'shop'],
  'explain.ts': ['failed.health'],
  'help.ts': [],
  'list.ts': at,
  'login/status.ts': [],
  'logs.ts': at,
  'open.ts': at,
  'platform/status.ts': [],
  'platform/trust.ts': [],
  'projects/index.ts': [],
  'projects/show.ts': ['shop'],
  'services.ts': at,
  'tokens/index.ts': [],
  'variables/index.ts': at,
  'volumes/index.ts': at,
  'whoami.ts': [],
}

/**
 * What a person does there is theirs, a dump and a tunnel change nothing and end only when they are done, the foreground platform is what was asked for, and nothing is installed here to be
 * removed.
 */
const neither = [
  'exec.ts',
  'shell.ts',
  'db/dump.ts',
  'db/shell.ts',
  'db/tunnel.ts',
  'tunnel.ts',
  'platform/run.ts',
  // it changes the system's packages, which no test of this machine should
  'platform/setup.ts',
  'completion/uninstall.ts',
]

const READS = new Set([
  'accounts.current',
  'accounts.list',
  'activities.get',
  'activities.list',
  'activities.log',
  'auth.identity',
  'backups.download',
  'backups.get',
  'backups.list',
  'backups.plan',
  'backups.retention',
  'backups.schedule',
  'backups.storage',
  'close',
  'deploys.list',
  'deploys.plan',
  'environments.get',
  'environments.list',
  'localPlatform.audit.list',
  'localPlatform.audit.verify',
  'localPlatform.certificateAuthority',
  'localPlatform.status',
  'localPlatform.tokens.list',
  'localPlatform.wasKilled',
  'logs.stream',
  'projects.get',
  'projects.list',
  'scaling.formation',
  'services.list',
  'variables.list',
  'variables.plan',
  'volumes.list',
  'volumes.plan',
])

interface Watched {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** Calls that change something. */
  readonly writes: readonly string[]
  /** Files in the working directory afterwards. */
  readonly files: readonly string[]
}

async function watched(file: string, argv: readonly string[]): Promise<Watched> {
  const calls: string[] = []
  const directory = await makeDirectory()
  const waiting = { answers: [{ id: 'go', label: 'Go on' }], message: 'Go on?', reason: 'confirmation' }
  const provider = createAllCapableProvider()
  provider.activities.start({ environment: 'main', project: 'shop', state: 'waiting', type: 'deploy', waiting })
  const localPlatform = createFakeLocalPlatform(directory)
  const fakeAccounts = createFakeAccounts()
  for (const name of ['work', 'home']) {
    await fakeAccounts.add({ address: `https://${name}.example`, name, provider: 'fake' }, { token: 'tok' })
  }
  const accounts = watchCalls(fakeAccounts, calls, 'accounts')
  const { exitCode, stderr, stdout } = await runCommand(await load(file), argv, {
    provider: watchCalls(provider, calls),
    stdin: 'tok\n',
    runtime: {
      directory,
      environment: { HOME: directory },
      openAccounts: async () => accounts,
      openLocalPlatform: async () => watchCalls(localPlatform, calls, 'localPlatform'),
      settings: {
        applied: new Set(),
        file: join(directory, 'config.json'),
        problems: [],
        values: new Map([['accessible', false]]),
      },
    },
  })
  return {
    exitCode,
    files: readdirSync(directory),
    stderr,
    stdout,
    writes: calls.filter(call => !READS.has(call) && !call.startsWith('seen.')),
  }
}

describe('dry runs', () => {
  it('are known for every command: those that change something, those that look, and what is neither', () => {
    expect([...Object.keys(changing), ...Object.keys(reading), ...neither].toSorted()).toEqual(files.toSorted())
  })

  it.each(Object.entries(changing))(
    '%s %j changes nothing with --dry-run and says what it would do',
    async (file, argv) => {
      const human = await watched(file, [...argv, '--dry-run'])
      const json = await watched(file, [...argv, '--dry-run', '--json'])

      expect([human.exitCode, json.exitCode]).toEqual([0, 0])
      expect([...human.writes, ...json.writes]).toEqual([])
      expect(human.files).toEqual([])
      expect(JSON.parse(json.stdout)).toMatchObject({ result: { steps: expect.any(Array) }, version: 1 })
    },
  )

  it.each(Object.entries(changing))('%s %j would change something without it', async (file, argv) => {
    const name = file === 'restore.ts' ? 'main' : (argv[0] ?? '')
    const confirm = /(?:delete|sync)\.ts$/.test(file) || file === 'restore.ts' ? ['--confirm', name] : []
    const { files: written, writes } = await watched(file, [...argv, ...confirm])

    expect([...writes, ...written]).not.toEqual([])
  })

  it.each(Object.entries(reading))('%s %j changes nothing, so it needs no --dry-run', async (file, argv) => {
    const { files: written, writes } = await watched(file, argv)

    expect([...writes, ...written]).toEqual([])
    expect((await load(file)).flags ?? {}).not.toHaveProperty('dry-run')
  })
})
