import { Transform, type Readable, type Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { type Clock, systemClock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import type { Engine, JobSpec, JobStreams } from '../engine/port.ts'
import { type JobReport, runToEnd } from '../engine/run-to-end.ts'
import type { Kits } from './kits.ts'
import { requireClient } from './missing-tool.ts'
import type { RowCounter, ServiceCommand, ServiceData, ServiceOperations, ServiceTarget } from './port.ts'

/** Longer than any dump; whoever asked for it ends it earlier. */
const TIMEOUT_MS = 24 * 3_600_000
const GRACE_MS = 5_000
/** Of what the tool printed last, so much is in the message. */
const SHOWN_LINES = 4
/** As the scripts of kits begin what does not stop them. */
const WARNING = 'warning: '

export interface ServiceOperationsOptions {
  readonly engine: Engine
  readonly kits: Kits
  readonly clock?: Clock | undefined
}

type Verb = 'dump' | 'restore'

/** Dumps, restores and counts as jobs beside the running service, their bytes streaming through this process. */
export function createServiceOperations(options: ServiceOperationsOptions): ServiceOperations {
  return new Operations(options)
}

class Operations implements ServiceOperations {
  readonly #engine: Engine
  readonly #kits: Kits
  readonly #clock: Clock

  constructor({ clock = systemClock, engine, kits }: ServiceOperationsOptions) {
    this.#clock = clock
    this.#engine = engine
    this.#kits = kits
  }

  async dump(target: ServiceTarget, sink: Writable, signal: AbortSignal): ReturnType<ServiceOperations['dump']> {
    const data = dataOf(target, 'dump')
    requireClient(target)
    const counter = data.counter?.()
    const tap = counting(counter)
    // not ended with the last byte: it is a dump once the tool has ended well
    const flowing = pipeline(tap, sink, { end: false })
    try {
      const running = this.#run(target, data.dumpCommand(target.place), { signal, stdout: tap, verb: 'dump' })
      await Promise.all([running, flowing])
      sink.end()
      await finished(sink)
    } catch (error) {
      tap.destroy()
      sink.destroy(error instanceof Error ? error : undefined)
      await flowing.catch(() => undefined)
      throw error
    }
    return { rows: counter?.result() }
  }

  async restore(...[target, source, signal, onWarning]: Parameters<ServiceOperations['restore']>): Promise<void> {
    const data = dataOf(target, 'restore')
    requireClient(target)
    try {
      await this.#run(target, data.restoreCommand(target.place), { onWarning, signal, stdin: source, verb: 'restore' })
    } finally {
      source.destroy()
    }
  }

  async count(target: ServiceTarget, signal: AbortSignal): Promise<Record<string, number> | undefined> {
    const command = target.type.data?.countCommand?.(target.place)
    if (!command) return undefined
    const rows = new Map<string, number>()
    const onRow = (text: string): void => {
      const tab = text.lastIndexOf('\t')
      if (tab > 0) rows.set(text.slice(0, tab), Number(text.slice(tab + 1)))
    }
    await this.#run(target, command, { onRow, signal, verb: 'dump' })
    return Object.fromEntries(rows)
  }

  /** @throws failed.dump, failed.restore, failed.cancelled */
  async #run(target: ServiceTarget, command: ServiceCommand, run: Run): Promise<void> {
    const { onRow, onWarning, signal, stdin, stdout, verb } = run
    if (signal.aborted) throw cancelled(target, verb)
    const job = await this.#job(target, command, run)
    const streams: JobStreams = { stdin, stdout }
    const printed: string[] = []
    const report = await runToEnd(this.#engine, job, {
      onLine({ stream, text }) {
        if (stream === 'stdout') onRow?.(text)
        else if (text.startsWith(WARNING)) onWarning?.(text.slice(WARNING.length))
        else printed.push(text)
        if (printed.length > SHOWN_LINES) printed.shift()
      },
      signal,
      streams,
    }).catch((error: unknown) => {
      if (signal.aborted) throw cancelled(target, verb)
      throw failure(target, { cause: error, description: 'lost its stream', printed, verb })
    })
    if (signal.aborted) throw cancelled(target, verb)
    if (!isGood(report)) throw failure(target, { description: report.description, printed, verb })
  }

  async #job(
    { environment, place, type }: ServiceTarget,
    { command, variables }: ServiceCommand,
    { signal, stdin, stdout, verb }: Run,
  ): Promise<JobSpec> {
    return {
      environment,
      graceMs: GRACE_MS,
      id: createId('job', this.#clock.now()),
      launch: {
        artifact: await this.#kits.make(type, place.installed, { signal }),
        command,
        directory: '.',
        mounts: [{ path: 'data', source: 'shared', sourcePath: '', volume: place.name }],
        network: place.isCutOff ? 'none' : undefined,
        path: place.installed.path,
        variables,
      },
      log: { service: place.name, source: verb },
      streams: { stdin: stdin !== undefined, stdout: stdout !== undefined },
      timeoutMs: TIMEOUT_MS,
    }
  }
}

interface Run {
  readonly verb: Verb
  readonly signal: AbortSignal
  readonly stdin?: Readable | undefined
  readonly stdout?: Writable | undefined
  readonly onRow?: ((line: string) => void) | undefined
  readonly onWarning?: ((warning: string) => void) | undefined
}

/** Passes bytes on and lets the counter see them. */
function counting(counter: RowCounter | undefined): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      counter?.write(chunk)
      done(null, chunk)
    },
  })
}

function isGood({ result }: JobReport): boolean {
  return result.kind === 'exited' && result.exitCode === 0
}

function dataOf({ place, type }: ServiceTarget, verb: Verb): ServiceData {
  if (type.data) return type.data
  throw new AppError(
    `failed.${verb}`,
    `${place.name} (${type.title}) has nothing to ${verb}: ${type.backup.description}`,
    {
      details: { service: place.name },
      suggestions: ['leave this service out'],
    },
  )
}

interface Failure {
  readonly verb: Verb
  readonly description: string
  /** The last lines of the tool. */
  readonly printed: readonly string[]
  readonly cause?: unknown
}

function failure({ place, type }: ServiceTarget, { cause, description, printed, verb }: Failure): AppError {
  const lastLines = printed.map(line => line.replaceAll(place.credentials.password, '[secret]'))
  const said = lastLines.length > 0 ? `: ${lastLines.join('\n')}` : ''
  return new AppError(`failed.${verb}`, `the ${verb} of ${place.name} (${type.title}) ${description}${said}`, {
    cause,
    details: { lastLines, service: place.name },
    suggestions: [`see what the service itself printed: \`aloft logs --service ${place.name}\``],
  })
}

function cancelled({ place }: ServiceTarget, verb: Verb): AppError {
  return new AppError('failed.cancelled', `the ${verb} of ${place.name} was cancelled`, {
    details: { service: place.name },
    suggestions: ['repeat it'],
  })
}
