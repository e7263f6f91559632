import { type Dirent, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ignore, { type Ignore } from 'ignore'

/*
 * What is not part of a source. In order of precedence: the ignore files of the deepest directory first (patterns as in
 * gitignore(5), case-sensitive), then those of the directories above it, then what is never wanted:
 *
 * - version control (.git, .svn, .hg, .bzr, .jj, CVS), .DS_Store, Thumbs.db, swap and lock files of editors, and .aloft;
 * - node_modules beside a package.json, because the build installs it. `!node_modules` in an ignore file takes it in.
 */

/** In one directory later files win over earlier ones. `.slugignore` (Heroku) counts in the root alone. */
const IGNORE_FILES = ['.gitignore', '.lcpignore', '.slugignore', '.aloftignore'] as const

const NEVER_WANTED = /^(?:\.git|\.svn|\.hg|\.bzr|\.jj|CVS|\.DS_Store|Thumbs\.db|\.aloft|\..*\.sw[a-p]|\.#.*|.*~)$/

/** Names that say something about the directory they are in. */
const TELLING: ReadonlySet<string> = new Set([...IGNORE_FILES, 'package.json'])

/** The rules that hold in one directory. */
export interface DirectoryRules {
  /** Path of the directory with a trailing `/`; empty for the root. */
  readonly prefix: string
  readonly rules?: OwnRules | undefined
  readonly hasPackageJson: boolean
  readonly parent?: DirectoryRules | undefined
}

interface OwnRules {
  readonly ignore: Ignore
  /** No pattern has a slash but at its end: the name decides, at any depth, and matching is much faster. */
  readonly byName: boolean
}

/** The rules of a directory: its own ignore files upon those of its parent. */
export function enterDirectory(
  root: string,
  prefix: string,
  { found, parent }: { readonly found: readonly Dirent[]; readonly parent: DirectoryRules | undefined },
): DirectoryRules {
  const telling = found.filter(entry => TELLING.has(entry.name) && entry.isFile()).map(({ name }) => name)
  if (telling.length === 0 && parent && !parent.hasPackageJson) return parent
  const files = IGNORE_FILES.filter(name => telling.includes(name) && (name !== '.slugignore' || prefix === ''))
  const rules = files.length > 0 ? readRules(files.map(name => join(root, prefix, name))) : undefined
  return { hasPackageJson: telling.includes('package.json'), parent, prefix, rules }
}

function readRules(files: readonly string[]): OwnRules {
  const lines = files.flatMap(file =>
    readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/),
  )
  const patterns = lines.filter(line => line.trim() !== '' && !line.startsWith('#'))
  return {
    byName: patterns.every(pattern => !pattern.trimEnd().slice(0, -1).includes('/') && pattern !== '/'),
    ignore: ignore({ allowRelativePaths: true, ignorecase: false }).add(patterns),
  }
}

/** True when an entry of the directory is not part of the source. */
export function isIgnored(directory: DirectoryRules, path: string, isDirectory: boolean): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  for (let level: DirectoryRules | undefined = directory; level; level = level.parent) {
    if (!level.rules) continue
    const below = level.rules.byName ? name : path.slice(level.prefix.length)
    const { ignored, unignored } = level.rules.ignore.test(isDirectory ? `${below}/` : below)
    if (ignored) return true
    if (unignored) return false
  }
  return NEVER_WANTED.test(name) || (isDirectory && name === 'node_modules' && directory.hasPackageJson)
}
