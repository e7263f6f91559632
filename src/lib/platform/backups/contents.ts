import { type BundleManifest, type BundlePart, isCompressed } from '../../bundle/manifest.ts'
import type { Backup, BackupContent } from '../../core/model.ts'

/** What a record says of its manifest. */
export function contentsOf({ parts }: Pick<BundleManifest, 'parts'>): Pick<Backup, 'contents' | 'sizeBytes'> {
  return { contents: parts.map(toContent), sizeBytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** What the list of backups says of a part. */
function toContent(part: BundlePart): BackupContent {
  const { bytes, kind } = part
  if (kind === 'volume') return { bytes, files: part.files, kind, name: part.volume }
  const rows = part.rows && Object.values(part.rows).reduce((sum, count) => sum + count, 0)
  return { bytes, kind, name: part.service, rows, type: `${part.type} ${part.serverVersion}` }
}

/** A line of the log. */
export function describePart(part: BundlePart, how: 'copied' | 'unchanged'): string {
  const { bytes, files, kind, name, rows } = toContent(part)
  const what = files === undefined ? (rows === undefined ? kind : counted(rows, 'row')) : counted(files, 'file')
  const size = `${bytes} bytes${isCompressed(part) ? ' compressed' : ', of which only what is new is stored'}`
  return how === 'copied' ? `${name}: ${what}, ${size}` : `${name}: ${what}, unchanged since an earlier backup`
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
