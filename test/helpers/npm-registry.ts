import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { basename, join } from 'node:path'
import * as z from 'zod/mini'
import { repository } from './workspace.ts'

const lock = z.object({ packages: z.record(z.string(), z.object({ version: z.optional(z.string()) })) })
const manifest = z.looseObject({ name: z.string(), version: z.string() })

export interface NpmRegistry {
  /** For whom builds ask: `npm_config_registry` of the platform's environment. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** A registry that has the packages that are installed here, so that applications get theirs without a network. */
export async function startNpmRegistry(): Promise<NpmRegistry> {
  const directories = installed()
  const server = createServer((request, response) => {
    const [, name = '', version] =
      decodeURIComponent(request.url ?? '').match(/^\/((?:@[^/]+\/)?[^/]+)(?:\/-\/(.+)\.tgz)?$/) ?? []
    const versions = directories.get(name)
    if (!versions) response.writeHead(404).end('{}')
    else if (version === undefined) describe(response, { name, origin: `http://${request.headers.host}`, versions })
    else pack(response, versions.get(version) ?? '')
  })
  const address = await new Promise<ReturnType<typeof server.address>>(resolve =>
    server.listen(0, '127.0.0.1', () => resolve(server.address())),
  )
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
    environment: { npm_config_registry: `http://127.0.0.1:${port}/` },
  }
}

/** Package -> version -> directory. */
function installed(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const { packages } = z.parse(
    lock,
    JSON.parse(readFileSync(join(repository, 'node_modules/.package-lock.json'), 'utf8')),
  )
  const found = new Map<string, Map<string, string>>()
  for (const [path, { version }] of Object.entries(packages)) {
    const name = path.split('node_modules/').at(-1) ?? path
    const versions = found.get(name) ?? new Map<string, string>()
    found.set(name, versions.set(version ?? '', join(repository, path)))
  }
  return found
}

function describe(
  response: ServerResponse,
  { name, origin, versions }: { name: string; origin: string; versions: ReadonlyMap<string, string> },
): void {
  const described = [...versions].map(([version, directory]) => {
    const content = z.parse(manifest, JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')))
    return [version, { ...content, dist: { tarball: `${origin}/${name}/-/${version}.tgz` } }] as const
  })
  response.setHeader('content-type', 'application/json')
  response.end(
    JSON.stringify({ 'dist-tags': { latest: described[0]?.[0] }, name, versions: Object.fromEntries(described) }),
  )
}

function pack(response: ServerResponse, directory: string): void {
  const name = basename(directory)
  const exclude = `--exclude=${name}/node_modules`
  spawn('tar', ['-czf', '-', exclude, '-C', join(directory, '..'), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  }).stdout.pipe(response)
}
