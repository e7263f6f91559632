import { describe, expect, it } from 'vitest'
import { type Layout, layoutOfStdout } from '../../../../src/lib/cli/render/layout.ts'
import { printResult } from '../../../../src/lib/cli/output/print-result.ts'
import { projectList } from '../../../../src/lib/cli/render/projects.ts'
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
  it('are aligned, with a head and relative times, on a terminal', async () => {
    expect(await printResult(projects, projectList, { choice: { header: true }, layout: terminal }))
      .toMatchInlineSnapshot(`
      "NAME  TITLE     CREATED
      shop  The shop  3m ago
      "
    `)
  })

  it('are tab-separated, without a head and with exact times, in a pipe', async () => {
    expect(await printResult(projects, projectList, { choice: { header: true }, layout: pipe })).toBe(
      `shop\tThe shop\t${createdAt}\n`,
    )
  })

  it('say times that are to come', () => {
    expect(renderTime(new Date(pipe.now + 7_200_000).toISOString(), terminal)).toBe('in 2h')
  })
})
