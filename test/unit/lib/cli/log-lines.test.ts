import { describe, expect, it } from 'vitest'
import { createLogFormatter, type LogLineOptions } from '../../../../src/lib/cli/render/log-lines.ts'

const at = '2026-01-31T12:00:00.000Z'

function format(events: readonly object[], options: Partial<LogLineOptions> = {}): string {
  const formatter = createLogFormatter({ isTerminal: false, onNotice: () => {}, timestamps: false, ...options })
  return Buffer.from(formatter(Buffer.from(events.map(event => `${JSON.stringify(event)}\n`).join('')))).toString(
    'utf8',
  )
}

const record = (message: string): object => ({
  type: 'log',
  cursor: 'app.1',
  at,
  source: 'app',
  level: 'info',
  message,
})

describe('log lines', () => {
  it('names the instance, else the service, else the source', () => {
    const wide = {
      type: 'log',
      cursor: 'app.1',
      at,
      source: 'app',
      service: 'web',
      instance: 'web.1',
      level: 'info',
      message: 'm',
    }
    const { instance: _, ...service } = wide

    expect(format([wide, service, record('m')])).toBe('web.1 | m\nweb | m\napp | m\n')
  })

  it.each([
    'plain',
    'grüße 🚀',
    'quote " and \\ and \t',
    '"}',
    '","message":"x',
    '',
    '\u001B[31mred\u001B[0m',
    '\u00E9\n',
  ])('gives %j back as it was when no terminal reads it', message => {
    expect(format([record(message)])).toBe(`app | ${message}\n`)
  })

  it('shows control characters on a terminal but keeps colours and tabs', () => {
    const message = '\u001B]0;title\u0007\u001B[2J\u001B[31mred\tx\u009B1m\u007F'

    expect(format([record(message)], { isTerminal: true })).toBe(
      'app | ^[]0;title^G^[[2J\u001B[31mred\tx?1m^?\u001B[0m\n',
    )
  })

  it('parses records in an unusual order', () => {
    expect(format([{ message: 'é', level: 'info', source: 'app', at, cursor: 'app.1', type: 'log' }])).toBe('app | é\n')
  })

  it('tells of gaps beside the lines and prints nothing for the end', () => {
    const notices: string[] = []
    const gap = { type: 'gap', source: 'app', from: 1, to: 5, dropped: 5, reason: 'retention' }

    expect(format([gap, { type: 'end' }], { onNotice: text => notices.push(text) })).toBe('')
    expect(notices).toEqual(['5 lines of app are gone (retention)'])
  })
})
