import { fileURLToPath } from 'node:url'
import pty from '@lydell/node-pty'
import { describe, expect, it, onTestFinished } from 'vitest'

const script = fileURLToPath(new URL('../../../helpers/cli/aloft-with-fakes.ts', import.meta.url))

interface Screen {
  readonly ended: Promise<number>
  readonly text: () => string
  /** Types when the screen shows the text. */
  readonly whenShown: (shown: string, keys: string) => void
}

function open(argv: readonly string[], fake = ''): Screen {
  const { CI: _, ...rest } = process.env
  const env = { ...rest, FAKE: fake, NODE_ENV: 'production', TERM: 'xterm-256color' }
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
      typing = { keys, shown }
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

  it('ends on Ctrl-C in the middle of the tree with 130 and says how to follow it again', async () => {
    const screen = open(['deploy', '-p', 'shop', '-e', 'main'], 'endless')
    screen.whenShown('build', '\u0003')

    expect(await screen.ended).toBe(130)
    expect(screen.text()).toContain('aloft activities log act_1')
  })

  it('asks for what is missing, and takes Ctrl-C as an interruption', async () => {
    const screen = open(['services', '-p', 'shop'])
    screen.whenShown('Which environment?', '\u0003')

    expect(await screen.ended).toBe(130)
  })

  it('takes the answer of a question', async () => {
    const screen = open(['services', '-p', 'shop'])
    screen.whenShown('Which environment?', '\r')

    expect(await screen.ended).toBe(0)
    expect(screen.text()).toContain('nodejs:22')
  })
})
