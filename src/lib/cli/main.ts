import { Config, run } from '@oclif/core'
import { getHelpFlagAdditions, normalizeArgv } from '@oclif/core/help'
import { AppError, type ErrorDocument } from '../core/errors.ts'
import { nearestNames } from '../core/nearest.ts'
import { exitStatusOf, fromOclifError } from './oclif-errors.ts'
import { documentFormatOf, isForPrograms } from './output/choice.ts'
import { ENVELOPE_VERSION, printJson } from './output/document.ts'
import { outputError } from './output-error.ts'
import { isPipeClosed } from './pipe-closed.ts'
import { reportError } from './report-error.ts'
import { createRuntime, type Runtime } from './runtime.ts'

/**
 * Runs one command line: sets `process.exitCode`, never throws, and under `--json` prints exactly one document also for
 * what fails before there is a command. `root` is the package's directory or a file in it, as a URL or path.
 */
export async function main(argv: readonly string[], root: string): Promise<void> {
  const runtime = createRuntime()
  if (argv[0] === '__complete') {
    const { answer } = await import('./completion/answer.ts')
    return runtime.write(answer(argv.slice(1), process.env))
  }
  // a reader that has gone ends us quietly also where we print help
  // oclif's own listener would end us with a stack
  process.stdout.removeAllListeners('error')
  process.stdout.on('error', error => onOutputError(error, runtime))
  // where nobody listens to the conversation, what was asked for is done all the same
  process.stderr.on('error', () => {})
  try {
    const config = await Config.load(root)
    if (!runtime.terminal.interactive || isForPrograms(argv)) refuseUnknownCommand(argv, config)
    await run([...argv], config)
  } catch (error) {
    if (isPipeClosed(error)) return runtime.setExitCode(0)
    const status = exitStatusOf(error)
    if (status !== undefined) return runtime.setExitCode(status)
    reportError(toOurs(error), runtime, { print: documentFormatOf(argv) && printFailure })
  }
}

/** What oclif prints itself: help, version. A command listens too, and has then set the exit code. */
function onOutputError(cause: NodeJS.ErrnoException, runtime: Runtime): void {
  if (process.exitCode) return
  const error = outputError(cause)
  if (!isPipeClosed(error)) reportError(error, runtime, {})
}

/** plugin-not-found asks whether another command was meant: only on a terminal. @throws usage.command */
function refuseUnknownCommand(argv: readonly string[], config: Config): void {
  const [id = '', ...rest] = normalizeArgv(config, [...argv])
  if (id === '' || id.startsWith('-') || config.findCommand(id) !== undefined) return
  if (asksForHelp(argv, config)) return
  const isTopic = config.findTopic(id) !== undefined
  const word = rest.find(argument => !argument.startsWith('-'))
  if (isTopic && word === undefined) return
  throw unknownCommand(isTopic && word !== undefined ? `${id}:${word}` : id, config)
}

function asksForHelp(argv: readonly string[], config: Config): boolean {
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  return getHelpFlagAdditions(config).some(flag => own.includes(flag))
}

function unknownCommand(id: string, config: Config): AppError {
  const ids = config.commands.filter(command => !command.hidden).flatMap(({ aliases, id: each }) => [each, ...aliases])
  const near = nearestNames(id, ids).map(toWords)
  const suggestions = [...near.map(each => `${config.bin} ${each}`), `see \`${config.bin} help\``]
  return new AppError('usage.command', `${toWords(id)} is not a command of ${config.bin}`, {
    details: { nearest: near },
    suggestions,
  })
}

function toWords(id: string): string {
  return id.replaceAll(':', ' ')
}

/** What oclif throws before there is a command is about the command's name. */
function toOurs(error: unknown): unknown {
  const translated = fromOclifError(error, { command: 'aloft' })
  if (translated === error || !(translated instanceof Error)) return error
  return new AppError('usage.command', translated.message, { cause: error, suggestions: ['see `aloft help`'] })
}

/** JSON is YAML too. */
function printFailure(error: ErrorDocument): string {
  return printJson({ version: ENVELOPE_VERSION, error, warnings: [] })
}
