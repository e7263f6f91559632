import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { createNoneCapableProvider } from '../../helpers/fakes/none-capable-provider.ts'
import { nameOf } from '../../../scripts/load-commands.ts'
import { checkOutput } from '../../helpers/check-output.ts'
import { personAtTerminal, runCommand } from '../../helpers/cli/run-command.ts'

type Runnable = Parameters<typeof runCommand>[0]
interface Documented {
  readonly summary?: string
  readonly description?: string
  readonly examples?: readonly string[]
  readonly enableJsonFlag: boolean
}

const root = new URL('../../../src/commands/', import.meta.url)
const files = readdirSync(root, { encoding: 'utf8', recursive: true }).filter(file => file.endsWith('.ts'))

async function load(file: string): Promise<Runnable & Documented> {
  const module: { default: Runnable & Documented } = await import(new URL(file, root).href)
  return module.default
}

const at = ['-p', 'shop', '-e', 'main']

/** File, arguments, what stdout shows for people, and what `--json` gives as the result. */
const works: readonly (readonly [file: string, argv: readonly string[], text: string, result: unknown])[] = [
  ['activities/index.ts', [], '', []],
  ['backup/index.ts', at, 'bkp_2\n', { type: 'backup.create' }],
  ['backup/list.ts', at, 'bkp_1\tshop/main\tcomplete\tmanual\t1024', [{ id: 'bkp_1' }, { id: 'bkp_0' }]],
  [
    'backup/show.ts',
    ['bkp_1'],
    'database\tdb\tpostgresql 15.18\t12 rows\t1024\n',
    { manifest: { format: 'aloft-backup' } },
  ],
  ['backup/verify.ts', ['latest', ...at], 'bkp_1 can be restored\n', { type: 'backup.verify' }],
  ['backup/delete.ts', ['bkp_0'], 'deleted bkp_0\n', { id: 'bkp_0' }],
  ['backup/download.ts', ['bkp_1'], 'bkp_1.tar\n', { backup: 'bkp_1', encrypted: false, file: 'bkp_1.tar' }],
  ['backup/schedule.ts', ['0 3 * * *', ...at], 'schedule\t0 3 * * *\n', { cron: '0 3 * * *', timeZone: 'UTC' }],
  ['backup/schedule.ts', at, 'schedule\toff\n', {}],
  ['backup/retention.ts', ['--days', '14', ...at], 'days\t14\nweeks\t4\n', { days: 14, months: 3, weeks: 4 }],
  ['backup/storage.ts', ['restic', ...at], 'storage\trestic\n', { storage: 'restic' }],
  ['config/index.ts', [], 'accessible\tfalse\tdefault\t', [{ key: 'accessible', source: 'default' }, {}, {}, {}]],
  ['config/explain.ts', ['project', '-p', 'toys'], 'project\ttoys\tflag --project\t\n', [{ value: 'toys' }]],
  ['config/get.ts', ['credential-store'], 'the keychain, or', { key: 'credential-store' }],
  ['config/set.ts', ['accessible=true'], 'accessible\n', { keys: ['accessible'] }],
  ['config/unset.ts', ['accessible'], 'accessible\n', { keys: ['accessible'] }],
  ['completion/index.ts', ['bash'], 'complete -F _aloft aloft', { shell: 'bash' }],
  ['completion/install.ts', ['fish', '--dry-run'], 'write', { dryRun: true }],
  ['completion/uninstall.ts', ['fish', '--dry-run'], '', { dryRun: true }],
  ['completion/refresh.ts', ['--account', 'work'], 'projects\n', { fetched: ['projects', 'backups', 'activities'] }],
  ['completion/refresh.ts', ['--account', 'local'], '', { fetched: [] }],
  ['audit/index.ts', [], '1\t2026-01-31T12:00:00.000Z\tada\tGET /v1/projects\t200\treq_1', [{ sequence: 1 }]],
  ['audit/verify.ts', [], '1 call, 1 to 1: whole and unchanged\n', { entries: 1 }],
  ['environments/create.ts', ['stage', '-p', 'shop', '--type', 'staging'], 'staging', { name: 'stage' }],
  ['environments/delete.ts', ['main', '-p', 'shop', '--confirm', 'main'], 'deleted shop/main\n', { result: 'success' }],
  ['environments/index.ts', ['-p', 'shop'], 'main\tproduction\tactive', [{ name: 'main' }]],
  ['environments/pause.ts', ['main', '-p', 'shop'], 'paused shop/main\n', { type: 'environment.pause' }],
  ['environments/resume.ts', ['main', '-p', 'shop'], 'resumed shop/main\n', { type: 'environment.resume' }],
  [
    'environments/sync.ts',
    ['feature', '-p', 'shop', '--code'],
    'brought what its parent has to shop/feature\n',
    { type: 'environment.sync' },
  ],
  ['environments/show.ts', ['main', '-p', 'shop'], 'name\tmain\n', { name: 'main' }],
  ['explain.ts', ['failed.health'], 'failed.health (exit code 7)\n', { code: 'failed.health', exitCode: 7 }],
  ['help.ts', [], 'USAGE\n', { text: expect.stringContaining('USAGE') }],
  ['list.ts', [], 'shop\tThe shop', [{ name: 'shop' }]],
  ['list.ts', at, 'web\tapplication', [{ name: 'web' }]],
  ['login/status.ts', [], 'state\tneeds no login', { account: { name: 'local' } }],
  ['open.ts', at, 'http://main-shop.localhost:8080\n', { opened: false }],
  ['platform/start.ts', [], 'running\tpid 4711', { pid: 4711 }],
  ['platform/status.ts', [], 'not running\n', { running: false }],
  ['platform/stop.ts', [], 'was not running\n', { stopped: false }],
  ['platform/trust.ts', [], '-----BEGIN CERTIFICATE-----\n', { pem: expect.stringContaining('BEGIN') }],
  ['projects/create.ts', ['toys', '--title', 'Toys'], 'title\tToys\n', { name: 'toys' }],
  ['projects/delete.ts', ['shop', '--confirm', 'shop'], 'deleted shop\n', { result: 'success' }],
  ['projects/index.ts', [], 'shop\tThe shop\t2026-01-31T12:00:00.000Z\n', [{ name: 'shop' }]],
  ['projects/show.ts', ['shop'], 'name\tshop\n', { name: 'shop' }],
  ['restart.ts', ['web', ...at], 'restarted shop/main\n', { type: 'restart' }],
  ['rollback.ts', at, '', { type: 'rollback' }],
  ['scale.ts', at, 'web=2:1cpu:512MB\nworker=1\n', { tag: 'tag1' }],
  ['scale.ts', ['web=3:2cpu:1GB', 'worker+1', ...at], 'web=3:2cpu:1024MB\nworker=2\n', { type: 'scale' }],
  ['services.ts', at, 'web\tapplication\tnodejs:22\t1/1\tweb.1\tready\t0', [{ name: 'web' }]],
  ['tokens/create.ts', ['ci', '--expires', '30d'], 'tok_secret\n', { token: 'tok_secret' }],
  ['tokens/index.ts', [], 'ci\t', [{ name: 'ci' }]],
  ['tokens/revoke.ts', ['ci'], 'revoked ci\n', { name: 'ci' }],
  ['variables/index.ts', at, 'TOKEN\t(secret)\tenvironment\truntime', [{ name: 'TOKEN' }]],
  ['variables/set.ts', ['A=1', ...at], 'A\n', { effect: 'restarts', names: ['A'] }],
  ['variables/unset.ts', ['A', ...at], 'A\n', { effect: 'restarts', names: ['A'] }],
  ['volumes/index.ts', at, 'uploads\tweb:data\t2.0 kB\t2\t\t\n', [{ name: 'uploads' }]],
  ['volumes/download.ts', ['uploads', ...at], '1 file sent (2.0 kB), 1 unchanged, 0 deleted\n', { files: 1 }],
  ['volumes/upload.ts', ['.', 'uploads', ...at], '1 file sent (2.0 kB), 1 unchanged, 0 deleted\n', { files: 1 }],
  ['whoami.ts', [], 'user\tada\n', { identity: { user: 'ada' } }],
]

