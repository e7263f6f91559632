import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../../../src/lib/cli/exit-codes.ts'
import { applyScale, parseScaleExpression, printFormation } from '../../../../src/lib/cli/formation.ts'
import { readTerminal } from '../../../../src/lib/cli/terminal.ts'
import { parseDuration, parseTime } from '../../../../src/lib/cli/times.ts'

const now = Date.parse('2026-01-31T12:00:00Z')

describe('times', () => {
  it.each([
    ['2026-01-30T10:00:00Z', '2026-01-30T10:00:00.000Z'],
    ['2026-01-30T10:00:00+02:00', '2026-01-30T08:00:00.000Z'],
    ['10m', '2026-01-31T11:50:00.000Z'],
    ['1h30m', '2026-01-31T10:30:00.000Z'],
    ['2 hours ago', '2026-01-31T10:00:00.000Z'],
  ])('reads %s', async (text, iso) => {
    expect(await parseTime(text, 'since', now)).toBe(iso)
  })

  it('reads words in local time', async () => {
    const read = new Date(await parseTime('yesterday at 9pm', 'since', now))

    expect([read.getHours(), read.getMinutes()]).toEqual([21, 0])
  })

  it.each(['soonish', '2026-99-99', ''])('refuses %j', async text => {
    await expect(parseTime(text, 'since', now)).rejects.toMatchObject({ code: 'usage.time' })
  })

  it.each([
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['50ms', 50],
  ])('reads the duration %s', async (text, ms) => {
    expect(await parseDuration(text, 'timeout')).toBe(ms)
  })

  it.each(['10', 'm', '-5m', '0s', 'x10m'])('refuses the duration %j', async text => {
    await expect(parseDuration(text, 'timeout')).rejects.toMatchObject({ code: 'usage.flag' })
  })
})

describe('scale expressions', () => {
  it.each([
    ['web=3', { count: 3, operation: 'set', service: 'web' }],
    ['web=3:2cpu:1024MB', { count: 3, cpu: 2, memoryMb: 1024, operation: 'set', service: 'web' }],
    ['web=0.5cpu', { cpu: 0.5, operation: 'set', service: 'web' }],
    ['web=1GB', { memoryMb: 1024, operation: 'set', service: 'web' }],
    ['worker+1', { count: 1, operation: 'add', service: 'worker' }],
    ['my-api-2', { count: -2, operation: 'add', service: 'my-api' }],
  ])('reads %s', (text, expression) => {
    expect(parseScaleExpression(text)).toEqual(expression)
  })

  it.each(['', 'web', 'web=', 'web=x', 'web+', 'web+1cpu', 'Web=1', 'web=1:1TB'])('refuses %j', text => {
    expect(() => parseScaleExpression(text)).toThrow('not a scale expression')
  })

  it.each(['web=1:0cpu', 'web=0.0cpu', 'web=0MB'])('refuses a size of nothing: %s', text => {
    expect(() => parseScaleExpression(text)).toThrow('nothing to run with')
  })

  it('prints what it reads', () => {
    const formation = { count: 3, cpu: 0.5, memoryMb: 256, service: 'web' }

    const [again] = applyScale([{ ...formation, count: 1, cpu: 9 }], [parseScaleExpression(printFormation(formation))])

    expect(again).toEqual(formation)
  })

  it('leaves no service with fewer than none', () => {
    expect(() => applyScale([{ count: 1, service: 'web' }], [parseScaleExpression('web-2')])).toThrow('not possible')
  })
})

describe('exit codes', () => {
  it.each([
    ['auth.required', 4],
    ['conflict.busy', 6],
    ['failed.build', 7],
    ['internal', 1],
    ['not-found.project', 5],
    ['pending.deadline', 8],
    ['session.failed', 255],
    ['unavailable.network', 75],
    ['unsupported.part', 9],
    ['usage.flag', 2],
    ['from-a-newer-server.thing', 1],
  ])('%s exits with %i', (code, exitCode) => {
    expect(exitCodeOf({ code, message: '', suggestions: [] })).toBe(exitCode)
  })
})

describe('terminal', () => {
  const tty = { columns: 100, isTTY: true, rows: 30 }
  const streams = { stderr: tty, stdin: tty, stdout: tty }

  it('is one only when all three streams are and it is not CI', () => {
    expect(readTerminal(streams, {}).interactive).toBe(true)
    expect(readTerminal({ ...streams, stderr: {} }, {}).interactive).toBe(false)
    expect(readTerminal({ ...streams, stdin: {} }, {}).interactive).toBe(false)
  })

  it.each(['true', '1', 'woodpecker'])('is none at all with CI=%s', ci => {
    expect(readTerminal(streams, { CI: ci })).toMatchObject({
      animates: false,
      interactive: false,
      stderrIsTerminal: false,
      stdinIsTerminal: false,
      stdoutIsTerminal: false,
    })
  })

  it.each(['', '0', 'false'])('is one with CI=%j', ci => {
    expect(readTerminal(streams, { CI: ci }).interactive).toBe(true)
  })

  it('does not animate a dumb one', () => {
    expect(readTerminal(streams, { TERM: 'dumb' })).toMatchObject({ animates: false, interactive: true })
  })
})
