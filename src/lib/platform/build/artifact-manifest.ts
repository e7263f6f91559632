import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { writeDurably } from '../source/durable.ts'

/**
 * What lies beside an artifact's files, and makes the artifact complete: enough to make an image layer of it. The digest
 * is that of the files' canonical manifest (source/manifest.ts).
 */
const artifactManifest = z.object({
  version: z.literal(1),
  id: z.string(),
  project: z.string(),
  application: z.string(),
  /** The source tree that was asked for first; equal subtrees of other trees give the same artifact. */
  tree: z.string(),
  digest: z.string(),
  files: z.number(),
  sizeBytes: z.number(),
  runtime: z.string(),
  path: z.array(z.string()),
  /** Empty directories where volumes are mounted, relative to the root. */
  mountPoints: z.array(z.string()),
  warnings: z.array(z.string()),
  createdAt: z.string(),
})
export type ArtifactManifest = z.infer<typeof artifactManifest>

/** The manifest of a complete artifact; undefined when the directory holds none. */
export function readArtifact(directory: string): ArtifactManifest | undefined {
  try {
    const parsed = z.safeParse(artifactManifest, JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export function writeArtifact(directory: string, manifest: ArtifactManifest): void {
  writeDurably(join(directory, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, 0o644)
}
