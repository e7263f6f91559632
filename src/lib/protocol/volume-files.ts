import * as z from 'zod/mini'

/*
 * Files of volumes. They are streamed, so they have no schema of their own.
 *
 *   GET  …/volumes/:volume/files    a line of JSON for each file (`fileLine`), at last one with how many there were
 *   POST …/volumes/:volume/read     paths, each ended by NUL -> a tar of these files
 *   POST …/volumes/:volume/write    a tar, whose files replace those of the same paths
 *   POST …/volumes/:volume/remove   paths, each ended by NUL; absent ones are fine
 *
 * Paths are relative to the volume. Where a volume is mounted by several of its directories, the name of each comes first,
 * percent-encoded.
 */

const volume = '/v1/projects/:project/environments/:environment/volumes/:volume'
export const volumeFilePaths = {
  files: `${volume}/files`,
  read: `${volume}/read`,
  remove: `${volume}/remove`,
  write: `${volume}/write`,
} as const

const file = z.object({ path: z.string(), sha256: z.string(), size: z.number() })
export type VolumeFile = z.infer<typeof file>

export const fileLine = z.union([
  file,
  /** Something that is no regular file. */
  z.object({ other: z.string() }),
  z.object({ end: z.literal(true) }),
])
