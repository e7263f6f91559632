import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { type Shell, SHELLS } from './format.ts'
import { MARK } from './scripts.ts'

/** Where a shell looks for completion. */
export interface CompletionPlace {
  readonly file: string
  /** Only where the shell has no directory that it looks into by itself. */
  readonly startLine?: { readonly file: string; readonly text: string } | undefined
}

/** Of the package bash-completion, which looks into the user's directory. */
const BASH_COMPLETION = [
  '/usr/share/bash-completion/bash_completion',
  '/usr/local/share/bash-completion/bash_completion',
  '/opt/homebrew/etc/profile.d/bash_completion.sh',
  '/usr/local/etc/profile.d/bash_completion.sh',
]
/** Read by every interactive zsh: Debian's, macOS's. */
const ZSHRC = ['/etc/zsh/zshrc', '/etc/zshrc']
const ASK_MS = 5000

/** The shell that was named, else the one of `SHELL`. @throws usage.input-required */
export function chooseShell(named: string | undefined, environment: NodeJS.ProcessEnv): Shell {
  const wanted = named ?? environment['SHELL']?.split('/').at(-1)
  const found = SHELLS.find(shell => shell === wanted)
  if (found) return found
  throw new AppError('usage.input-required', `which shell is not known: pass one of ${SHELLS.join(', ')}`, {
    details: { values: SHELLS },
    suggestions: SHELLS.map(shell => `aloft completion install ${shell}`),
  })
}

/** A directory that the shell looks into by itself where there is one, else a line in the file it reads at its start. */
export function placeOf(shell: Shell, environment: NodeJS.ProcessEnv): CompletionPlace {
  const home = environment['HOME'] ?? homedir()
  const data = environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share')
  const config = environment['XDG_CONFIG_HOME'] ?? join(home, '.config')
  return PLACES[shell]({ config, data, environment, home, own: join(data, 'aloft', 'completion') })
}

interface Directories {
  readonly environment: NodeJS.ProcessEnv
  readonly home: string
  readonly data: string
  readonly config: string
  /** For scripts that no shell looks for. */
  readonly own: string
}

const PLACES: Readonly<Record<Shell, (directories: Directories) => CompletionPlace>> = {
  bash({ data, environment, home, own }) {
    const directory = environment['BASH_COMPLETION_USER_DIR'] ?? join(data, 'bash-completion')
    if (BASH_COMPLETION.some(each => existsSync(each))) return { file: join(directory, 'completions', 'aloft') }
    const file = join(own, 'aloft.bash')
    return { file, startLine: { file: join(home, '.bashrc'), text: `[ -r ${quote(file)} ] && . ${quote(file)}` } }
  },
  fish: ({ config }) => ({ file: join(config, 'fish', 'completions', 'aloft.fish') }),
  powershell({ config, home, own }) {
    const file = join(own, 'aloft.ps1')
    const text = `. '${file.replaceAll("'", "''")}'`
    return { file, startLine: { file: powershellProfile(home, config), text } }
  },
  zsh({ environment, home, own }) {
    const startFile = join(environment['ZDOTDIR'] ?? home, '.zshrc')
    const loads = [startFile, ...ZSHRC].some(each => readIfThere(each).includes('compinit'))
    const directory = loads ? writableFpath(environment) : undefined
    if (directory !== undefined) return { file: join(directory, '_aloft') }
    const file = join(own, '_aloft')
    const load = '(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }'
    return { file, startLine: { file: startFile, text: `${load}; . ${quote(file)}` } }
  },
}

/** As it stands in the start file. */
export function startLineOf({ text }: { readonly text: string }): string {
  return `${text} ${MARK}`
}

export function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return ''
    throw error
  }
}

/** The first directory of zsh's own search path that the user may write to. */
function writableFpath(environment: NodeJS.ProcessEnv): string | undefined {
  return ask('zsh', ['-c', 'print -rl -- $fpath'], environment).find(isWritable)
}

function powershellProfile(home: string, config: string): string {
  const [asked] = ask('pwsh', ['-NoLogo', '-NoProfile', '-Command', '$PROFILE.CurrentUserAllHosts'], process.env)
  if (asked !== undefined) return asked
  return process.platform === 'win32'
    ? join(home, 'Documents', 'PowerShell', 'profile.ps1')
    : join(config, 'powershell', 'profile.ps1')
}

/** What a shell prints, by line; nothing where it is not installed. */
function ask(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): readonly string[] {
  const { stdout } = spawnSync(program, args, { encoding: 'utf8', env: environment, timeout: ASK_MS })
  return (stdout ?? '').split(/\r?\n/).filter(line => line !== '')
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
