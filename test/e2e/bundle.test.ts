import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { renderPages } from '../../scripts/build/help-pages.ts'
import { packageFile, readSourceProgram } from '../../scripts/build/source-program.ts'
import { findPage } from '../../src/lib/cli/start/help-pages.ts'
import { createWorkspace, environmentOf, repository } from '../helpers/workspace.ts'

/** The name of a package in an import that is more than types. */
const IMPORTED = /^(?:import(?! type)[^'\n]*|} from |.*\bimport\()'((?:@[\w-]+\/)?[\w:-]+)[^'.]*'/gm

const workspace = createWorkspace()

afterAll(() => workspace.close())

function run(script: string, argv: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(repository, script), ...argv], {
    cwd: workspace.directory,
    encoding: 'utf8',
    env: { ...environmentOf(process.env), ALOFT_HOME: workspace.home, NODE_ENV: 'production', ...environment },
  })
  return { status, stderr, stdout }
}

/** Packages that our sources import; those that are installed beside aloft are not in the bundle. */
function importedPackages(): Set<string> {
  const beside = Object.keys({ ...packageFile.dependencies, ...packageFile.optionalDependencies })
  const files = globSync('src/**/*.ts', { cwd: repository })
  const names = files.flatMap(file =>
    [...readFileSync(join(repository, file), 'utf8').matchAll(IMPORTED)].map(([, name = '']) => name),
  )
  return new Set(names.filter(name => !isBuiltin(name) && !beside.includes(name)))
}

describe('the bundle', () => {
  it.each([
    [['--version'], 0],
    [[], 0],
    [['deploy', '--help'], 0],
    [['help', 'projects', 'create'], 0],
    [['platform'], 0],
    [['dploy'], 2],
    [['deploy', '--nope', '--json'], 2],
    [['explain', 'failed.health'], 0],
    [['explain', '--json'], 0],
    [['explain', '--output', 'csv', '--columns', 'code,summary', '--sort', '-code'], 0],
    [['explain', 'failed.health', '--output', 'yaml', '--query', '{code: code}'], 0],
    [['explain', '--query', '[].cod['], 2],
    [['explain', '--output', 'table', '--columns', 'cod'], 2],
    [['help', 'formatting'], 0],
    [['platform', 'status', '--json'], 0],
    [['whoami', '--account', 'nobody', '--json'], 5],
    [['logs', '--since', 'the day after never'], 2],
  ])('answers %j byte for byte as the sources do', (argv, status) => {
    const bundled = run('bin/run.js', argv)

    expect(bundled.status).toBe(status)
    expect(bundled).toEqual(run('scripts/aloft.ts', argv))
  })

  it('has the help of every command, topic and alias as it is rendered now', async () => {
    const file = readFileSync(join(repository, 'dist/help.txt'))
    const pages = await renderPages(await readSourceProgram())

    expect(pages.size).toBeGreaterThan(30)
    for (const [words, text] of pages) expect([words, findPage(file, words)]).toEqual([words, text])
  })

  it('renders help itself where colours are wanted', () => {
    const { stdout } = run('bin/run.js', ['deploy', '--help'], { FORCE_COLOR: '1' })

    expect(stdout).toContain('\u001B[')
    expect(stripVTControlCharacters(stdout)).toBe(run('bin/run.js', ['deploy', '--help']).stdout)
  })

  it('prints no colours into a pipe, whatever the terminal around it can show', () => {
    const surroundings = { CI: 'true', COLORTERM: 'truecolor', GITHUB_ACTIONS: 'true' }

    expect(run('bin/run.js', ['help', 'deploy'], surroundings).stdout).not.toContain('\u001B')
  })

  it('completes without failing, whatever the words are', () => {
    expect(run('bin/run.js', ['__complete', 'fish', 'proj'])).toMatchObject({ status: 0, stderr: '' })
    expect(run('bin/run.js', ['__complete'])).toEqual({ status: 0, stderr: '', stdout: '' })
  })

  it('comes with the licences of all packages that are in it', () => {
    const notices = readFileSync(join(repository, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8')
    const named = new Set([...notices.matchAll(/^(\S+) \d\S* \(\S+\); .*$/gm)].map(([, name]) => name))

    expect([...importedPackages()].filter(name => !named.has(name))).toEqual([])
    // what those bring along
    expect([...named]).toEqual(expect.arrayContaining(['is-network-error', 'oauth4webapi', 'streamx', 'yoctocolors']))
  })

  it('is small', () => {
    const files = globSync('{bin,dist}/**', { cwd: repository }).map(file => statSync(join(repository, file)))
    const sizes = files.filter(file => file.isFile()).map(({ size }) => size)

    expect(sizes.length).toBeLessThanOrEqual(100)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4_000_000)
  })
})
