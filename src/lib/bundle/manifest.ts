import * as z from 'zod/mini'
import { lazily } from '../core/lazily.ts'

/*
 * The portable backup bundle: an uncompressed tar whose first entry is `manifest.json`, followed by the parts in the
 * manifest's order. Each part has its SHA-256 in the manifest, and is compressed with zstd (RFC 8878) where its name says so: all
 * but volumes, which may also be plain tars.
 */

export const BUNDLE_FORMAT = 'aloft-backup'
export const BUNDLE_VERSION = 1

/** What the names of compressed parts end with. */
export const ZSTD_SUFFIX = '.zst'

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const count = z.number().check(z.int(), z.minimum(0))

const partFields = {
  /** As stored. */
  bytes: count,
  /** Once it is decompressed; absent in older bundles. */
  contentBytes: z.optional(count),
  /** Path in the bundle, e.g. `databases/db.sql.zst`, `volumes/uploads.tar.zst`, `volumes/uploads.tar`. */
  name: z
    .string()
    .check(z.regex(/^(?:(?:databases|services|volumes)\/[A-Za-z0-9._%@-]+\.zst|volumes\/[A-Za-z0-9._%@-]+\.tar)$/)),
  /** Of the stored bytes. */
  sha256,
}

/** A database, another service or a volume in a bundle. */
export const bundlePart = lazily(() =>
  z.discriminatedUnion('kind', [
    z.object({
      ...partFields,
      /** As its environment configured it (databases, endpoints): what a copy needs to take the dump in. */
      configuration: z.optional(z.record(z.string(), z.unknown())),
      /** How the dump is read, e.g. `postgresql-sql`, `mariadb-sql`, `redis-rdb`, `rabbitmq-definitions`, `groonga-dump`. */
      dump: z.string(),
      kind: z.enum(['database', 'service']),
      /** Table (with its schema or database) -> rows in the dump; absent where there is nothing to count. */
      rows: z.optional(z.record(z.string(), count)),
      /** Of the server that was dumped, e.g. `15.18`. */
      serverVersion: z.string(),
      service: z.string(),
      /** Of the catalogue, e.g. `postgresql`. */
      type: z.string(),
    }),
    z.object({
      ...partFields,
      /** SHA-256 of the listing: a line `<sha256> <path>\n` per regular file, sorted by the bytes of the path. */
      digest: sha256,
      /** At the top of the tar: one for each source path of the volume, percent-encoded, `_` for the volume itself. */
      directories: z.array(z.string().check(z.refine(isDirectory, 'is no percent-encoded path inside of a volume'))),
      fileBytes: count,
      files: count,
      kind: z.literal('volume'),
      /** Name of the volume; `<name>@<instance>` for a dedicated one. */
      volume: z.string(),
    }),
  ]),
)

export const bundleManifest = lazily(() =>
  z.object({
    consistency: z.enum(['consistent', 'live']),
    createdAt: z.string().check(z.refine(time => !Number.isNaN(Date.parse(time)), 'is no time')),
    /** Names. */
    environment: z.string(),
    format: z.literal(BUNDLE_FORMAT),
    /** Of the backup it was made as. */
    id: z.string(),
    label: z.optional(z.string()),
    parts: z.array(bundlePart()),
    pausedMs: z.optional(z.number()),
    project: z.string(),
    tool: z.string(),
    version: z.literal(BUNDLE_VERSION),
  }),
)

function isDirectory(name: string): boolean {
  try {
    const path = decodeURIComponent(name)
    return encodeURIComponent(path) === name && !path.split('/').some(step => ['', '.', '..'].includes(step))
  } catch {
    return false
  }
}

export type BundleManifest = z.infer<ReturnType<typeof bundleManifest>>
export type BundlePart = z.infer<ReturnType<typeof bundlePart>>
export type ServicePart = Extract<BundlePart, { readonly service: string }>
export type VolumePart = Extract<BundlePart, { readonly kind: 'volume' }>

export function isCompressed({ name }: Pick<BundlePart, 'name'>): boolean {
  return name.endsWith(ZSTD_SUFFIX)
}
