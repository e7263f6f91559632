import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { findRestic } from '../../src/lib/platform/backups/restic/find-restic.ts'
import { membersOf, type TreeSelector } from '../../src/lib/platform/engine/process/process-tree.ts'

/** For the titles of tests that need it: why they are skipped, or nothing. */
export const withoutRestic = await findRestic().then(
  () => '',
  (error: unknown) => ` (skipped: ${String(error)})`,
)

const reference = z.object({ snapshot: z.string() })

/** Bytes of all files below. */
export function sizeOf(place: string): number {
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter(each => each.isFile())
  return files.reduce((sum, { name, parentPath }) => sum + statSync(join(parentPath, name)).size, 0)
}

/** Where storages are named: those of which tests can run here. */
export const STORAGES = ['directory', ...(withoutRestic === '' ? (['restic'] as const) : [])] as const

/** The processes that work in the repository of a storage. */
export function resticProcesses(directory: string): TreeSelector {
  return { marker: `RESTIC_REPOSITORY=${join(directory, 'repository')}` }
}

/** What is wrong with a storage that was just tidied. `needed`: SHA-256 of parts, also of those that lie elsewhere. */
export function resticProblems(directory: string, needed: ReadonlySet<string>): string[] {
  const repository = join(directory, 'repository')
  if (!existsSync(repository)) return []
  const parts = readdirSync(join(directory, 'parts'))
  const named = new Set(
    parts.map(
      sha256 => z.parse(reference, JSON.parse(readFileSync(join(directory, 'parts', sha256), 'utf8'))).snapshot,
    ),
  )
  const files = readdirSync(repository, { encoding: 'utf8', recursive: true })
  return [
    ...parts.filter(sha256 => !needed.has(sha256)).map(sha256 => `${sha256} in restic is nobody's`),
    ...readdirSync(join(repository, 'snapshots'))
      .filter(id => !named.has(id))
      .map(id => `the snapshot ${id} is nobody's`),
    ...readdirSync(join(repository, 'locks')).map(name => `the lock ${name} was left`),
    ...files.filter(name => name.includes('-tmp-')).map(name => `${name} was left`),
    ...readdirSync(directory)
      .filter(name => !['key', 'parts', 'repository'].includes(name))
      .map(name => `${name} was left`),
    ...membersOf(resticProcesses(directory)).map(pid => `the process ${pid} works in ${repository}`),
  ]
}

/** What a restic does at whose call the platform dies. */
export type Dying = 'goes on' | 'has ended' | 'hangs'

const SCRIPTS: Readonly<Record<Dying, (restic: string) => string>> = {
  'goes on': restic => `kill -9 $PPID; exec ${restic} "$@"`,
  hangs: () => 'kill -9 $PPID; exec sleep 600',
  'has ended': restic => `${restic} "$@"; code=$?; kill -9 $PPID; exit $code`,
}

/** A restic that kills the platform when it is called for this command. Returns its path. */
export async function writeDeadlyRestic(file: string, command: string, dying: Dying): Promise<string> {
  const restic = await findRestic()
  const text = `#!/bin/sh
case " $* " in
*' ${command} '*) ${SCRIPTS[dying](restic)} ;;
*) exec ${restic} "$@" ;;
esac
`
  writeFileSync(file, text, { mode: 0o755 })
  return file
}
