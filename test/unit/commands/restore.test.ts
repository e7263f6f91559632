import { describe, expect, it } from 'vitest'
import Restore from '../../../src/commands/restore.ts'
import { runCommand } from '../../helpers/cli/run-command.ts'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'

const at = ['-p', 'shop', '-e', 'main']

describe('restore', () => {
  it('says what it replaces, asks for the name of the environment, and tells the way back', async () => {
    const provider = createAllCapableProvider()
    const refused = await runCommand(Restore, ['latest', ...at], { provider })
    const given = await runCommand(Restore, ['latest', ...at, '--confirm', 'main'], { provider })

    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('replaces the database db (1.0 kB)')
    expect(refused.stderr).toContain('a safety backup of what is there is made first')
    expect(refused.stderr).toContain('this replaces the data of shop/main: pass --confirm main')
    expect(given).toMatchObject({ exitCode: 0, stdout: 'restored shop/main\n' })
    expect(given.stderr).toContain('to go back: aloft restore bkp_9 --to shop/main')
    expect(provider.backups.seen.restored).toHaveLength(1)
  })

  it('goes into another environment, of another project, with parts that have other names there', async () => {
    const provider = createAllCapableProvider()
    const options = ['--to', 'toys:stage', '--rename-service', 'db=database', '--no-backup', '--only', 'database']
    const { stderr } = await runCommand(Restore, ['bkp_0', ...options, '--confirm', 'stage'], { provider })

    expect(stderr).toContain('NO safety backup')
    expect(provider.backups.seen.restored).toEqual([
      {
        backup: 'bkp_0',
        environment: { environment: 'stage', project: 'toys' },
        only: ['database'],
        rename: { db: 'database' },
        safetyBackup: false,
      },
    ])
  })

  it('says with --dry-run that all was read, where the provider has', async () => {
    const provider = createAllCapableProvider()
    const read: Parameters<typeof provider.backups.plan>[0][] = []
    const plan: typeof provider.backups.plan = async (request, call) => {
      read.push(request)
      return { ...(await provider.backups.plan(request, call)), contentsChecked: true }
    }
    const { stderr } = await runCommand(Restore, ['latest', ...at, '--dry-run', '--no-safety-backup'], {
      provider: { ...provider, backups: { ...provider.backups, plan } },
    })

    expect(read).toMatchObject([{ checkContents: true, safetyBackup: false }])
    expect(stderr).toContain('every part was read and is what its SHA-256 says')
  })

  it('shows the steps with --dry-run, the safety backup first', async () => {
    const { stderr, stdout } = await runCommand(Restore, ['latest', ...at, '--dry-run'], {
      provider: createAllCapableProvider(),
    })

    expect(stderr).toContain('what is in the backup was not read; that does: aloft backup verify bkp_1')

    expect(stdout).toBe(
      'back up\tenvironment\tshop/main\t\tsafety backup\nreplace\tdatabase\tdb\tpostgresql 15.18\tdb of bkp_1\n',
    )
  })
})
