import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectFiles } from '../../config/project-files.ts'
import { readProject } from '../../config/read-project.ts'
import { AppError } from '../../core/errors.ts'
import type { EnvironmentRef } from '../../core/model.ts'
import { nameProblem } from '../../core/names.ts'
import { type SourceTree, scanTree } from '../../source/scan-tree.ts'
import { sendTree } from '../../source/send-tree.ts'
import { openSentTree } from '../../source/sent-trees.ts'
import { describeAddress } from '../../transport/address.ts'
import { requestJson } from '../../transport/http.ts'
import type { Call, IntakeEvent } from '../port.ts'
import type { PlatformClient } from './client.ts'
import { environmentParams } from './environments.ts'

/** Contents may take their time on a slow line; the connection itself notices when it is gone. */
const UPLOAD_DEADLINE_MS = 6 * 3_600_000

export interface IntakeRequest {
  /** For the stat caches of source scans. */
  readonly cacheDirectory: string
  /** Absolute. */
  readonly directory: string
  readonly environment: EnvironmentRef
}

export type IntakeCall = Call & { readonly onIntake?: ((event: IntakeEvent) => void) | undefined }

/**
 * Brings the tree of a directory to the platform, all of it or what it has not got.
 * @returns the digest that names it there
 * @throws usage.name, what scanning and reading the project files throw, what the platform answers
 */
export async function takeIn(
  client: PlatformClient,
  { cacheDirectory, directory, environment }: IntakeRequest,
  call: IntakeCall,
): Promise<string> {
  const { environment: name, project } = environmentParams(environment)
  checkNames([project, name])
  const cacheFile = join(cacheDirectory, createHash('sha256').update(directory).digest('hex').slice(0, 16))
  const tree = await scanTree(directory, { cacheFile, signal: call.signal })
  call.onIntake?.({ bytes: tree.bytes, files: tree.files, type: 'scanned' })
  await readProject(scannedFiles(tree), { environment: { name, type: 'production' }, projectName: project })
  await client.ready(call)
  await client.outlive(() => send(client, tree, { cacheFile, call, project }), call)
  return tree.digest
}

/** What the platform would refuse after all has been sent. @throws usage.name */
function checkNames(names: readonly string[]): void {
  for (const name of names) {
    const problem = nameProblem(name)
    if (problem !== undefined) throw new AppError('usage.name', problem)
  }
}

async function send(
  client: PlatformClient,
  tree: SourceTree,
  { cacheFile, call, project }: { cacheFile: string; call: IntakeCall; project: string },
): Promise<void> {
  const { onIntake, signal } = call
  await sendTree(
    tree,
    {
      request: (method, path, body) =>
        requestJson(client.address, {
          body,
          deadlineMs: UPLOAD_DEADLINE_MS,
          method,
          path,
          requestId: 'server',
          signal,
        }),
    },
    {
      onProgress: progress => onIntake?.({ ...progress, type: 'sent' }),
      project,
      sent: openSentTree(cacheFile, `${describeAddress(client.address)} ${project}`),
      signal,
    },
  )
}

/** The files that would be sent, so that wrong project files are refused before anything is. */
function scannedFiles({ directory, entries }: SourceTree): ProjectFiles {
  const paths = new Set(entries.map(({ path }) => path))
  return {
    list: () => paths,
    read: async path => (paths.has(path) ? readFile(join(directory, path)) : undefined),
  }
}
