/** The same key starts the same thing only once. */
export const IDEMPOTENCY_HEADER = 'idempotency-key'
/** Names one call in the logs of both sides; the server answers with it, or with its own. */
export const REQUEST_ID_HEADER = 'x-request-id'
