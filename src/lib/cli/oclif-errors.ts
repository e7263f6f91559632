import { AppError, isAppError } from '../core/errors.ts'

/** `--help` inside a command and `this.exit()`: not failures. */
export function exitStatusOf(error: unknown): number | undefined {
  return isRecord(error) && error['code'] === 'EEXIT' ? oclifExit(error) : undefined
}

/** oclif's own errors, told by shape (two copies of it may be loaded), as ours; anything else as it is. */
export function fromOclifError(error: unknown, command: string): unknown {
  if (isAppError(error) || !(error instanceof Error) || oclifExit(error) === undefined) return error
  const message = error.message.replace(/\nSee more help with --help$/, '').replace(/^Parsing (--\S+) \n\t/, '$1: ')
  const suggestions = [`see \`${command} --help\``]
  return new AppError('usage.flag', message, { cause: error, suggestions })
}

function oclifExit(error: unknown): number | undefined {
  const oclif = isRecord(error) ? error['oclif'] : undefined
  const exit = isRecord(oclif) ? oclif['exit'] : undefined
  return typeof exit === 'number' ? exit : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
