import { readFileSync, utimesSync } from 'node:fs'
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

export function manifestFile(directory: string): string {
  return join(directory, 'manifest.json')
}

/** Notes that the artifact is used now. */
export function touchArtifact(directory: string): void {
  const now = new Date()
  utimesSync(manifestFile(directory), now, now)
}

/** The manifest of a complete artifact; undefined when the directory holds none. */
export function readArtifact(directory: string): ArtifactManifest | undefined {
  try {
    const parsed = z.safeParse(artifactManifest, JSON.parse(readFileSync(manifestFile(directory), 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export function writeArtifact(directory: string, manifest: ArtifactManifest): void {
  writeDurably(manifestFile(directory), `${JSON.stringify(manifest, null, 2)}\n`, 0o644)
}
