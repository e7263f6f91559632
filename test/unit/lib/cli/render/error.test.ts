import { expect, test } from 'vitest'
import { renderError } from '../../../../../src/lib/cli/render/error.ts'
import { layoutOfStderr } from '../../../../../src/lib/cli/render/layout.ts'
import { systemClock } from '../../../../../src/lib/core/clock.ts'
import { noTerminal } from '../../../../helpers/cli/run-command.ts'

test('what the program that failed printed last is there, once', () => {
  const layout = layoutOfStderr({ clock: systemClock, terminal: noTerminal })
  const details = { lastLines: ['address in use', 'aborting', 'code 1'], log: ['waiting', 'aborting'] }
  expect(
    renderError({ code: 'failed.start', details, message: 'it exited with code 1', suggestions: [] }, layout),
  ).toBe('Error: it exited with code 1\n  | waiting\n  | aborting\n  | address in use\nCode: failed.start\n')
})

test('an error is followed by the end of the log, without what it says itself', () => {
  const layout = layoutOfStderr({ clock: systemClock, terminal: noTerminal })
  const message = 'back up shop main failed in prepare: it is paused'
  const details = { log: ['holding requests', 'it is paused'] }
  expect(renderError({ code: 'conflict.paused', details, message, suggestions: [] }, layout)).toBe(
    `Error: ${message}\n  | holding requests\nCode: conflict.paused\n`,
  )
})
