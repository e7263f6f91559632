import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import BackupDelete from '../../../src/commands/backup/delete.ts'
import BackupDownload from '../../../src/commands/backup/download.ts'
import BackupCreate from '../../../src/commands/backup/index.ts'
import BackupList from '../../../src/commands/backup/list.ts'
import BackupSchedule from '../../../src/commands/backup/schedule.ts'
import BackupUpload from '../../../src/commands/backup/upload.ts'
import { AppError } from '../../../src/lib/core/errors.ts'
import { makeDirectory, personAtTerminal, runCommand } from '../../helpers/cli/run-command.ts'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'

const at = ['-p', 'shop', '-e', 'main']
const MAIN = { environment: 'main', project: 'shop' }
const CALL = { signal: new AbortController().signal }

describe('backup', () => {
  it('says that requests wait, and does not with --live', async () => {
    const provider = createAllCapableProvider()
    const consistent = await runCommand(BackupCreate, [...at, '--only', 'database', '--label', 'sale'], { provider })
    const live = await runCommand(BackupCreate, [...at, '--live', '--keep'], { provider })

    expect(consistent.stderr).toContain('requests to shop/main wait while it is backed up')
    expect(live.stderr).not.toContain('wait')
    expect(provider.backups.seen.created).toMatchObject([
      { consistency: 'consistent', keep: false, label: 'sale', only: ['database'] },
      { consistency: 'live', keep: true, only: [] },
    ])
  })

  it('prints the id of the activity with --no-wait', async () => {
    const { stdout } = await runCommand(BackupCreate, [...at, '--no-wait'], { provider: createAllCapableProvider() })

    expect(stdout).toBe('act_1\n')
  })

  it('says nothing of waiting, and makes none, where there is no such environment or it is paused', async () => {
    const provider = createAllCapableProvider()
    const paused = { ...(await provider.environments.get(MAIN, CALL)), status: 'paused' } as const
    const resting = { ...provider, environments: { ...provider.environments, get: async () => paused } }
    const planned = await runCommand(BackupCreate, [...at, '--dry-run'], { provider: resting })
    const absent = await runCommand(BackupCreate, at, {
      provider: { ...provider, backups: { ...provider.backups, create: refuse } },
    })

    expect([planned.exitCode, absent.exitCode]).toEqual([6, 6])
    expect(planned.stderr).toContain('aloft environments resume main --project shop')
    expect(absent.stderr).not.toContain('wait')
  })
})

describe('backup list', () => {
  it('refuses a name that nothing has, and shows nothing of an environment that has no backup', async () => {
    const provider = createAllCapableProvider()
    const wrong = await runCommand(BackupList, ['-p', 'shop', '-e', 'mian'], { provider })
    const none = await runCommand(BackupList, [...at, '--state', 'failed'], { provider })

    expect([wrong.exitCode, none.exitCode, none.stdout]).toEqual([5, 0, ''])
    expect(wrong.stderr).toContain('not-found.environment')
  })
})

describe('backup schedule', () => {
  it.each([['--live'], ['--only', 'files'], ['--time-zone', 'UTC']])(
    'refuses %s without a schedule',
    async (...flags) => {
      const { exitCode, stderr } = await runCommand(BackupSchedule, [...at, ...flags], {
        provider: createAllCapableProvider(),
      })

      expect(exitCode).toBe(2)
      expect(stderr).toContain(`${flags[0]} is of a schedule, and none is named`)
    },
  )
})

describe('backup delete', () => {
  it.each(['latest', '@2h'])('takes no %s: a wrong guess would lose something', async selector => {
    const provider = createAllCapableProvider()
    const { exitCode, stderr } = await runCommand(BackupDelete, [selector], { provider })

    expect(exitCode).toBe(2)
    expect(stderr).toContain('name it by its id')
    expect(provider.backups.seen.deleted).toEqual([])
  })

  it('asks for the id of the last good one, and nothing is deleted by another', async () => {
    const provider = createAllCapableProvider()
    await runCommand(BackupDelete, ['bkp_0'], { provider })
    const refused = await runCommand(BackupDelete, ['bkp_1'], { provider })
    const wrong = await runCommand(BackupDelete, ['bkp_1', '--confirm', 'bkp_0'], { provider })
    const given = await runCommand(BackupDelete, ['bkp_1', '--confirm', 'bkp_1'], { provider })

    expect([refused.exitCode, wrong.exitCode, given.exitCode]).toEqual([2, 2, 0])
    expect(refused.stderr).toContain('the last good backup of its environment: pass --confirm bkp_1')
    expect(provider.backups.seen.deleted.map(({ id }) => id)).toEqual(['bkp_0', 'bkp_1'])
  })
})

