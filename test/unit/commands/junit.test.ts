import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import Deploy from '../../../src/commands/deploy.ts'
import { AppError } from '../../../src/lib/core/errors.ts'
import { type CapableOptions, createAllCapableProvider } from '../../helpers/fakes/all-capable-provider.ts'
import { makeDirectory, runCommand } from '../../helpers/cli/run-command.ts'

const target = ['-p', 'shop', '-e', 'main']

/** The report, with its times as they come out of a clock that stands still. */
async function report(options: CapableOptions & { refuse?: AppError }): Promise<string> {
  const directory = await makeDirectory()
  const provider = createAllCapableProvider(options)
  const { refuse } = options
  const deploys: typeof provider.deploys = {
    ...provider.deploys,
    start: async (request, call) => {
      if (refuse) throw refuse
      return provider.deploys.start(request, call)
    },
  }
  const clock = { now: () => Date.UTC(2026, 0, 31, 12), sleep: async () => new Promise<void>(() => {}) }
  await runCommand(Deploy, [...target, '--junit', 'report.xml'], {
    provider: { ...provider, deploys },
    runtime: { clock, directory },
  })
  return readFileSync(join(directory, 'report.xml'), 'utf8')
}

describe('deploy --junit', () => {
  it('has a test case for each phase', async () => {
    const lines = [
      ['build', 'npm ci'],
      ['release', 'start'],
    ] as const

    expect(await report({ script: { lines } })).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="aloft" tests="3" failures="0" errors="0" time="0.000">
        <testsuite name="deploy of shop/main" tests="3" failures="0" errors="0" time="0.000" timestamp="2026-01-31T12:00:00">
          <testcase classname="aloft.shop/main" name="prepare" time="0.000"/>
          <testcase classname="aloft.shop/main" name="build" time="0.000"/>
          <testcase classname="aloft.shop/main" name="release" time="0.000"/>
        </testsuite>
      </testsuites>
      "
    `)
  })

  it('has the failure with its last lines in the phase it happened in, as well-formed XML', async () => {
    const error = { code: 'failed.build', message: '"tsc" <failed> & how', suggestions: [] }
    const lines = [['build', '\u001B[31mred\u001B[0m \u0000 a < b && c ]]> \uD800']] as const

    const text = await report({ script: { finished: { error, result: 'failure' }, lines } })

    expect(text).toContain('failures="1" errors="0"')
    expect(text).toContain(
      '<failure message="deploy of shop/main failed: &quot;tsc&quot; &lt;failed&gt; &amp; how" type="failed.build">' +
        'red \uFFFD a &lt; b &amp;&amp; c ]]&gt; \uFFFD</failure>',
    )
  })

  it('is written when nothing could be started', async () => {
    const text = await report({ refuse: new AppError('usage.config', 'aloft.yaml:1:1: wrong') })

    expect(text).toContain('<testcase classname="aloft.deploy" name="prepare"')
    expect(text).toContain('<failure message="aloft.yaml:1:1: wrong" type="usage.config"')
  })

  it('tells what was not seen to its end from what failed', async () => {
    const text = await report({ refuse: new AppError('unavailable.network', 'cut') })

    expect(text).toContain('failures="0" errors="1"')
    expect(text).toContain('<error message="cut" type="unavailable.network"')
  })

  it.each([
    [['--junit', 'none/report.xml'], 5],
    [['--junit', 'dir'], 2],
    [['--junit', 'report.xml', '--no-wait'], 2],
    [['--junit', 'report.xml', '--dry-run'], 2],
  ])('refuses %j before anything is started', async (argv, exitCode) => {
    const directory = await makeDirectory()
    mkdirSync(join(directory, 'dir'))
    const provider = createAllCapableProvider()

    const run = await runCommand(Deploy, [...target, ...argv], { provider, runtime: { directory } })

    expect(run.exitCode).toBe(exitCode)
    expect(provider.seen.deploys).toEqual([])
  })
})
