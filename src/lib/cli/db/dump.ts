import { open, rename, rm } from 'node:fs/promises'
import { PassThrough, type Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { diskError } from '../../core/disk-errors.ts'
import { AppError, toErrorDocument } from '../../core/errors.ts'
import type { Session } from '../../providers/port.ts'
import type { Terminal } from '../terminal.ts'

const LAST_LINES = 10

export interface Dump {
  /** Of the program that dumps. */
  readonly session: Session
  readonly compression: 'gzip' | 'zstd' | undefined
  readonly signal: AbortSignal
}

/** Bytes are for a program or a file. @throws usage.flag */
export function refuseStdout({ stdoutIsTerminal }: Terminal, isDocument: boolean): void {
  if (!stdoutIsTerminal && !isDocument) return
  const reason = isDocument ? '--json writes its document there' : 'it is a terminal'
  throw new AppError('usage.flag', `the dump cannot go to stdout: ${reason}`, { suggestions: ['--out FILE'] })
}

/** @throws failed.dump, interrupted.signal */
export async function dumpToStdout(dump: Dump, write: (chunk: Uint8Array) => void): Promise<void> {
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        write(chunk)
        done()
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  })
  await flow(dump, sink)
}

/**
 * Its bytes. The file is there once all of it is on disk; until then it has another name.
 * @throws failed.dump, failed.disk-full, interrupted.signal, usage.flag when it cannot be made
 */
export async function dumpToFile(dump: Dump, file: string): Promise<number> {
  const temporary = `${file}.${process.pid}.part`
  try {
    const handle = await open(temporary, 'w', 0o600).catch((cause: unknown) => {
      throw new AppError('usage.flag', `${file} cannot be written: ${toErrorDocument(cause).message}`, { cause })
    })
    // flushes to disk before it closes
    const sink = handle.createWriteStream({ flush: true })
    await flow(dump, sink)
    await rename(temporary, file)
    return sink.bytesWritten
  } catch (error) {
    throw diskError(error, file)
  } finally {
    await rm(temporary, { force: true })
    dump.session.close()
  }
}

/** The verdict is the exit code: bytes alone prove nothing. */
async function flow({ compression, session, signal }: Dump, sink: Writable): Promise<void> {
  const said: string[] = []
  session.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(...text.split('\n').filter(line => line !== ''))
    said.splice(0, said.length - LAST_LINES)
  })
  session.stdin.end()
  try {
    await pipeline(session.stdout, compressor(compression), sink, { signal })
    const { exitCode } = await session.exit
    if (exitCode === 0) return
    throw new AppError('failed.dump', [`the dump exited with code ${exitCode}`, ...said].join('; '), {
      details: { exitCode, lastLines: said },
    })
  } finally {
    session.close()
  }
}

/** Level 1 of zstd is smaller than gzip's default and as fast as the dump comes. */
function compressor(compression: Dump['compression']): Transform {
  if (compression === 'gzip') return createGzip()
  if (compression === 'zstd') return createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } })
  return new PassThrough()
}
