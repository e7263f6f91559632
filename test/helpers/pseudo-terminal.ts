import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import pty from '@lydell/node-pty'
import { until } from './until.ts'
import { environmentOf, repository, type Workspace } from './workspace.ts'

/** The built CLI in a pseudo-terminal of 100 columns and 30 rows, as a person has it. */
export interface PseudoTerminal {
  /** Everything that was ever on the screen, without colours and movements. */
  readonly text: () => string
  /** Waits until the text appears after what was awaited before; returns what came up to its end. */
  readonly shown: (text: string) => Promise<string>
  readonly type: (keys: string) => void
  readonly resize: (columns: number, rows: number) => void
  /** The exit code. */
  readonly ended: Promise<number>
  /** Kills what still runs. */
  readonly close: () => void
}

export function openTerminal({ directory, home }: Workspace, args: readonly string[]): PseudoTerminal {
  return openProgram({ directory, home }, [process.execPath, join(repository, 'bin/run.js'), ...args])
}

/** A line for the shell, where `$aloft` stands for the CLI. */
export function openShellLine({ directory, home }: Workspace, line: string): PseudoTerminal {
  const aloft = `'${process.execPath}' '${join(repository, 'bin/run.js')}'`
  return openProgram({ directory, home }, ['/bin/sh', '-c', line.replaceAll('$aloft', aloft)])
}

/** Any program, with more in its environment. */
export function openProgram(
  { directory, home }: Pick<Workspace, 'directory' | 'home'>,
  [program = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): PseudoTerminal {
  const env = {
    ...environmentOf(process.env),
    ALOFT_HOME: home,
    NODE_ENV: 'production',
    TERM: 'xterm-256color',
    ...environment,
  }
  const terminal = pty.spawn(program, args, { cols: 100, cwd: directory, env, rows: 30 })
  const { promise: ended, resolve } = Promise.withResolvers<number>()
  let raw = ''
  const read = (): string => stripVTControlCharacters(raw)
  let seen = 0
  let isOpen = true
  terminal.onData(data => {
    raw += data
  })
  terminal.onExit(({ exitCode, signal }) => {
    isOpen = false
    resolve(exitCode === 0 && signal ? 128 + signal : exitCode)
  })
  return {
    close: () => {
      if (isOpen) terminal.kill('SIGKILL')
    },
    ended,
    resize: (columns, rows) => terminal.resize(columns, rows),
    async shown(text) {
      const from = seen
      await until(
        `${JSON.stringify(text)} on the screen`,
        () => {
          const screen = read()
          const at = screen.indexOf(text, from)
          if (at === -1) return !isOpen && fail(text, screen)
          seen = at + text.length
          return true
        },
        60_000,
      )
      return read().slice(from, seen)
    },
    text: read,
    type: keys => terminal.write(keys),
  }
}

function fail(text: string, screen: string): never {
  throw new Error(`it ended without ${JSON.stringify(text)}: ${screen}`)
}
