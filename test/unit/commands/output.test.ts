import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import EnvironmentsShow from '../../../src/commands/environments/show.ts'
import Explain from '../../../src/commands/explain.ts'
import Link from '../../../src/commands/link.ts'
import List from '../../../src/commands/list.ts'
import Logs from '../../../src/commands/logs.ts'
import Open from '../../../src/commands/open.ts'
import ProjectsDelete from '../../../src/commands/projects/delete.ts'
import Projects from '../../../src/commands/projects/index.ts'
import Services from '../../../src/commands/services.ts'
import VariablesSet from '../../../src/commands/variables/set.ts'
import { type CommandRun, personAtTerminal, type RunOptions, runCommand } from '../../helpers/cli/run-command.ts'
import { createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'

const at = ['-p', 'shop', '-e', 'main']
const person: RunOptions = { runtime: { terminal: personAtTerminal } }

function run(Command: Parameters<typeof runCommand>[0], argv: readonly string[], options: RunOptions = {}) {
  return runCommand(Command, argv, { provider: createAllCapableProvider(), ...options })
}

async function codes(sort: readonly string[]): Promise<readonly string[]> {
  return (await run(Explain, ['--columns', 'exit-code', ...sort])).stdout.trim().split('\n')
}

/** What it says on stderr. */
async function refused(work: Promise<CommandRun>, code = 'usage.flag'): Promise<string> {
  const { exitCode, stderr, stdout } = await work
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain(`Code: ${code}`)
  return stderr
}

describe('--output', () => {
  it('csv has a head and quotes what needs it', async () => {
    const { stdout } = await run(Projects, ['--output', 'csv'])

    expect(stdout).toBe('name,title,created\nshop,The shop,2026-01-31T12:00:00.000Z\n')
  })

  it('tsv has a head, and none with --no-header', async () => {
    expect((await run(Projects, ['--output', 'tsv'])).stdout).toMatch(/^name\ttitle\tcreated\nshop\t/)
    expect((await run(Projects, ['--output', 'tsv', '--no-header'])).stdout).toMatch(/^shop\t/)
  })

  it('table aligns in a pipe too, with exact times', async () => {
    const { stdout } = await run(Projects, ['--output', 'table'])

    expect(stdout).toBe('NAME  TITLE     CREATED\nshop  The shop  2026-01-31T12:00:00.000Z\n')
  })

  it('json is --json, and yaml the same document', async () => {
    const json = await run(Projects, ['--json'])

    expect((await run(Projects, ['--output', 'json'])).stdout).toBe(json.stdout)
    expect(parse((await run(Projects, ['--output=yaml'])).stdout)).toEqual(JSON.parse(json.stdout))
  })

  it('yaml is a document also when it fails', async () => {
    const { exitCode, stdout } = await run(EnvironmentsShow, ['mian', '-p', 'shop', '--output', 'yaml'])

    expect(exitCode).toBe(5)
    expect(parse(stdout)).toMatchObject({ error: { code: 'not-found.environment' }, version: 1, warnings: [] })
  })

  it('csv of one record is one line', async () => {
    const { stdout } = await run(EnvironmentsShow, ['main', '-p', 'shop', '--output', 'csv', '--columns', 'type,name'])

    expect(stdout).toBe('type,name\nproduction,main\n')
  })

  it('is a document or nothing where there is no table', async () => {
    expect(await refused(run(Open, [...at, '--output', 'csv']))).toContain('json, yaml')
    expect(await refused(run(Open, [...at, '--columns', 'url']))).toContain('--columns')
  })

  it('does not go with --json', async () => {
    const { exitCode, stdout } = await run(Projects, ['--json', '--output', 'csv'])

    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage.flag' } })
  })
})

describe('--columns and --sort', () => {
  it('print the columns in the order they were asked for', async () => {
    expect((await run(Services, [...at, '--columns', 'state,instance'])).stdout).toBe('ready\tweb.1\n')
    expect((await run(List, [...at, '--columns', 'state'])).stdout).toBe('ready\n')
  })

  it('show the facts that were asked for', async () => {
    const { stdout } = await run(EnvironmentsShow, ['main', '-p', 'shop', '--columns', 'type,name'], person)

    expect(stdout).toBe('type  production\nname  main\n')
  })

  it('sort by numbers as numbers, up and down', async () => {
    const up = await codes(['--sort', 'exit-code'])
    expect([up[0], up.at(-1)]).toEqual(['1', '255'])
    expect(await codes(['--sort', '-exit-code'])).toEqual(up.toReversed())
    expect(await codes(['--sort=-exit-code'])).toEqual(up.toReversed())
  })

  it('name the nearest and all that are there', async () => {
    const stderr = await refused(run(Projects, ['--columns', 'name,titel']))

    expect(stderr).toContain('Expected --columns=titel to be one of: name, title, created')
    expect(stderr).toContain('Try: --columns title')
    expect(await refused(run(List, ['--columns', 'state']))).toContain('(there is: name, title, created)')
    expect(await refused(run(Projects, ['--sort', '-nmae']))).toContain('Try: --sort name')
  })
})

describe('--query', () => {
  it('prints text as it is and the rest as JSON', async () => {
    expect((await run(Projects, ['--query', '[0].name'])).stdout).toBe('shop\n')
    expect((await run(Projects, ['--query', '[].name'])).stdout).toBe('[\n  "shop"\n]\n')
    expect((await run(Open, [...at, '--query', 'url'])).stdout).toBe('http://main-shop.localhost:8080\n')
  })

  it('is the result of the document with --json', async () => {
    const { stdout } = await run(Projects, ['--query', '[0].name', '--json'])

    expect(JSON.parse(stdout)).toEqual({ result: 'shop', version: 1, warnings: [] })
  })

  it('refuses a wrong expression before anything is changed', async () => {
    const provider = createAllCapableProvider()

    await refused(run(VariablesSet, ['A=1', ...at, '--query', 'a..b'], { provider }), 'usage.query')

    expect(provider.seen.variables ?? []).toEqual([])
  })

  it('does not go with columns', async () => {
    for (const flags of [['--columns', 'name'], ['--output', 'csv'], ['--sort', 'name'], ['--no-header']]) {
      expect(await refused(run(Projects, ['--query', '[].name', ...flags]))).toContain('--query selects from')
    }
  })
})

describe('a program that reads', () => {
  it.each([['--json'], ['--output=yaml'], ['--output', 'yaml'], ['--query', 'id']])(
    'is never asked, also on a terminal: %s %s',
    async (...flags) => {
      const named = [
        [Services, ['-e', 'main'], 'project'],
        [Link, ['-p', 'shop'], 'environment'],
        [ProjectsDelete, ['shop'], 'confirm'],
      ] as const
      for (const [Command, argv, flag] of named) {
        const { exitCode, stderr, stdout } = await run(Command, [...argv, ...flags], person)

        expect(exitCode).toBe(2)
        expect(stdout + stderr).toContain('usage.input-required')
        expect(stdout + stderr).toContain(`--${flag}`)
      }
    },
  )
})

describe('a warning', () => {
  const warned: RunOptions = {
    runtime: {
      openProvider: async ({ notify }) => {
        notify?.('kept in a file')
        return createAllCapableProvider()
      },
    },
  }

  it('is in the document, and stderr stays empty', async () => {
    const { stderr, stdout } = await run(Projects, ['--json'], warned)

    expect(JSON.parse(stdout)).toMatchObject({ version: 1, warnings: ['kept in a file'] })
    expect(stderr).toBe('')
  })

  it('is a line of a stream', async () => {
    const { stderr, stdout } = await run(Logs, [...at, '--json'], warned)

    const lines = stdout.trim().split('\n')
    expect(JSON.parse(lines[0] ?? '')).toEqual({ message: 'kept in a file', type: 'warning' })
    expect(lines.slice(1).map((line): unknown => JSON.parse(line).type)).toEqual(['log', 'log', 'end'])
    expect(stderr).toBe('')
  })

  it.each([['--output', 'csv'], ['--query', '[0].name'], []])('is on stderr with %s %s', async (...flags) => {
    const { stderr, stdout } = await run(Projects, flags, warned)

    expect(stdout).not.toContain('kept')
    expect(stderr).toBe('Warning: kept in a file\n')
  })
})
