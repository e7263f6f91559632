import type { Config } from '@oclif/core'
import { normalizeArgv } from '@oclif/core/help'
import { AppError, type ErrorDocument } from '../core/errors.ts'
import { exitStatusOf, fromOclifError } from './oclif-errors.ts'
import { documentFormatOf } from './output/choice.ts'
import { ENVELOPE_VERSION, printJson } from './output/document.ts'
import { outputError } from './output-error.ts'
import { isPipeClosed } from './pipe-closed.ts'
import { loadConfig, type Program } from './program.ts'
import { layoutOfStdout } from './render/layout.ts'
import { reportError } from './report-error.ts'
import { createRuntime, type Runtime } from './runtime.ts'
import { commandLineInstead } from './unknown-command.ts'

/**
 * Runs one command line: sets `process.exitCode`, never throws, and under `--json` prints exactly one document also for
 * what fails before there is a command.
 */
export async function main(argv: readonly string[], program: Program): Promise<void> {
  const runtime = createRuntime()
  if (argv[0] === '__complete') {
    const { answer } = await import('./completion/answer.ts')
    return runtime.write(answer(argv.slice(1), process.env))
  }
  // oclif's own listener would end us with a stack
  process.stdout.removeAllListeners('error')
  process.stdout.on('error', error => onOutputError(error, runtime))
  // where nobody listens to the conversation, what was asked for is done all the same
  process.stderr.on('error', () => {})
  try {
    await runCommandLine(argv, await loadConfig(program), runtime)
  } catch (error) {
    if (isPipeClosed(error)) return runtime.setExitCode(0)
    const status = exitStatusOf(error)
    if (status !== undefined) return runtime.setExitCode(status)
    reportError(toOurs(error), runtime, { print: documentFormatOf(argv) && printFailure })
  }
}

/** As oclif's `run` does it, without hooks, and with our own answer to an unknown command. */
async function runCommandLine(argv: readonly string[], config: Config, runtime: Runtime): Promise<void> {
  if (argv[0] === '--version') return runtime.write(`${config.userAgent}\n`)
  const [id = '', ...rest] = normalizeArgv(config, [...argv])
  const isCommand = config.findCommand(id) !== undefined
  if (argv.length === 0 || asksForHelp(argv) || (!isCommand && isTopic(id, rest, config))) {
    const { renderHelp } = await import('./help/render-help.ts')
    const isColoured = layoutOfStdout(runtime).paint.level > 0
    return runtime.write(await renderHelp(config, asksForHelp(argv) ? argv : [id], { isColoured }))
  }
  if (isCommand) return config.runCommand(id, rest)
  await runCommandLine(await commandLineInstead(argv, config, runtime), config, runtime)
}

/** What oclif prints itself: help, version. A command listens too, and has then set the exit code. */
function onOutputError(cause: NodeJS.ErrnoException, runtime: Runtime): void {
  if (process.exitCode) return
  const error = outputError(cause)
  if (!isPipeClosed(error)) reportError(error, runtime, {})
}

/** A topic alone, with nothing after it that could be the name of a command in it. */
function isTopic(id: string, rest: readonly string[], config: Config): boolean {
  return config.findTopic(id) !== undefined && words(rest).length === 0
}

function words(args: readonly string[]): readonly string[] {
  return args.filter(argument => !argument.startsWith('-')).slice(0, 1)
}

function asksForHelp(argv: readonly string[]): boolean {
  return beforeDashes(argv).includes('--help')
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

function beforeDashes(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return end === -1 ? argv : argv.slice(0, end)
}
