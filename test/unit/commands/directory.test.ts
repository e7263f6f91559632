import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import Doctor from '../../../src/commands/doctor.ts'
import LinkDirectory from '../../../src/commands/link.ts'
import Scale from '../../../src/commands/scale.ts'
import Services from '../../../src/commands/services.ts'
import VariablesSet from '../../../src/commands/variables/set.ts'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { makeDirectory, runCommand } from '../../helpers/cli/run-command.ts'

const at = ['-p', 'shop', '-e', 'main']

describe('link', () => {
  it('makes --project and --environment unnecessary in the directory and below it', async () => {
    const directory = await makeDirectory()
    const below = join(directory, 'src')
    await mkdir(below)

    await runCommand(LinkDirectory, at, { provider: createAllCapableProvider(), runtime: { directory } })
    const { exitCode } = await runCommand(Services, [], {
      provider: createAllCapableProvider(),
      runtime: { directory: below },
    })

    expect(exitCode).toBe(0)
    expect(JSON.parse(await readFile(join(directory, '.aloft/link.json'), 'utf8'))).toEqual({
      environment: 'main',
      project: 'shop',
      version: 1,
    })
  })

  it('does not link to what does not exist', async () => {
    const directory = await makeDirectory()
    const argv = ['-p', 'shop', '-e', 'stage']

    const { exitCode } = await runCommand(LinkDirectory, argv, {
      provider: createAllCapableProvider(),
      runtime: { directory },
    })

    expect(exitCode).toBe(5)
    await expect(readFile(join(directory, '.aloft/link.json'))).rejects.toThrow('ENOENT')
  })

  it('is undone with --remove', async () => {
    const directory = await makeDirectory()
    await runCommand(LinkDirectory, at, { provider: createAllCapableProvider(), runtime: { directory } })

    await runCommand(LinkDirectory, ['--remove'], { runtime: { directory } })
    const { exitCode } = await runCommand(Services, [], {
      provider: createAllCapableProvider(),
      runtime: { directory },
    })

    expect(exitCode).toBe(2)
  })
})

describe('doctor', () => {
  it('exits 7 naming the check that failed and its fix', async () => {
    const directory = await makeDirectory()
    await mkdir(join(directory, '.aloft'))
    await writeFile(join(directory, '.aloft/link.json'), 'broken')

    const { exitCode, stdout } = await runCommand(Doctor, ['--json'], { runtime: { directory } })

    expect(exitCode).toBe(7)
    const document: unknown = JSON.parse(stdout)
    expect(document).toMatchObject({ error: { code: 'failed.doctor', suggestions: ['aloft link'] } })
  })

  it('exits 0 when only optional programs are missing', async () => {
    const { exitCode, stdout } = await runCommand(Doctor, [])

    expect(exitCode).toBe(0)
    expect(stdout).toContain('ok\tnode\t')
  })
})

describe('variables set', () => {
  it('takes a secret from stdin or a file, never from the command line', async () => {
    const directory = await makeDirectory()
    await writeFile(join(directory, 'key.txt'), 'from file\n')
    const provider = createAllCapableProvider()

    const refused = await runCommand(VariablesSet, ['KEY=visible', '--secret', ...at], { provider })
    await runCommand(VariablesSet, ['A=-', 'B=@key.txt', '--secret', ...at], {
      provider,
      runtime: { directory },
      stdin: 'x\n',
    })

    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).not.toContain('visible')
    expect(provider.seen.variables).toMatchObject([
      {
        set: [
          { name: 'A', secret: true, value: 'x' },
          { name: 'B', secret: true, value: 'from file\n' },
        ],
      },
    ])
  })

  it('belongs to the project when no environment is named, and says what the change does', async () => {
    const provider = createAllCapableProvider()

    const { stderr } = await runCommand(VariablesSet, ['A=1', '--build', '--no-runtime', '-p', 'shop'], { provider })

    expect(provider.seen.variables[0]).toMatchObject({
      environment: { project: 'shop' },
      set: [{ visibleAtBuild: true, visibleAtRuntime: false }],
    })
    expect(stderr).toContain('the services are restarted with it')
  })
})

describe('scale', () => {
  it('changes nothing with --dry-run or when the tag is another', async () => {
    const provider = createAllCapableProvider()

    const dry = await runCommand(Scale, ['web=5', '--dry-run', ...at], { provider })
    const stale = await runCommand(Scale, ['web=5', '--if-current', 'old', ...at], { provider })

    expect(dry.stdout).toBe('scale\tservice\tweb\tweb=2:1cpu:512MB\tweb=5:1cpu:512MB\n')
    expect(stale.exitCode).toBe(6)
    expect(provider.seen.scaled).toEqual([])
  })

  it.each([['web=x'], ['web'], ['web-5'], ['web=1 web=2']])('refuses %s', async expression => {
    const { exitCode } = await runCommand(Scale, [...expression.split(' '), ...at], {
      provider: createAllCapableProvider(),
    })

    expect(exitCode).toBe(2)
  })

  it('refuses a managed service with the reason', async () => {
    const { exitCode, stderr } = await runCommand(Scale, ['db=2', ...at], { provider: createAllCapableProvider() })

    expect(exitCode).toBe(9)
    expect(stderr).toContain('scaling db: it is a managed service')
  })

  it('exits 5 for a service that is not there', async () => {
    const { exitCode, stderr } = await runCommand(Scale, ['wbe=1', ...at], { provider: createAllCapableProvider() })

    expect(exitCode).toBe(5)
    expect(stderr).toContain('services: web, worker')
  })
})