describe('backup download', () => {
  it('writes the bytes of a bundle to stdout and nothing else', async () => {
    const { exitCode, stdout } = await runCommand(BackupDownload, ['bkp_1', '--out', '-'], {
      provider: createAllCapableProvider(),
    })

    expect(exitCode).toBe(0)
    expect(stdout.startsWith('manifest.json')).toBe(true)
    expect(stdout.length % 512).toBe(0)
  })

  it.each([
    [[], { terminal: personAtTerminal }, 'stdout is a terminal'],
    [['--json'], {}, 'where --json writes its document'],
  ])('refuses stdout with %j where it is for people or a document', async (more, runtime, message) => {
    const argv = ['bkp_1', '--out', '-', ...more]
    const { exitCode, stderr, stdout } = await runCommand(BackupDownload, argv, {
      provider: createAllCapableProvider(),
      runtime,
    })

    expect(exitCode).toBe(2)
    expect(stderr + stdout).toContain(message)
    expect(stdout).not.toContain('manifest.json')
  })

  it('goes on with what an earlier call left, and leaves only the whole file', async () => {
    const directory = await makeDirectory()
    const provider = createAllCapableProvider()
    await runCommand(BackupDownload, ['bkp_1'], { provider, runtime: { directory } })
    const whole = readFileSync(join(directory, 'bkp_1.tar'))
    writeFileSync(join(directory, 'shop.tar.bkp_1.part'), whole.subarray(0, 700))

    const { exitCode, stderr } = await runCommand(BackupDownload, ['bkp_1', '-o', 'shop.tar'], {
      provider,
      runtime: { directory },
    })

    expect(exitCode).toBe(0)
    expect(stderr).toContain('resumes at 700 B')
    expect(readFileSync(join(directory, 'shop.tar')).equals(whole)).toBe(true)
    expect(readdirSync(directory).toSorted()).toEqual(['bkp_1.tar', 'shop.tar'])
  })

  it('begins an encrypted one again, and says so', async () => {
    const directory = await makeDirectory()
    const provider = createAllCapableProvider()
    const recipient = await identityToRecipient(await generateIdentity())
    writeFileSync(join(directory, 'it.age.bkp_1.part'), 'age-encryption.org/v1 and more')

    const { exitCode, stderr } = await runCommand(
      BackupDownload,
      ['bkp_1', '--encrypt-to', recipient, '-o', 'it.age'],
      { provider, runtime: { directory } },
    )

    expect(exitCode).toBe(0)
    expect(stderr).toContain('begins again')
    expect(readdirSync(directory)).toEqual(['it.age'])
  })

  it('refuses what is damaged, keeps nothing of it, and overwrites no file', async () => {
    const directory = await makeDirectory()
    const provider = createAllCapableProvider()
    writeFileSync(join(directory, 'bkp_1.tar.part'), 'x'.repeat(700))
    const damaged = await runCommand(BackupDownload, ['bkp_1'], { provider, runtime: { directory } })
    expect(damaged.exitCode).toBe(7)
    expect(damaged.stderr).toContain('failed.verify')
    expect(damaged.stderr).toContain('aloft backup verify bkp_1')
    expect(readdirSync(directory)).toEqual([])

    writeFileSync(join(directory, 'bkp_1.tar'), 'mine')
    const existing = await runCommand(BackupDownload, ['bkp_1'], { provider, runtime: { directory } })
    expect(existing.exitCode).toBe(6)
    expect(readFileSync(join(directory, 'bkp_1.tar'), 'utf8')).toBe('mine')
  })

  it('says where what has arrived stays when it is cut', async () => {
    const directory = await makeDirectory()
    const provider = createAllCapableProvider()
    writeFileSync(join(directory, 'bkp_1.tar.part'), 'x'.repeat(700))
    const { exitCode, stderr } = await runCommand(BackupDownload, ['bkp_1'], {
      provider: { ...provider, backups: { ...provider.backups, download: refuse } },
      runtime: { directory },
    })

    expect(exitCode).toBe(6)
    expect(stderr).toContain('bkp_1.tar.part: the same command goes on with it')
    expect(readdirSync(directory)).toEqual(['bkp_1.tar.part'])
  })

  it.each([[[]], [['--encrypt-to', 'age1qqqq']]])('%j refuses a place where no file can be', async more => {
    const { exitCode, stderr } = await runCommand(BackupDownload, ['bkp_1', '-o', '/nowhere/it.tar', ...more], {
      provider: createAllCapableProvider(),
    })

    expect(exitCode).toBe(2)
    expect(stderr).toContain('cannot be written')
    expect(stderr).toContain('choose another one: -o FILE')
  })

  it('leaves nothing of a download that never began', async () => {
    const directory = await makeDirectory()
    const provider = createAllCapableProvider()
    const { exitCode } = await runCommand(BackupDownload, ['bkp_1'], {
      provider: { ...provider, backups: { ...provider.backups, download: refuse } },
      runtime: { directory },
    })

    expect(exitCode).toBe(6)
    expect(readdirSync(directory)).toEqual([])
  })

  it('refuses a recipient that is none', async () => {
    const directory = await makeDirectory()
    const { exitCode, stderr } = await runCommand(BackupDownload, ['bkp_1', '--encrypt-to', 'bob'], {
      provider: createAllCapableProvider(),
      runtime: { directory },
    })

    expect(exitCode).toBe(2)
    expect(stderr).toContain('--encrypt-to')
    expect(readdirSync(directory)).toEqual([])
  })
})

