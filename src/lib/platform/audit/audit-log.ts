import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import * as z from 'zod/mini'
import type { Clock } from '../../core/clock.ts'
import type { AuditEntry, AuditVerification } from '../../protocol/audit.ts'
import type { SettingStore } from '../store/port.ts'
import type { Secrets } from '../../secrets/seal.ts'
import { BEGINNING, type Link, toLine } from './chain.ts'
import { ofCaller } from './of-caller.ts'
import { listSegments, type Segment, segmentOf } from './segments.ts'
import { parseEntry, verifyChain } from './verify.ts'

const SEGMENT_BYTES = 8 * 1024 * 1024
const KEPT_SEGMENTS = 20
/** The newest entry that must be there, and what the oldest one kept is tied to: they stand in the database. */
const HEAD = 'audit.head'
const START = 'audit.start'

const linkSchema = z.object({ hash: z.string(), sequence: z.number() })

export type AuditedCall = Omit<AuditEntry, 'at' | 'lost' | 'sequence'>

export interface AuditFilter {
  readonly limit: number
  /** ISO 8601. */
  readonly since?: string | undefined
  readonly token?: string | undefined
}

export interface AuditLogOptions {
  readonly directory: string
  readonly settings: SettingStore
  readonly secrets: Secrets
  readonly clock: Clock
  /** A call that could not be written down, e.g. on a full disk. */
  readonly onError: (error: unknown) => void
  readonly segmentBytes?: number
}

/** A record of all calls in files of JSON lines, each tied to the one before it (chain.ts). */
export class AuditLog {
  readonly #options: AuditLogOptions
  #head: Link
  #segment: Segment
  /** Undefined once closed: its number may be another file's by then. */
  #descriptor: number | undefined
  #size: number
  #lost = 0

  /** Goes on after what is there; half a line that a crash left behind is cut off. */
  constructor(options: AuditLogOptions) {
    this.#options = options
    const { directory } = options
    this.#segment = listSegments(directory).at(-1) ?? segmentOf(directory, 1)
    this.#descriptor = openSync(this.#segment.path, 'a+', 0o600)
    const text = readFileSync(this.#segment.path, 'utf8')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    this.#size = Buffer.byteLength(whole)
    if (whole.length < text.length) ftruncateSync(this.#descriptor, this.#size)
    this.#head = newest(lastLink(whole), this.#stored(HEAD))
  }

  /** Is with the system when this returns. A failure is told to `onError`, and the next entry says how many were lost. */
  append(call: AuditedCall): void {
    const at = new Date(this.#options.clock.now()).toISOString()
    const sequence = this.#head.sequence + 1
    const entry: AuditEntry = {
      sequence,
      at,
      ...call,
      ...ofCaller(call),
      ...(this.#lost > 0 ? { lost: this.#lost } : {}),
    }
    try {
      if (this.#size >= (this.#options.segmentBytes ?? SEGMENT_BYTES)) this.#rotate()
      const { hash, line } = toLine(entry, this.#head, this.#options.secrets)
      this.#write(Buffer.from(line))
      this.#head = { hash, sequence }
      this.#lost = 0
    } catch (error) {
      this.#lost += 1
      this.#options.onError(error)
      return
    }
    // reads are many and change nothing: what they add is noted with the next change, or at the end
    if (!call.call.startsWith('GET ')) this.#noteHead()
  }

  /** Newest first. */
  list({ limit, since, token }: AuditFilter): AuditEntry[] {
    const found: AuditEntry[] = []
    for (const { path } of listSegments(this.#options.directory).toReversed()) {
      for (const line of readFileSync(path, 'utf8').split('\n').toReversed()) {
        const entry = line === '' ? undefined : parseEntry(line)
        if (!entry) continue
        if (since !== undefined && entry.at < since) return found
        if (token === undefined || entry.token === token) found.push(entry)
        if (found.length === limit) return found
      }
    }
    return found
  }

  verify(): Promise<AuditVerification> {
    const { directory, secrets } = this.#options
    const start = this.#stored(START) ?? BEGINNING
    return verifyChain({ head: this.#head, secrets, segments: listSegments(directory), start })
  }

  close(): void {
    this.#options.settings.set(HEAD, this.#head)
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  /** The entry is written already: when this fails it is not lost. */
  #noteHead(): void {
    try {
      this.#options.settings.set(HEAD, this.#head)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  /** A line that a full disk took in part is taken back. */
  #write(bytes: Uint8Array): void {
    const descriptor = this.#descriptor
    if (descriptor === undefined) throw new Error('the record of calls is closed')
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(descriptor, bytes, written)
    } catch (error) {
      ftruncateSync(descriptor, this.#size)
      throw error
    }
    this.#size += bytes.length
  }

  /** The file before stays open until there is a new one: a failure is tried again with the next call. */
  #rotate(): void {
    if (this.#descriptor === undefined) return
    const { directory, settings } = this.#options
    const segment = segmentOf(directory, this.#head.sequence + 1)
    const descriptor = openSync(segment.path, 'a+', 0o600)
    closeSync(this.#descriptor)
    this.#segment = segment
    this.#descriptor = descriptor
    this.#size = 0
    const segments = listSegments(directory)
    for (const [index, old] of segments.slice(0, -KEPT_SEGMENTS).entries()) {
      const start = lastLink(readFileSync(old.path, 'utf8'))
      if (start && segments[index + 1]?.first === start.sequence + 1) settings.set(START, start)
      rmSync(old.path)
    }
  }

  #stored(name: string): Link | undefined {
    const parsed = z.safeParse(linkSchema, this.#options.settings.get(name))
    return parsed.success ? parsed.data : undefined
  }
}

/** The entry that the last line is; its text must end with a newline. */
function lastLink(text: string): Link | undefined {
  const line = text.slice(text.lastIndexOf('\n', text.length - 2) + 1).trimEnd()
  const hash = /"hash":"([0-9a-f]{64})"\}$/.exec(line)?.[1]
  const entry = hash === undefined ? undefined : parseEntry(line)
  return entry && hash !== undefined ? { hash, sequence: entry.sequence } : undefined
}

/** Files that end before what must be there were cut: the chain goes on after what is missing, so that it shows. */
function newest(written: Link | undefined, known: Link | undefined): Link {
  const candidates = [written ?? BEGINNING, known ?? BEGINNING]
  return candidates.reduce((a, b) => (b.sequence > a.sequence ? b : a))
}
