import { fileURLToPath } from 'node:url'
import pty from '@lydell/node-pty'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeDirectory } from '../../../helpers/cli/run-command.ts'
import { until } from '../../../helpers/until.ts'

const script = fileURLToPath(new URL('../../../helpers/cli/aloft-with-fakes.ts', import.meta.url))

interface Screen {
  readonly ended: Promise<number>
  readonly text: () => string
  /** Types when the screen shows the text. */
  readonly whenShown: (shown: string, keys: string) => void
}

function open(argv: readonly string[], fake = '', variables: Readonly<Record<string, string>> = {}): Screen {
  const { CI: _, ...rest } = process.env
  const env = { ...rest, FAKE: fake, NODE_ENV: 'production', TERM: 'xterm-256color', ...variables }
  const terminal = pty.spawn(process.execPath, [script, ...argv], { cols: 100, env, rows: 30 })
  const { promise: ended, resolve } = Promise.withResolvers<number>()
  let screen = ''
  let typing: { readonly shown: string; readonly keys: string } | undefined
  terminal.onData(data => {
    screen += data
    if (typing === undefined || !screen.includes(typing.shown)) return
    const { keys } = typing
    typing = undefined
    terminal.write(keys)
  })
  terminal.onExit(({ exitCode, signal }) => resolve(exitCode === 0 && signal ? 128 + signal : exitCode))
  onTestFinished(() => {
    try {
      terminal.kill('SIGKILL')
    } catch {
      // it has ended
    }
  })
  return {
    ended,
    text: () => screen,
    whenShown: (shown, keys) => {
      if (screen.includes(shown)) terminal.write(keys)
      else typing = { keys, shown }
    },
  }
}

describe('at a terminal', () => {
  it('shows phases as a tree with their marks', async () => {
    const screen = open(['deploy', '-p', 'shop', '-e', 'main'])

    expect(await screen.ended).toBe(0)
    expect(screen.text()).toContain('✔')
    expect(screen.text()).toContain('http://main-shop.localhost:8080')
  })

  it('ends on Ctrl-C in the middle of the tree with 130 and says how to follow it again, and how to end it', async () => {
    const screen = open(['deploy', '-p', 'shop', '-e', 'main'], 'endless')
    screen.whenShown('build', '\u0003')

    expect(await screen.ended).toBe(130)
    expect(screen.text()).toContain('aloft activities log act_1')
    expect(screen.text()).toContain('aloft activities cancel act_1')
  })

  it('asks for what is missing, and takes Ctrl-C as an interruption', async () => {
    const screen = open(['services', '-p', 'shop'])
    screen.whenShown('Which environment?', '\u0003')

    expect(await screen.ended).toBe(130)
    expect(screen.text()).not.toContain('Error')
  })

  it.each([
    ['y', 0, 'The shop'],
    ['n', 2, 'Try: aloft projects'],
  ])('offers the nearest command for an unknown one, and takes %s for an answer', async (answer, code, shown) => {
    const screen = open(['projcts', '--no-color'])
    screen.whenShown('Run `aloft projects --no-color` instead?', `${answer}\r`)

    expect(await screen.ended).toBe(code)
    expect(screen.text()).toContain(shown)
  })

  it('takes the answer of a question', async () => {
    const screen = open(['services', '-p', 'shop'])
    screen.whenShown('Which environment?', '\r')

    expect(await screen.ended).toBe(0)
    expect(screen.text()).toContain('nodejs:22')
  })

  it('draws without colours when none are wanted', async () => {
    const screen = open(['deploy', '-p', 'shop', '-e', 'main', '--no-color'])

    expect(await screen.ended).toBe(0)
    expect(screen.text()).toContain('✔')
    // oxlint-disable-next-line no-control-regex -- control characters are the subject
    expect(screen.text()).not.toMatch(/\u001B\[[0-9;]*m/)
  })

  it('makes links of addresses where the terminal knows links, and only there', async () => {
    const link = '\u001B]8;;http://main-shop.localhost:8080\u001B\\'
    const knows = open(['deploy', '-p', 'shop', '-e', 'main'], '', { VTE_VERSION: '6003' })
    const doesNot = open(['deploy', '-p', 'shop', '-e', 'main'])

    expect([await knows.ended, await doesNot.ended]).toEqual([0, 0])
    expect(knows.text()).toContain(link)
    expect(doesNot.text()).not.toContain('\u001B]8;;')
  })

  describe('with --accessible', () => {
    // oxlint-disable-next-line no-control-regex -- control characters are the subject
    const BEYOND_LINES = /[^\n\r\u0020-\u007E]/

    it('shows phases as lines', async () => {
      const screen = open(['deploy', '-p', 'shop', '-e', 'main', '--accessible', '--no-color'])

      expect(await screen.ended).toBe(0)
      expect(screen.text()).toContain('build   npm ci')
      expect(screen.text()).not.toMatch(BEYOND_LINES)
    })

    it('asks with numbered lines until the answer is one', async () => {
      const screen = open(['services', '-p', 'shop'], '', { ALOFT_ACCESSIBLE: '1', NO_COLOR: '1' })
      screen.whenShown('Number: ', '7\r')
      await until('it asks again', () => screen.text().includes('from 1 to 1: '))
      screen.whenShown('from 1 to 1: ', '1\r')

      expect(await screen.ended).toBe(0)
      expect(screen.text()).toContain('Which environment?\r\n  1. main\r\n')
      expect(screen.text()).toContain('nodejs:22')
      expect(screen.text()).not.toMatch(BEYOND_LINES)
    })

    it.each([
      ['Ctrl-C', '\u0003', 130],
      ['the end of input', '\u0004', 2],
    ])('takes %s at a question for what it is', async (_name, keys, exitCode) => {
      const screen = open(['services', '-p', 'shop', '--accessible'])
      screen.whenShown('Number: ', keys)

      expect(await screen.ended).toBe(exitCode)
    })

    it('needs no flag once it is set', async () => {
      const home = { ALOFT_HOME: await makeDirectory() }
      expect(await open(['config', 'set', 'accessible=true'], '', home).ended).toBe(0)

      const screen = open(['services', '-p', 'shop'], '', home)
      screen.whenShown('Number: ', 'main\r')

      expect(await screen.ended).toBe(0)
    })

    it('does not show a secret that is typed', async () => {
      const screen = open(['login', '--url', 'http://127.0.0.1:1', '--accessible', '--dry-run'])
      screen.whenShown('Token: ', 's3cret\r')

      await screen.ended
      expect(screen.text()).not.toContain('s3cret')
    })
  })
})
