import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as z from 'zod/mini'
import type { CliOptions, Workspace } from './workspace.ts'

/** Where `deployApp` deploys to. */
export const APP_TARGET = ['--project', 'app', '--environment', 'main']
/** Answers `ok`. */
export const APP_SERVER = "require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT)\n"

/** The same as files of a project, with a volume that has something to back up. */
export const APP_WITH_UPLOADS = {
  'aloft.yaml': `
applications:
  web:
    type: nodejs:24
    build: {flavor: none}
    mounts: {uploads: {source: storage}}
    web: {commands: {start: node server.js}}
`,
  'server.js': APP_SERVER,
}

const activities = z.array(z.object({ id: z.string(), state: z.string() }))

/** Files below a directory of the workspace; the directory's path. */
export function writeFiles(
  workspace: Workspace,
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): string {
  const directory = join(workspace.directory, name)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  return directory
}

/** A Node application of one file, built and running; its URL. @throws when it cannot be deployed */
export async function deployApp(workspace: Workspace, server = APP_SERVER, options?: CliOptions): Promise<string> {
  const source = writeFiles(workspace, 'app', {
    'package.json': JSON.stringify({ name: 'app', scripts: { start: 'node server.js' } }),
    'server.js': server,
  })
  await workspace.json(['deploy', source, ...APP_TARGET], options)
  return urlOf(workspace, 'app')
}

/** The address of a project's `main` by port. */
export async function urlOf(workspace: Workspace, project: string): Promise<string> {
  const { urls } = z.parse(
    z.object({ urls: z.array(z.string()) }),
    await workspace.json(['environments', 'show', 'main', '--project', project]),
  )
  return urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''
}

/** Runs what has to fail: its exit code and the error of its JSON document. */
export async function runFailing(workspace: Workspace, args: readonly string[], options?: CliOptions) {
  const { exitCode, stderr, stdout } = await workspace.aloft([...args, '--json'], options)
  const shape = z.object({ code: z.string(), message: z.string(), suggestions: z.array(z.string()) })
  return { exitCode, stderr, stdout, ...z.parse(z.object({ error: shape }), JSON.parse(stdout)).error }
}

/** Activities of `app`. */
export async function listActivities(workspace: Workspace): Promise<z.infer<typeof activities>> {
  return z.parse(activities, await workspace.json(['activities', '--project', 'app']))
}

/** Paths of all regular files. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}
