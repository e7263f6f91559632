import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../../../src/lib/cli/exit-codes.ts'
import { applyScale, parseScaleExpression, printFormation } from '../../../../src/lib/cli/formation.ts'
import { type ColourLevel, colourLevel, type ColourStream } from '../../../../src/lib/cli/colours.ts'
import { readTerminal, type Terminal } from '../../../../src/lib/cli/terminal.ts'
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
    ['2026-02-31', 'there is no 2026-02-31'],
    ['2026-04-31T10:00:00+02:00', 'there is no 2026-04-31'],
    ['2025-02-29 noon', 'there is no 2025-02-29'],
    ['2026-13-01 at 9pm', 'there is no 2026-13-01'],
    ['9pm on feb 31', '"9pm on feb 31" is not a time'],
    ['31 april', '"31 april" is not a time'],
  ])('refuses %s, naming it', async (text, message) => {
    await expect(parseTime(text, 'since', now)).rejects.toMatchObject({
      code: 'usage.time',
      message: expect.stringContaining(message),
    })
  })

  it('reads the day that leap years have', async () => {
    expect(await parseTime('2024-02-29T12:00Z', 'since', now)).toBe('2024-02-29T12:00:00.000Z')
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
  const tty = { columns: 100, getColorDepth: () => 8, isTTY: true, rows: 30 }
  const streams = { stderr: tty, stdin: tty, stdout: tty }
  const read = (environment: NodeJS.ProcessEnv, change: object = {}, argv: readonly string[] = []): Terminal =>
    readTerminal({ ...streams, ...change }, { argv, environment })

  it('is one only when all three streams are', () => {
    expect(read({}).interactive).toBe(true)
    expect(read({}, { stderr: {} }).interactive).toBe(false)
    expect(read({}, { stdin: {} }).interactive).toBe(false)
  })

  it.each(['true', '1', 'woodpecker'])('is none at all with CI=%s', ci => {
    expect(read({ CI: ci })).toMatchObject({
      animates: false,
      interactive: false,
      stderrColours: 0,
      stderrIsTerminal: false,
      stdinIsTerminal: false,
      stdoutIsTerminal: false,
    })
  })

  it.each(['', '0', 'false'])('is one with CI=%j', ci => {
    expect(read({ CI: ci }).interactive).toBe(true)
  })

  it.each([
    ['TERM=dumb', { TERM: 'dumb' }, []],
    ['ALOFT_ACCESSIBLE', { ALOFT_ACCESSIBLE: '1' }, []],
    ['--accessible', {}, ['deploy', '--accessible']],
  ])('asks but does not move the cursor with %s', (_name, environment, argv) => {
    expect(read(environment, {}, argv)).toMatchObject({ animates: false, interactive: true })
  })

  it('does not take the flags of a remote command for its own', () => {
    const argv = ['exec', 'web', '--', 'tool', '--accessible', '--no-color']

    expect(read({}, {}, argv)).toMatchObject({ animates: true, stdoutColours: 2 })
  })

  it('decides on each stream alone', () => {
    expect(read({}, { stdout: {} })).toMatchObject({ stderrColours: 2, stdoutColours: 0 })
  })
})

describe('colours', () => {
  it.each<[given: string, stream: ColourStream, level: ColourLevel]>([
    ['', { isTerminal: false }, 0],
    ['', { colourDepth: 1, isTerminal: true }, 0],
    ['', { colourDepth: 4, isTerminal: true }, 1],
    ['', { colourDepth: 8, isTerminal: true }, 2],
    ['', { colourDepth: 24, isTerminal: true }, 3],
    ['TERM=dumb', { isTerminal: true }, 0],
    ['CLICOLOR=0', { isTerminal: true }, 0],
    ['CLICOLOR=1', { isTerminal: false }, 0],
    ['CLICOLOR_FORCE=1', { isTerminal: false }, 1],
    ['CLICOLOR_FORCE=0', { isTerminal: false }, 0],
    ['CLICOLOR_FORCE=1 CLICOLOR=0 TERM=dumb', { isTerminal: true }, 1],
    ['NO_COLOR=1', { isTerminal: true }, 0],
    ['NO_COLOR=', { isTerminal: true }, 1],
    ['NO_COLOR=1 CLICOLOR_FORCE=1', { isTerminal: true }, 0],
    ['FORCE_COLOR=1', { isTerminal: false }, 1],
    ['FORCE_COLOR=true', { isTerminal: false }, 1],
    ['FORCE_COLOR=2', { isTerminal: false }, 2],
    ['FORCE_COLOR=3', { isTerminal: false }, 3],
    ['FORCE_COLOR=', { isTerminal: false }, 0],
    ['FORCE_COLOR=0', { isTerminal: true }, 0],
    ['FORCE_COLOR=false CLICOLOR_FORCE=1', { isTerminal: true }, 0],
    ['FORCE_COLOR=1 NO_COLOR=1', { isTerminal: false }, 1],
    ['FORCE_COLOR=3 --no-color', { isTerminal: true }, 0],
  ])('with %j on %j have level %i', (given, stream, level) => {
    const words = given.split(' ').filter(Boolean)
    const argv = words.filter(word => word.startsWith('--'))
    const environment = Object.fromEntries(words.filter(word => word.includes('=')).map(word => word.split('=')))

    expect(colourLevel({ colourDepth: 4, ...stream }, { argv, environment })).toBe(level)
  })
})
