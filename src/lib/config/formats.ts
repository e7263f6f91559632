import { readLiferay } from './liferay/read-liferay.ts'
import { readMagento, readPlatformsh } from './platformsh/read-platformsh.ts'
import { readAloft, readUpsun } from './platformsh/read-upsun.ts'
import type { ReaderContext, ReaderResult } from './reader.ts'
import type { Tree } from './tree.ts'

/** A family of project files. */
export interface Format {
  readonly title: string
  /** Its main files in the tree; none when the project is not of this format. */
  find(tree: Tree): readonly string[]
  /** Files that are read as well when they are there. */
  readonly also: readonly string[]
  read(context: ReaderContext): Promise<ReaderResult>
}

/** The first one that is there wins. */
export const FORMATS: readonly Format[] = [
  {
    also: [],
    find: tree => ['aloft.yaml'].filter(path => tree.has(path)),
    read: readAloft,
    title: 'aloft.yaml',
  },
  {
    also: [],
    find: tree => matching(tree, /^\.upsun\/[^/]+\.ya?ml$/),
    read: readUpsun,
    title: '.upsun/*.yaml',
  },
  {
    also: ['.magento/routes.yaml', '.magento/services.yaml'],
    find: tree => matching(tree, /(^|\/)\.magento\.app\.yaml$/),
    read: readMagento,
    title: '.magento.app.yaml',
  },
  {
    also: ['.platform/routes.yaml', '.platform/services.yaml'],
    find: tree => matching(tree, /(^|\/)\.platform\.app\.yaml$|^\.platform\/applications\.yaml$/),
    read: readPlatformsh,
    title: '.platform.app.yaml or .platform/applications.yaml',
  },
  {
    also: [],
    find: tree => liferayFiles(tree),
    read: readLiferay,
    title: 'LCP.json at the root or one level below',
  },
]

/** Installed packages bring project files of their own. */
const INSTALLED = /(^|\/)(vendor|node_modules)\//

function matching(tree: Tree, pattern: RegExp): string[] {
  return [...tree.paths].filter(path => pattern.test(path) && !INSTALLED.test(path)).toSorted()
}

/**
 * A service per directory: the root's, or those exactly one level below; directories that begin with a dot or have a file
 * `.noservice` are none (as the vendor's client does).
 */
function liferayFiles(tree: Tree): string[] {
  if (tree.has('LCP.json')) return ['LCP.json']
  return matching(tree, /^[^./][^/]*\/LCP\.json$/).filter(path => !tree.has(path.replace('LCP.json', '.noservice')))
}