describe('backup upload', () => {
  it('sends what was encrypted for an identity as it was before', async () => {
    const directory = await makeDirectory()
    const provider = createAllCapableProvider()
    const identity = await generateIdentity()
    writeFileSync(join(directory, 'key.txt'), `# mine\n${identity}\n`)
    const runtime = { directory }
    const recipient = await identityToRecipient(identity)
    await runCommand(BackupDownload, ['bkp_1'], { provider, runtime })
    await runCommand(BackupDownload, ['bkp_1', '--encrypt-to', recipient, '-o', 'it.age'], { provider, runtime })

    const without = await runCommand(BackupUpload, ['it.age', ...at], { provider, runtime })
    const { exitCode, stderr, stdout } = await runCommand(BackupUpload, ['it.age', '--identity', 'key.txt', ...at], {
      provider,
      runtime,
    })

    expect(without.exitCode).toBe(2)
    expect(without.stderr).toContain('pass --identity FILE')
    expect([exitCode, stdout]).toEqual([0, 'bkp_3\n'])
    expect(stderr).toContain('aloft restore bkp_3 --to shop/main')
    expect(Buffer.concat(provider.backups.seen.uploaded).equals(readFileSync(join(directory, 'bkp_1.tar')))).toBe(true)
  })

  it('sends nothing of an encrypted file that was cut or is for somebody else', async () => {
    const directory = await makeDirectory()
    const provider = createAllCapableProvider()
    const identity = await generateIdentity()
    const recipient = await identityToRecipient(identity)
    writeFileSync(join(directory, 'key.txt'), identity)
    writeFileSync(join(directory, 'other.txt'), await generateIdentity())
    const runtime = { directory }
    await runCommand(BackupDownload, ['bkp_1', '--encrypt-to', recipient, '-o', 'it.age'], { provider, runtime })
    writeFileSync(join(directory, 'cut.age'), readFileSync(join(directory, 'it.age')).subarray(0, -10))

    const cut = await runCommand(BackupUpload, ['cut.age', '--identity', 'key.txt', ...at], { provider, runtime })
    const other = await runCommand(BackupUpload, ['it.age', '--identity', 'other.txt', ...at], { provider, runtime })

    expect([cut.exitCode, other.exitCode]).toEqual([7, 7])
    expect(provider.backups.seen.uploaded).toEqual([])
  })

  it('warns before it sends where there is no such environment', async () => {
    const directory = await makeDirectory()
    writeFileSync(join(directory, 'shop.tar'), 'x')
    const { exitCode, stderr } = await runCommand(BackupUpload, ['shop.tar', '-p', 'shop', '-e', 'mian'], {
      provider: createAllCapableProvider(),
      runtime: { directory },
    })

    expect(exitCode).toBe(0)
    expect(stderr).toContain('there is no shop/mian yet')
    expect(stderr).toContain('--to PROJECT/ENVIRONMENT')
  })

  it('names a file that is not there', async () => {
    const { exitCode, stderr } = await runCommand(BackupUpload, ['no.tar', ...at], {
      provider: createAllCapableProvider(),
    })

    expect(exitCode).toBe(5)
    expect(stderr).toContain('no.tar is not there')
  })
})

async function refuse(): Promise<never> {
  throw new AppError('conflict.busy', 'the backup is one that failed')
}
