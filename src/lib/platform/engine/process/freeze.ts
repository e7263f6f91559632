import { AppError } from '../../../core/errors.ts'
import * as z from 'zod/mini'
import type { FreezeOptions, Frozen } from '../port.ts'
import { streamKeeper } from './keeper-client.ts'
import type { KeeperLink } from './keeper-link.ts'
import { frozenSchema } from './messages.ts'

/** Freezes through this keeper, for as long as a connection to it is open. @throws unavailable.timeout, unavailable.keeper */
export async function freezeThrough(link: KeeperLink, body: FreezeOptions): Promise<Frozen> {
  await link.connect()
  const connection = new AbortController()
  const { signal } = connection
  const lines = await streamKeeper(link.socket, { body, method: 'POST', path: '/freezes', signal })
  const first = await lines.next()
  if (first.done) throw new AppError('unavailable.timeout', 'not all could be stopped in the time given')
  const { id } = frozenSchema.parse(JSON.parse(first.value))
  const lost = new AbortController()
  const ended = lines.next().catch(() => undefined)
  void ended.then(() => signal.aborted || lost.abort())
  return {
    lost: lost.signal,
    async thaw() {
      if (signal.aborted || lost.signal.aborted) return
      const call = { method: 'DELETE', path: `/freezes/${id}` } as const
      const answer = link.call(call, z.unknown())
      connection.abort()
      await answer
    },
  }
}