describe('every command', () => {
  it.each(works)('%s %j prints text for people and one document with --json', async (...[file, argv, text, result]) => {
    const Command = await load(file)

    const human = await runCommand(Command, argv, { provider: createAllCapableProvider() })
    const json = await runCommand(Command, [...argv, '--json'], { provider: createAllCapableProvider() })
    // also on a terminal, where text would be coloured
    const watched = await runCommand(Command, [...argv, '--json'], {
      provider: createAllCapableProvider(),
      runtime: { terminal: personAtTerminal },
    })

    expect(human.stdout).toContain(text)
    for (const { stdout } of [json, watched])
      expect(JSON.parse(stdout)).toMatchObject({ result, version: 1, warnings: [] })
    expect([human.exitCode, json.exitCode]).toEqual([0, 0])
    await checkOutput(nameOf(file).split(' '), json.stdout)
  })

  it.each([
    ['activities/answer.ts', ['act_1', 'go'], 'activities'],
    ['activities/cancel.ts', ['act_1'], 'activities'],
    ['activities/index.ts', [], 'activities'],
    ['activities/log.ts', ['act_1'], 'activities'],
    ['activities/show.ts', ['act_1'], 'activities'],
    ['backup/delete.ts', ['bkp_1'], 'backups'],
    ['backup/download.ts', ['bkp_1'], 'backups'],
    ['backup/index.ts', ['-e', 'main'], 'backups'],
    ['backup/list.ts', [], 'backups'],
    ['backup/retention.ts', ['-e', 'main'], 'backups'],
    ['backup/storage.ts', ['-e', 'main'], 'backups'],
    ['backup/schedule.ts', ['-e', 'main'], 'backups'],
    ['backup/show.ts', ['bkp_1'], 'backups'],
    ['backup/upload.ts', ['shop.tar', '-e', 'main'], 'backups'],
    ['backup/verify.ts', ['bkp_1'], 'backups'],
    ['restore.ts', ['bkp_1'], 'backups'],
    ['deploy.ts', [], 'deploys'],
    ['logs.ts', ['-e', 'main'], 'logs'],
    ['list.ts', ['-e', 'main'], 'services'],
    ['restart.ts', ['-e', 'main'], 'services'],
    ['rollback.ts', ['-e', 'main'], 'deploys'],
    ['scale.ts', ['-e', 'main'], 'scaling'],
    ['services.ts', ['-e', 'main'], 'services'],
    ['variables/index.ts', ['-e', 'main'], 'variables'],
    ['variables/set.ts', ['A=1', '-e', 'main'], 'variables'],
    ['variables/unset.ts', ['A', '-e', 'main'], 'variables'],
  ])('%s exits 9 with reason and way out where the provider has no such part', async (file, argv, part) => {
    const Command = await load(file)

    const human = await runCommand(Command, argv, { provider: createNoneCapableProvider() })
    const json = await runCommand(Command, [...argv, '--json'], { provider: createNoneCapableProvider() })

    expect([human.exitCode, json.exitCode]).toEqual([9, 9])
    expect(human.stdout).toBe('')
    expect(human.stderr).toContain(`this cloud has no ${part}`)
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: 'unsupported.part', details: { part }, suggestions: [`open a ticket for ${part}`] },
    })
    await checkOutput(nameOf(file).split(' '), json.stdout)
  })

  it.each([
    ['exec.ts', ['-e', 'main', '--', 'ls']],
    ['shell.ts', ['-e', 'main']],
  ])('%s exits 255 with the code on stderr where the provider has no sessions', async (file, argv) => {
    const { exitCode, stderr } = await runCommand(await load(file), argv, { provider: createNoneCapableProvider() })

    expect(exitCode).toBe(255)
    expect(stderr).toContain('unsupported.part')
  })

  it.each([
    ['projects/create.ts', ['toys']],
    ['projects/delete.ts', ['shop', '--confirm', 'shop']],
    ['environments/create.ts', ['stage']],
    ['environments/delete.ts', ['main', '--confirm', 'main']],
  ])('%s exits 9 where the provider has the part without that option', async (file, argv) => {
    const { exitCode, stderr } = await runCommand(await load(file), argv, { provider: createNoneCapableProvider() })

    expect(exitCode).toBe(9)
    expect(stderr).toContain('unsupported.option')
  })

  it.each(files)('%s has a summary, a description and two examples', async file => {
    const { description, enableJsonFlag, examples, summary } = await load(file)

    expect(summary).toMatch(/^[a-z]/)
    expect(description).toBeTruthy()
    expect(examples?.length).toBeGreaterThanOrEqual(2)
    expect(enableJsonFlag).toBe(true)
  })

  it.each([
    ['services.ts', ['-e', 'main'], '--project is needed (one of shop)'],
    ['services.ts', ['-p', 'shop'], '--environment is needed (one of main)'],
    ['projects/delete.ts', ['shop'], 'pass --confirm shop'],
    ['login/index.ts', ['--url', 'https://cloud.example'], 'pass --token-stdin'],
  ])('%s %j names the flag and the valid values when nobody can be asked', async (file, argv, message) => {
    const { exitCode, stderr } = await runCommand(await load(file), argv, { provider: createAllCapableProvider() })

    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('usage.input-required')
  })

  it.each([
    ['services.ts', ['-p', 'shop']],
    ['projects/delete.ts', ['shop']],
  ])('%s %j does not ask with --json, not even at a terminal', async (file, argv) => {
    const { exitCode, stdout } = await runCommand(await load(file), [...argv, '--json'], {
      provider: createAllCapableProvider(),
      runtime: { terminal: personAtTerminal },
    })

    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage.input-required' } })
  })

  it('exits 5 with the nearest names for an unknown project', async () => {
    const { exitCode, stderr } = await runCommand(await load('projects/show.ts'), ['shpo'], {
      provider: createAllCapableProvider(),
    })

    expect(exitCode).toBe(5)
    expect(stderr).toContain('Try: shop')
  })

  it('does not delete when the confirmation is another name', async () => {
    const argv = ['shop', '--confirm', 'shoe']
    const { exitCode, stderr } = await runCommand(await load('projects/delete.ts'), argv, {
      provider: createAllCapableProvider(),
    })

    expect(exitCode).toBe(2)
    expect(stderr).toContain('nothing was deleted')
  })
})
