import * as z from 'zod/mini'

/*
 * Source intake. A client that has a tree asks for it by digest, sends the manifest (or its difference to one that the
 * platform has), is told which contents are missing, sends those in one stream, and sends the manifest again: once
 * nothing is missing the tree is stored. What was sent stays, so that a cut intake is taken up by doing it again.
 *
 *   POST /v1/projects/:project/trees/:digest   {base?}            -> {known: true} or {known: false, base}
 *   PUT  /v1/projects/:project/trees/:digest   manifest or delta  -> {missing: [sha256, …]}; empty: stored
 *   POST /v1/projects/:project/blobs           framed contents    -> {received}
 *
 * A PUT whose base is not known is answered with `not-found.source`: the client sends the whole manifest.
 */

/** Hashes named in one answer at most; the next PUT names more. */
export const MAX_MISSING = 20_000

/** Bytes of a manifest or of a difference. */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024

const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/))

export const treeQuestion = z.object({ base: z.optional(digest) })
export type TreeQuestion = z.infer<typeof treeQuestion>

export const treeAnswer = z.discriminatedUnion('known', [
  z.object({ known: z.literal(true) }),
  z.object({ base: z.boolean(), known: z.literal(false) }),
])
export type TreeAnswer = z.infer<typeof treeAnswer>

export const missingAnswer = z.object({ missing: z.array(digest).check(z.maxLength(MAX_MISSING)) })
export type MissingAnswer = z.infer<typeof missingAnswer>

export const blobsAnswer = z.object({ received: z.number() })
export type BlobsAnswer = z.infer<typeof blobsAnswer>
