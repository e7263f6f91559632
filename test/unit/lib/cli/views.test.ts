import { describe, expect, it } from 'vitest'
import { createPlainView } from '../../../../src/lib/cli/plain-view.ts'
import { type Layout, layoutOfStdout } from '../../../../src/lib/cli/render/layout.ts'
import { renderProjects } from '../../../../src/lib/cli/render/projects.ts'
import { renderTime } from '../../../../src/lib/cli/render/relative-time.ts'
import { systemClock } from '../../../../src/lib/core/clock.ts'
import { noTerminal } from '../../../helpers/cli/run-command.ts'

const createdAt = '2026-01-31T12:00:00.000Z'
const pipe: Layout = {
  ...layoutOfStdout({ clock: systemClock, terminal: noTerminal }),
  now: Date.parse(createdAt) + 185_000,
}
const terminal: Layout = { ...pipe, isTerminal: true }
const projects = [{ createdAt, id: 'prj_1', name: 'shop', title: 'The\tshop' }]

describe('tables', () => {
  it('are aligned, with a head and relative times, on a terminal', () => {
    expect(renderProjects(projects, terminal)).toMatchInlineSnapshot(`
      "NAME  TITLE     CREATED
      shop  The shop  3m ago
      "
    `)
  })

  it('are tab-separated, without a head and with exact times, in a pipe', () => {
    expect(renderProjects(projects, pipe)).toBe(`shop\tThe shop\t${createdAt}\n`)
  })

  it('say times that are to come', () => {
    expect(renderTime(new Date(pipe.now + 7_200_000).toISOString(), terminal)).toBe('in 2h')
  })
})

describe('the plain view', () => {
  it('gives a sign of life after 30 s of silence', async () => {
    let now = 0
    const sleeps: { ms: number; wake: () => void }[] = []
    const lines: string[] = []
    const clock = {
      now: () => now,
      sleep: async (ms: number): Promise<void> => new Promise(wake => sleeps.push({ ms, wake })),
    }
    const view = createPlainView({ clock, isTerminal: false, startedAt: 0, write: text => lines.push(text) })
    const record = { cursor: 'a.1', level: 'info', message: 'npm ci', source: 'a', type: 'log' } as const
    now = 1200
    await view.line({ ...record, at: new Date(1200).toISOString(), phase: 'build' })

    now = 30_000
    sleeps.shift()?.wake()
    await Promise.resolve()
    now = 31_200
    sleeps.shift()?.wake()
    await Promise.resolve()
    await view.close(true)

    expect(lines).toEqual(['[  1.2s] build   npm ci\n', '[ 31.2s] build   still running\n'])
  })
})
