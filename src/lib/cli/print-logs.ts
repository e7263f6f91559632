import { setFlagsFromString } from 'node:v8'
import type { LogLevel } from '../core/events.ts'
import type { EnvironmentRef } from '../core/model.ts'
import type { LogRequest, Provider } from '../providers/port.ts'
import { createLogFormatter } from './render/log-lines.ts'
import { type Layout, layoutOfStdout } from './render/layout.ts'
import { requireOption, requirePart } from './require-part.ts'
import type { Runtime } from './runtime.ts'
import { parseTime } from './times.ts'

export interface LogFlags {
  readonly follow?: boolean | undefined
  readonly instance?: string | undefined
  readonly level?: LogLevel | undefined
  readonly lines?: number | undefined
  readonly search?: string | undefined
  readonly since?: string | undefined
  readonly source?: readonly string[] | undefined
  readonly until?: string | undefined
}

interface ToLogRequest {
  readonly flags: LogFlags
  readonly services: readonly string[]
  readonly provider: Provider
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Without a beginning, the last lines: a log may be long. */
const DEFAULT_LINES = 100

/** Flags as a request, refused where the provider cannot do it. @throws unsupported.option, usage.time */
export async function toLogRequest(
  { flags, now, provider, services }: ToLogRequest,
  environment: EnvironmentRef,
): Promise<LogRequest> {
  const { support } = requirePart(provider, 'logs')
  const { follow = false, instance, level, lines, search, since, source, until } = flags
  requireOption(support.follow || !follow, provider, '--follow')
  requireOption(support.search || search === undefined, provider, '--search')
  for (const each of source ?? []) {
    requireOption(
      support.sources.includes(each),
      provider,
      `--source ${each} (there is: ${support.sources.join(', ')})`,
    )
  }
  return {
    environment,
    follow,
    instance,
    level,
    search,
    services,
    since: since === undefined ? undefined : await parseTime(since, 'since', now),
    sources: source,
    tail: lines ?? (since === undefined && until === undefined ? DEFAULT_LINES : undefined),
    until: until === undefined ? undefined : await parseTime(until, 'until', now),
  }
}

export interface PrintLogs {
  /** Pass the events on as they came. */
  readonly json: boolean
  readonly timestamps: boolean
  readonly onNotice: (text: string) => void
}

/** Until the stream ends; one write for each batch, so that a slow reader slows the sender. @throws PipeClosed */
export async function printLogs(
  batches: AsyncIterable<Uint8Array>,
  { json, onNotice, timestamps }: PrintLogs,
  runtime: Runtime,
): Promise<void> {
  // a stream makes only short-lived garbage: a young generation that stays small saves some 10 MiB and costs no speed
  setFlagsFromString('--semi-space-growth-factor=1')
  const isTerminal = runtime.terminal.stdoutIsTerminal
  const paint = createPaint(layoutOfStdout(runtime))
  const format = json ? undefined : createLogFormatter({ isTerminal, onNotice, paint, timestamps })
  for await (const batch of batches) runtime.write(format?.(batch) ?? batch)
}

function createPaint({ paint }: Layout): ((label: string, level: string) => string) | undefined {
  if (paint.level === 0) return undefined
  return (label, level) => {
    if (level === 'error' || level === 'fatal') return paint.red(label)
    return level === 'warning' ? paint.yellow(label) : paint.cyan(label)
  }
}
