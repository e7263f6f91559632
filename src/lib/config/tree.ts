import { posix } from 'node:path'
import type { Findings } from './findings.ts'
import type { ProjectFiles } from './project-files.ts'

/** A project file is read as a whole; none that people write is near this. */
const MAX_BYTES = 1_048_576

/** The listing of a project, taken once, with what the readers ask of it. */
export interface Tree {
  readonly paths: ReadonlySet<string>
  has(path: string): boolean
  /** Paths directly in a directory, as names. */
  names(directory: string): readonly string[]
  bytes(path: string): Promise<Uint8Array | undefined>
  /** UTF-8 text without byte order mark; undefined when there is no such file or it is no text of a sane size. */
  text(path: string, findings?: Findings): Promise<string | undefined>
}

export async function openTree(files: ProjectFiles): Promise<Tree> {
  const paths = new Set<string>()
  for await (const path of files.list()) paths.add(path)
  return {
    bytes: path => files.read(path),
    has: path => paths.has(path),
    names: directory => [...paths].filter(path => posix.dirname(path) === directory).map(path => posix.basename(path)),
    paths,
    text: async (path, findings) => decode(path, paths.has(path) ? await files.read(path) : undefined, findings),
  }
}

function decode(path: string, bytes: Uint8Array | undefined, findings: Findings | undefined): string | undefined {
  if (!bytes) return undefined
  const refuse = (message: string): undefined => {
    findings?.problems.push({ column: 1, file: path, line: 1, message, path: '' })
    return undefined
  }
  if (bytes.byteLength > MAX_BYTES) return refuse(`is larger than ${MAX_BYTES} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse('is not UTF-8 text')
  }
}

/** `name` in `directory`, normalised; `.` is the root. */
export function inDirectory(directory: string, name: string): string {
  return posix.normalize(directory === '.' ? name : `${directory}/${name}`)
}

/** A relative path normalised without slashes at its ends (`.` for the root); undefined when it leaves the root. */
export function insidePath(path: string): string | undefined {
  const normal = posix.normalize(path.replace(/^\/+/, '')).replace(/\/+$/, '')
  if (normal === '..' || normal.startsWith('../') || normal.includes('\0')) return undefined
  return normal === '' ? '.' : normal
}
