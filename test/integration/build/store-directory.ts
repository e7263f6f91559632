import type { SourceStore } from '../../../src/lib/platform/source/source-store.ts'
import { blobStream } from '../../../src/lib/source/blob-stream.ts'
import { scanTree } from '../../../src/lib/source/scan-tree.ts'
import type { ScannedFile } from '../../../src/lib/source/stat-cache.ts'

/** Puts a directory into a store without a server in between; resolves with the tree's digest. */
export async function storeDirectory(directory: string, store: SourceStore): Promise<string> {
  const { digest, entries, manifest } = await scanTree(directory)
  const files = entries.filter((entry): entry is ScannedFile => entry.kind === 'file')
  await store.receiveBlobs(blobStream(directory, files, { onBlob: () => {} }))
  await store.putTree(digest, Buffer.from(manifest))
  return digest
}
