import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { AppError } from '../../core/errors.ts'
import type { PlannedStep } from '../plan/change-plan.ts'
import type { Shell } from './format.ts'
import { placeOf, readIfThere, startLineOf } from './places.ts'
import { completionScript, MARK } from './scripts.ts'

export interface FileChange {
  readonly file: string
  readonly action: 'write' | 'add-line' | 'remove' | 'remove-line' | 'none'
}

/** A change of one file that is not made yet. */
export interface Edit extends FileChange {
  /** What the file then holds; undefined when it is removed. */
  readonly content: string | undefined
}

/**
 * What puts the script where the shell looks: nothing where it is there already.
 * @throws conflict.exists for somebody else's file
 */
export function planInstallation(shell: Shell, environment: NodeJS.ProcessEnv): readonly Edit[] {
  const place = placeOf(shell, environment)
  const script = completionScript(shell)
  const present = ownFile(place.file)
  return [
    { action: present === script ? 'none' : 'write', content: script, file: place.file },
    ...(place.startLine ? [addLine(place.startLine.file, startLineOf(place.startLine))] : []),
  ]
}

/** What takes away the script and its line. @throws conflict.exists for somebody else's file */
export function planRemoval(shell: Shell, environment: NodeJS.ProcessEnv): readonly Edit[] {
  const place = placeOf(shell, environment)
  return [
    { action: ownFile(place.file) === '' ? 'none' : 'remove', content: undefined, file: place.file },
    ...(place.startLine ? [removeLine(place.startLine.file)] : []),
  ]
}

/** As a dry run prints them. */
export function toSteps(edits: readonly Edit[]): readonly PlannedStep[] {
  return edits
    .filter(({ action }) => action !== 'none')
    .map(({ action, file }) => ({ action, kind: 'file', name: file }))
}

/** Makes the changes, each file at once or not at all, and says which. */
export async function makeEdits(edits: readonly Edit[]): Promise<readonly FileChange[]> {
  for (const { action, content, file } of edits) {
    if (action === 'none') continue
    if (content === undefined) await rm(file, { force: true })
    else {
      await mkdir(dirname(file), { recursive: true })
      await writeFileAtomic(file, content)
    }
  }
  return edits.map(({ action, file }) => ({ action, file }))
}

/** Empty when there is none. @throws conflict.exists */
function ownFile(file: string): string {
  const content = readIfThere(file)
  if (content === '' || content.includes(MARK)) return content
  throw new AppError('conflict.exists', `${file} is there and aloft did not write it`, {
    suggestions: [`move ${file} away`, 'source `aloft completion SHELL` from where you like'],
  })
}

function addLine(file: string, line: string): Edit {
  const content = readIfThere(file)
  const others = withoutOurs(content)
  const wanted = `${others}${others === '' || others.endsWith('\n') ? '' : '\n'}${line}\n`
  return { action: content.split('\n').includes(line) ? 'none' : 'add-line', content: wanted, file }
}

function removeLine(file: string): Edit {
  const content = readIfThere(file)
  const others = withoutOurs(content)
  return { action: others === content ? 'none' : 'remove-line', content: others, file }
}

function withoutOurs(content: string): string {
  return content
    .split('\n')
    .filter(line => !line.endsWith(MARK))
    .join('\n')
}
