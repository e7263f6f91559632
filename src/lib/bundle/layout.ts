import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { collecting } from '../stream/collect-buffers.ts'
import type { BundleManifest, BundlePart } from './manifest.ts'

/** Name of the first entry. */
export const MANIFEST_NAME = 'manifest.json'
const BLOCK = 512
/** What a tar ends with. */
const END = 2 * BLOCK

type Segment = { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'part'; readonly part: BundlePart }

/** Bytes of a part from `start` to `end`, both inclusive. */
export type OpenPart = (part: BundlePart, range: { readonly start: number; readonly end: number }) => Promise<Readable>

/** A backup as one file whose bytes are known before they are read: the same for the same manifest, each time. */
export interface BundleLayout {
  readonly bytes: number
  /** SHA-256 that names these bytes: of the manifest, which names all the rest. */
  readonly digest: string
  /** Any range, both ends inclusive; parts outside it are not opened. */
  read(range: { readonly start: number; readonly end: number }, open: OpenPart): Readable
}

/** Lays out the bundle of a manifest: an uncompressed POSIX tar (ustar) of `manifest.json` and the parts. */
export async function layOutBundle(manifest: BundleManifest): Promise<BundleLayout> {
  const text = manifestBytes(manifest)
  const segments: Segment[] = await entry(
    manifest,
    { bytes: text.length, name: MANIFEST_NAME },
    { bytes: text, kind: 'bytes' },
  )
  for (const part of manifest.parts) segments.push(...(await entry(manifest, part, { kind: 'part', part })))
  segments.push({ bytes: Buffer.alloc(END), kind: 'bytes' })
  return {
    bytes: segments.reduce((sum, segment) => sum + size(segment), 0),
    digest: createHash('sha256').update(text).digest('hex'),
    read: (range, open) => Readable.from(pieces(segments, range, open), { objectMode: false }),
  }
}

/** How the manifest is written in a bundle and beside the parts: its keys sorted, so that equal ones are equal bytes. */
export function manifestBytes(manifest: BundleManifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, sortKeys, 2)}\n`)
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

async function entry(
  { createdAt }: BundleManifest,
  { bytes, name }: { readonly name: string; readonly bytes: number },
  content: Segment,
): Promise<Segment[]> {
  const padding = Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK)
  return [
    { bytes: await header(name, bytes, new Date(createdAt)), kind: 'bytes' },
    content,
    { bytes: padding, kind: 'bytes' },
  ]
}

async function header(name: string, bytes: number, mtime: Date): Promise<Buffer> {
  const tar = pack()
  tar.entry({ gid: 0, mode: 0o644, mtime, name, size: bytes, type: 'file', uid: 0 })
  for await (const block of tar) if (block instanceof Uint8Array) return Buffer.from(block)
  throw new TypeError('a tar begins with a header')
}

function size(segment: Segment): number {
  return segment.kind === 'bytes' ? segment.bytes.length : segment.part.bytes
}

async function* pieces(
  segments: readonly Segment[],
  { end, start }: { readonly start: number; readonly end: number },
  open: OpenPart,
): AsyncGenerator<Buffer> {
  let at = 0
  for (const segment of segments) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, size(segment) - 1)]
    at += size(segment)
    if (from > to) continue
    if (segment.kind === 'bytes') yield segment.bytes.subarray(from, to + 1)
    else yield* collecting(await open(segment.part, { end: to, start: from }))
  }
}
