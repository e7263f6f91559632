import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import Deploy from '../../../src/commands/deploy.ts'
import ProjectsShow from '../../../src/commands/projects/show.ts'
import { AppError } from '../../../src/lib/core/errors.ts'
import { type CapableOptions, createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { readAsRunner } from '../../helpers/fakes/github-runner.ts'
import { type CommandRun, makeDirectory, runCommand } from '../../helpers/cli/run-command.ts'

const target = ['-p', 'shop', '-e', 'main']
const problem = { column: 5, file: 'aloft.yaml', line: 7, message: '100% wrong: a, b\nand c', path: 'applications.web' }

interface Step extends CommandRun {
  /** The page of the job, with what was there before. */
  readonly page: string
}

async function deployInStep(argv: readonly string[], options: CapableOptions & { refuse?: AppError }): Promise<Step> {
  const directory = await makeDirectory()
  const page = join(directory, 'summary.md')
  const provider = createAllCapableProvider(options)
  const { refuse } = options
  const deploys: typeof provider.deploys = {
    ...provider.deploys,
    start: async (request, call) => {
      if (refuse) throw refuse
      return provider.deploys.start(request, call)
    },
  }
  const run = await runCommand(Deploy, [...target, ...argv], {
    provider: { ...provider, deploys },
    runtime: {
      directory,
      environment: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: page, GITHUB_WORKSPACE: join(directory, '..') },
    },
  })
  return { ...run, page: readFileSync(page, 'utf8') }
}

describe('in a step of GitHub Actions', () => {
  it('puts each phase into a group and keeps stdout for the addresses', async () => {
    const { stderr, stdout } = await deployInStep([], {
      script: {
        lines: [
          ['build', 'npm ci'],
          ['build', 'npm run build'],
          ['release', 'start'],
        ],
      },
    })

    expect(stdout).toBe('http://main-shop.localhost:8080\n')
    expect(readAsRunner(stderr).map(({ data, name }) => `${name} ${data}`.trim())).toEqual([
      'group build',
      'endgroup',
      'group release',
      'endgroup',
    ])
  })

  it.each(['::error::gotcha', '  ::add-mask::a', 'x ##[error]gotcha', '::stop-commands::mine', '::endgroup::'])(
    'takes no command from an application that prints %j',
    async line => {
      const { stderr } = await deployInStep([], {
        script: { finished: { result: 'failure' }, lines: [['build', line]] },
      })

      expect(readAsRunner(stderr).map(({ name }) => name)).toEqual(['group', 'endgroup', 'error'])
      expect(stderr).toContain(line)
    },
  )

  it('points at the places in project files, relative to the repository', async () => {
    const refuse = new AppError('usage.config', 'The project files have errors', { details: { problems: [problem] } })

    const { exitCode, stderr, stdout } = await deployInStep(['--json', 'web'], { refuse })

    const [seen, ...more] = readAsRunner(stderr)
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage.config' } })
    expect(more).toEqual([])
    expect(seen).toMatchObject({
      data: `applications.web: ${problem.message}`,
      name: 'error',
      properties: { col: '5', line: '7' },
    })
    expect(seen?.properties['file']).toMatch(/^aloft-cli-\w+\/web\/aloft\.yaml$/)
    expect(seen?.properties['title']).toBe('usage.config')
  })

  it('turns warnings and failures into annotations', async () => {
    const { stderr } = await deployInStep([], { script: { finished: { result: 'warning' }, lines: [['build', 'a']] } })
    const failed = await runCommand(ProjectsShow, ['none'], {
      provider: createAllCapableProvider(),
      runtime: { environment: { GITHUB_ACTIONS: 'true' } },
    })

    expect(readAsRunner(stderr).at(-1)).toMatchObject({ data: expect.stringContaining('warnings'), name: 'warning' })
    expect(readAsRunner(failed.stderr)).toMatchObject([
      { data: 'there is no project none', name: 'error', properties: { title: 'not-found.project' } },
    ])
  })

  it('writes result, address, deployment and the way back on the page of the job', async () => {
    const finished = { output: { deployment: 'dep_1', urls: ['http://main-shop.localhost:8080'] } }

    const { page } = await deployInStep([], { script: { finished, lines: [['build', 'npm ci']] } })

    expect(page).toContain('### deploy of shop/main: success')
    expect(page).toContain('- <http://main-shop.localhost:8080>')
    expect(page).toContain(String.raw`- deployment dep\_1`)
    expect(page).toContain('- to go back: aloft rollback -p shop -e main')
    expect(page).toMatch(/Took \d+\.\ds\./)
  })

  it('writes a failure there with its last lines, whatever they contain', async () => {
    const finished = { error: { code: 'failed.build', message: 'npm ci failed', suggestions: [] }, result: 'failure' }

    const { page } = await deployInStep([], {
      script: { finished: { ...finished, result: 'failure' }, lines: [['build', '```<script>\u001B[31m!\u001B[0m']] },
    })

    expect(page).toContain(String.raw`### deploy of shop/main: failed.build`)
    expect(page).toContain('````text\n```<script>!\n````')
  })
})
