import type { LogLevel } from '../../core/events.ts'

const LEVELS: Readonly<Record<string, LogLevel>> = {
  alert: 'fatal',
  crit: 'fatal',
  critical: 'fatal',
  debug: 'debug',
  emerg: 'fatal',
  emergency: 'fatal',
  err: 'error',
  error: 'error',
  exception: 'error',
  fatal: 'fatal',
  fine: 'debug',
  info: 'info',
  information: 'info',
  notice: 'info',
  panic: 'fatal',
  severe: 'error',
  trace: 'trace',
  verbose: 'debug',
  warn: 'warning',
  warning: 'warning',
}

/** In capitals a level stands for itself anywhere in the head of a line: `2026-01-01 10:00:00 WARN …`. */
const CAPITALS =
  /\b(TRACE|VERBOSE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|SEVERE|CRIT(?:ICAL)?|FATAL|PANIC|EMERG(?:ENCY)?|ALERT)\b/
/** Otherwise it must begin the line, or stand in brackets or after `level=`: "no error found" is no error. */
const MARKED =
  /(?:^(?:npm |PHP |Uncaught )?|[[(<|]|\blevel=)"?(?:\w*(error|exception)(?=:)|(trace|verbose|debug|info(?:rmation)?|notice|warn(?:ing)?|err(?:or)?|severe|crit(?:ical)?|fatal|panic|emerg(?:ency)?|alert)(?=[\]):>|\s"]|$))/i
const JSON_LEVEL = /"(?:level|severity|lvl)":\s*(?:"(\w+)"|(\d+))/
const HEAD = 64
const JSON_HEAD = 4096

/** The level that a line of output claims for itself, `info` when it claims none. */
export function deriveLevel(message: string): LogLevel {
  return (
    (message.startsWith('{') ? levelOfJson(message.slice(0, JSON_HEAD)) : levelOfText(message.slice(0, HEAD))) ?? 'info'
  )
}

function levelOfJson(head: string): LogLevel | undefined {
  const found = JSON_LEVEL.exec(head)
  return found?.[2] === undefined ? named(found?.[1]) : fromNumber(Number(found[2]))
}

function levelOfText(head: string): LogLevel | undefined {
  const marked = (): string | undefined => {
    const found = MARKED.exec(head)
    return found?.[1] ?? found?.[2]
  }
  return named(CAPITALS.exec(head)?.[1] ?? marked())
}

function named(word: string | undefined): LogLevel | undefined {
  return word === undefined ? undefined : LEVELS[word.toLowerCase()]
}

/** Numbers as pino and bunyan use them: https://getpino.io/#/docs/api?id=logger-level */
function fromNumber(level: number): LogLevel {
  if (level >= 60) return 'fatal'
  if (level >= 50) return 'error'
  if (level >= 40) return 'warning'
  if (level >= 30) return 'info'
  return level >= 20 ? 'debug' : 'trace'
}
