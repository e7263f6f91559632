import type { AuditEntry } from '../../protocol/audit.ts'

const CALL_LENGTH = 512
const REQUEST_LENGTH = 100
/** As `createToken` makes them: one that is given in the place of its name. */
const TOKEN = /alft_[\w-]{16,}/g

/** What a caller chose, without tokens, and cut: few long requests must not push out what others did. */
type OfCaller = Pick<AuditEntry, 'call' | 'request'>

export function ofCaller({ call, request }: OfCaller): OfCaller {
  return { call: call.replaceAll(TOKEN, '[token]').slice(0, CALL_LENGTH), request: request.slice(0, REQUEST_LENGTH) }
}
