import * as z from 'zod/mini'

/*
 * The frames of `aloft.session.v1`: binary WebSocket messages, one channel byte, then the payload. Channels 0 to 4 and
 * 255 are those of Kubernetes' `v5.channel.k8s.io` (k8s.io/apimachinery/pkg/util/remotecommand); 5 carries signals and
 * is ours.
 */

export const SESSION_CHANNEL = { close: 255, resize: 4, signal: 5, status: 3, stderr: 2, stdin: 0, stdout: 1 } as const

export type SessionFrame =
  | { readonly kind: 'stdin' | 'stdout' | 'stderr'; readonly data: Uint8Array }
  | { readonly kind: 'status'; readonly status: SessionStatus }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  /** Name without `SIG`, e.g. `INT`. */
  | { readonly kind: 'signal'; readonly name: string }
  /** That channel carries no more: on stdin the end of input. */
  | { readonly kind: 'close'; readonly channel: number }
  /** A frame that breaks the protocol. */
  | { readonly kind: 'invalid'; readonly reason: string }

/** How a session ended. */
export type SessionStatus =
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** It could not be started, or was lost on the platform's side. */
  | { readonly kind: 'failed'; readonly message: string }

const sizeSchema = z.object({
  Height: z.number().check(z.int(), z.minimum(1), z.maximum(65_535)),
  Width: z.number().check(z.int(), z.minimum(1), z.maximum(65_535)),
})

const statusSchema = z.object({
  details: z.optional(z.object({ causes: z.optional(z.array(z.object({ message: z.string(), reason: z.string() }))) })),
  message: z.optional(z.string()),
  reason: z.optional(z.string()),
  status: z.enum(['Success', 'Failure']),
})

/** The channel byte and the bytes, copied into one message. */
export function encodeData(kind: 'stdin' | 'stdout' | 'stderr', data: Uint8Array): Buffer {
  return frame(SESSION_CHANNEL[kind], data)
}

export function encodeResize(columns: number, rows: number): Buffer {
  return frame(SESSION_CHANNEL.resize, Buffer.from(JSON.stringify({ Width: columns, Height: rows })))
}

/** @param name With or without `SIG`. */
export function encodeSignal(name: string): Buffer {
  return frame(SESSION_CHANNEL.signal, Buffer.from(name.replace(/^SIG/, '')))
}

/** Half-close: nothing more comes on that channel. */
export function encodeClose(kind: 'stdin' | 'stdout' | 'stderr'): Buffer {
  return Buffer.of(SESSION_CHANNEL.close, SESSION_CHANNEL[kind])
}

/** A Kubernetes `Status` object; an exit code other than 0 is its `ExitCode` cause. */
export function encodeStatus(status: SessionStatus): Buffer {
  return frame(SESSION_CHANNEL.status, Buffer.from(JSON.stringify(toKubernetes(status))))
}

/** Never throws: what breaks the protocol is an `invalid` frame. `data` shares memory with the message. */
export function decodeFrame(message: Uint8Array): SessionFrame {
  const channel: number = message[0] ?? -1
  const data = message.subarray(1)
  switch (channel) {
    case SESSION_CHANNEL.stdin:
      return { data, kind: 'stdin' }
    case SESSION_CHANNEL.stdout:
      return { data, kind: 'stdout' }
    case SESSION_CHANNEL.stderr:
      return { data, kind: 'stderr' }
    case SESSION_CHANNEL.status:
      return decodeStatus(data)
    case SESSION_CHANNEL.resize:
      return decodeResize(data)
    case SESSION_CHANNEL.signal:
      return { kind: 'signal', name: Buffer.from(data).toString('latin1') }
    case SESSION_CHANNEL.close:
      return data[0] === undefined
        ? { kind: 'invalid', reason: 'a close frame names no channel' }
        : { channel: data[0], kind: 'close' }
    default:
      return { kind: 'invalid', reason: channel === -1 ? 'an empty frame' : `unknown channel ${channel}` }
  }
}

function frame(channel: number, data: Uint8Array): Buffer {
  const message = Buffer.allocUnsafe(data.byteLength + 1)
  message[0] = channel
  message.set(data, 1)
  return message
}

function toKubernetes(status: SessionStatus): unknown {
  const base = { apiVersion: 'v1', kind: 'Status', metadata: {} }
  if (status.kind === 'failed')
    return { ...base, code: 500, message: status.message, reason: 'InternalError', status: 'Failure' }
  const { exitCode } = status
  if (exitCode === 0) return { ...base, status: 'Success' }
  return {
    ...base,
    details: { causes: [{ message: String(exitCode), reason: 'ExitCode' }] },
    message: `command terminated with non-zero exit code: ${exitCode}`,
    reason: 'NonZeroExitCode',
    status: 'Failure',
  }
}

function decodeStatus(data: Uint8Array): SessionFrame {
  const parsed = statusSchema.safeParse(parseJson(data))
  if (!parsed.success) return { kind: 'invalid', reason: 'a status that is no Kubernetes Status' }
  const { details, message, status } = parsed.data
  if (status === 'Success') return { kind: 'status', status: { exitCode: 0, kind: 'exited' } }
  const exitCode = Number(details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message)
  return {
    kind: 'status',
    status: Number.isInteger(exitCode)
      ? { exitCode, kind: 'exited' }
      : { kind: 'failed', message: message ?? 'the session failed' },
  }
}

function decodeResize(data: Uint8Array): SessionFrame {
  const parsed = sizeSchema.safeParse(parseJson(data))
  if (!parsed.success) return { kind: 'invalid', reason: 'a size must be {"Width":columns,"Height":rows}' }
  return { columns: parsed.data.Width, kind: 'resize', rows: parsed.data.Height }
}

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
