import { join } from 'node:path'
import type { ApplicationFiles, FoundFile as FileOnDisk } from './application-files.ts'
import { decodePath } from './paths.ts'
import { type CompiledLocation, type LocationMatch, matchLocation } from './locations.ts'

/** What the locations make of a path. */
export type Resolution =
  | { readonly kind: 'file'; readonly file: FileOnDisk; readonly location: LocationMatch }
  /** A directory asked for without its final `/`. */
  | { readonly kind: 'directory' }
  /** To the application: `path` replaces the one asked for, `script` is the PHP file that answers. */
  | { readonly kind: 'pass'; readonly path?: string; readonly script?: Script }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 404 }

/** Files and directories relative to the application's root. */
export interface Script {
  readonly file: string
  /** Path of the script in URLs, e.g. `/index.php`. */
  readonly name: string
  readonly pathInfo: string
  readonly documentRoot: string
}

export interface StaticSource {
  /** Absent: nothing is served from disk. */
  readonly files: ApplicationFiles | undefined
  readonly locations: readonly CompiledLocation[]
  readonly protocol: 'http' | 'fastcgi'
}

/** A passthru may lead to a path that has a passthru of its own. */
const MAX_REWRITES = 5

/** Where `web.locations` leads a path (docs.platform.sh, "Web locations"). Without locations all goes to the application. */
export async function resolvePath(source: StaticSource, rawPath: string): Promise<Resolution> {
  if (source.locations.length === 0) return { kind: 'pass' }
  let path = decodePath(rawPath)
  if (path === undefined) return { kind: 'refused', status: 400 }
  for (let rewrites = 0; rewrites < MAX_REWRITES; rewrites++) {
    const location = matchLocation(source.locations, path)
    if (!location) return { kind: 'refused', status: 404 }
    const found = await lookUp(source, location, path)
    if (found) return found
    const next = passOn(location, { path, rewritten: rewrites > 0 })
    if (next.kind !== 'rewrite') return next
    if (next.path === path) return { kind: 'pass', path }
    path = next.path
  }
  return { kind: 'refused', status: 404 }
}

type PassOn = Resolution | { readonly kind: 'rewrite'; readonly path: string }

function passOn({ captures, passthru }: LocationMatch, at: { path: string; rewritten: boolean }): PassOn {
  if (passthru === false) return { kind: 'refused', status: 404 }
  if (passthru === true) return at.rewritten ? { kind: 'pass', path: at.path } : { kind: 'pass' }
  const target = passthru.replaceAll(/\$(\w+)/g, (whole, name: string) => captures[name] ?? whole)
  return { kind: 'rewrite', path: target.startsWith('/') ? target : `/${target}` }
}

async function lookUp(source: StaticSource, location: LocationMatch, path: string): Promise<Resolution | undefined> {
  const { root } = location
  if (source.files === undefined || root === undefined) return undefined
  if (hasHiddenSegment(path)) return { kind: 'refused', status: 403 }
  const script = await findScript(source, { location, path, root })
  if (script) return script
  const found = await findFile(source.files, root, location)
  if (!found || found === 'directory') return found && { kind: 'directory' }
  if (found.name.toLowerCase().endsWith('.php')) return scriptFile(source, location, { ...found, path, root })
  // as nginx has it, an index file counts as asked for by its own name
  const named =
    found.index === undefined ? location : (matchLocation(source.locations, join(path, found.index)) ?? location)
  return named.allow ? { file: found.file, kind: 'file', location: named } : { kind: 'refused', status: 403 }
}

interface FoundFile {
  readonly file: FileOnDisk
  /** Relative to the application's root. */
  readonly name: string
  /** The name from `index` that was added to the path. */
  readonly index?: string
}

async function findFile(
  files: ApplicationFiles,
  root: string,
  { index, suffix }: LocationMatch,
): Promise<FoundFile | 'directory' | undefined> {
  const wanted = join(root, suffix)
  const kind = await files.kindOf(wanted)
  if (kind === 'file' && !suffix.endsWith('/')) {
    const file = await files.find(wanted)
    return file === undefined ? undefined : { file, name: wanted }
  }
  if (kind !== 'directory') return undefined
  for (const name of index) {
    const candidate = join(wanted, name)
    const file = (await files.kindOf(candidate)) === 'file' ? await files.find(candidate) : undefined
    if (file !== undefined)
      return suffix !== '' && !suffix.endsWith('/') ? 'directory' : { file, index: name, name: candidate }
  }
  return undefined
}

/** A PHP file is run or refused: its source is never sent. */
function scriptFile(
  source: StaticSource,
  location: LocationMatch,
  { index, name: file, path, root }: FoundFile & { path: string; root: string },
): Resolution {
  if (!location.scripts) return { kind: 'refused', status: 403 }
  if (source.protocol === 'http')
    return location.passthru === false ? { kind: 'refused', status: 403 } : { kind: 'pass' }
  const name = index === undefined ? path : join(path, index)
  return { kind: 'pass', script: { documentRoot: root, file, name, pathInfo: '' } }
}

/** `/index.php/some/path`: the script with what follows as PATH_INFO (RFC 3875, 4.1.5). */
async function findScript(
  source: StaticSource,
  { location, path, root }: { location: LocationMatch; path: string; root: string },
): Promise<Resolution | undefined> {
  const match = /^(.*?\.php)(\/.*)$/i.exec(location.suffix)
  if (source.protocol !== 'fastcgi' || !match || source.files === undefined) return undefined
  const [, scriptSuffix = '', pathInfo = ''] = match
  const wanted = join(root, scriptSuffix)
  if ((await source.files.kindOf(wanted)) !== 'file' || !(await source.files.find(wanted))) return undefined
  if (!location.scripts) return { kind: 'refused', status: 403 }
  const name = path.slice(0, path.length - pathInfo.length)
  return { kind: 'pass', script: { documentRoot: root, file: wanted, name, pathInfo } }
}

/** Files like `.env` are never served; `.well-known` is meant to be (RFC 8615). */
function hasHiddenSegment(path: string): boolean {
  return path.split('/').some(segment => segment.startsWith('.') && segment !== '.well-known')
}
