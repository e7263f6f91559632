import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { readFile } from 'node:fs/promises'
import type { ProjectFiles } from '../../config/project-files.ts'
import { readProject } from '../../config/read-project.ts'
import { AppError } from '../../core/errors.ts'
import { nameProblem } from '../../core/names.ts'
import type { DeployBody } from '../../protocol/api.ts'
import { openSentTree } from '../../source/sent-trees.ts'
import { type SourceTree, scanTree } from '../../source/scan-tree.ts'
import { sendTree } from '../../source/send-tree.ts'
import { describeAddress } from '../../transport/address.ts'
import { requestJson } from '../../transport/http.ts'
import type { Call, DeployInput, DeployRequest, Deploys, IntakeEvent } from '../port.ts'
import type { PlatformClient } from './client.ts'
import { environmentParams } from './environments.ts'

/** Contents may take their time on a slow line; the connection itself notices when it is gone. */
const UPLOAD_DEADLINE_MS = 6 * 3_600_000

export interface DeploysOptions {
  /** For the stat caches of source scans. */
  readonly cacheDirectory: string
}

type IntakeCall = Call & { readonly onIntake?: ((event: IntakeEvent) => void) | undefined }

export function createDeploys(client: PlatformClient, { cacheDirectory }: DeploysOptions): Deploys {
  const toBody = async (request: DeployRequest, call: IntakeCall): Promise<DeployBody> => ({
    buildOnly: request.buildOnly,
    input: await takeIn(client, { cacheDirectory, call, request }),
    message: request.message,
    strategy: request.strategy,
    variables: request.variables,
  })
  return {
    async *list(environment, call) {
      yield* (await client.call('listDeployments', { params: environmentParams(environment) }, call)).items
    },
    plan: async (request, call) =>
      client.call(
        'planDeploy',
        { body: await toBody(request, call), params: environmentParams(request.environment) },
        call,
      ),
    rollback: ({ deployment, environment }, call) =>
      client.call('rollback', { body: { deployment }, params: environmentParams(environment) }, call),
    start: async (request, call) =>
      client.call(
        'deploy',
        { body: await toBody(request, call), params: environmentParams(request.environment) },
        call,
      ),
    support: {
      buildOnly: true,
      createsMissing: true,
      inputs: ['source', 'build'],
      plan: true,
      rollback: true,
      variables: true,
    },
  }
}

async function takeIn(
  client: PlatformClient,
  { cacheDirectory, call, request }: { cacheDirectory: string; call: IntakeCall; request: DeployRequest },
): Promise<DeployBody['input']> {
  const { input } = request
  if (input.kind === 'build') return input
  if (input.kind !== 'source') throw unsupported(input)
  const { environment: name, project } = environmentParams(request.environment)
  checkNames([project, name])
  const directory = resolve(input.directory)
  const cacheFile = join(cacheDirectory, createHash('sha256').update(directory).digest('hex').slice(0, 16))
  const tree = await scanTree(directory, { cacheFile, signal: call.signal })
  call.onIntake?.({ bytes: tree.bytes, files: tree.files, type: 'scanned' })
  await readProject(scannedFiles(tree), { environment: { name, type: 'production' }, projectName: project })
  await client.outlive(() => send(client, tree, { cacheFile, call, project }), call)
  return { kind: 'tree', tree: tree.digest }
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

function unsupported({ kind }: DeployInput): AppError {
  const instead = kind === 'versions' ? 'deploy a build: aloft deploy --build ID' : 'deploy from a directory'
  return new AppError(
    'unsupported.option',
    `the aloft platform cannot deploy a ${kind === 'versions' ? 'list of versions' : 'package file'}`,
    { suggestions: [instead] },
  )
}
