import type { FileChange } from '../completion/install.ts'

const DONE: Readonly<Record<FileChange['action'], string>> = {
  'add-line': 'added a line to',
  none: 'nothing to do in',
  remove: 'removed',
  'remove-line': 'removed the line from',
  write: 'wrote',
}

/** What was done to which file, a line each. */
export function renderFileChanges({ changes }: { readonly changes: readonly FileChange[] }): string {
  return changes.map(({ action, file }) => `${DONE[action]} ${file}\n`).join('')
}
