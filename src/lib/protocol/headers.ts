/** The same key starts the same thing only once. */
export const IDEMPOTENCY_HEADER = 'idempotency-key'
/** The protocol's version, in each answer. */
export const PROTOCOL_HEADER = 'x-aloft-protocol'
/** Names one call in the logs of both sides; the server answers with it, or with its own. */
export const REQUEST_ID_HEADER = 'x-request-id'
