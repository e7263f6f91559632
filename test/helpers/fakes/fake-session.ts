import { PassThrough, Writable } from 'node:stream'
import type { OpenSession, Session } from '../../../src/lib/providers/port.ts'

export interface FakeRemote {
  readonly opened: OpenSession[]
  readonly signals: string[]
}

/** A remote `cat` that copies its input to its output and, at its end, exits with `exitCode` (`"fail"`: is cut). */
export function openFakeSession(request: OpenSession, remote: FakeRemote, exitCode: number | 'fail'): Session {
  remote.opened.push(request)
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const { promise: exit, reject, resolve } = Promise.withResolvers<{ exitCode: number }>()
  exit.catch(() => {})
  const end = (): void => {
    stderr.end('remote says bye\n')
    stdout.end()
    if (exitCode === 'fail') reject(Object.assign(new Error('cut'), { code: 'session.failed', suggestions: [] }))
    else resolve({ exitCode })
  }
  const stdin = new Writable({
    final: done => {
      end()
      done()
    },
    write: (chunk, _encoding, done) => {
      if (stdout.write(chunk)) done()
      else stdout.once('drain', done)
    },
  })
  return {
    close: () => {},
    exit,
    resize: () => {},
    signal: name => {
      remote.signals.push(name)
      resolve({ exitCode: 130 })
      stdout.end()
      stderr.end()
    },
    stderr,
    stdin,
    stdout,
  }
}
