import { mkdirSync, statSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { createLayout } from '../src/lib/platform/layout.ts'
import { resolveHome } from '../src/lib/protocol/home.ts'
import type { Aloft } from './aloft.ts'
import type { Command } from './measure.ts'

const shown = z.object({ result: z.object({ id: z.string() }) })
const listed = z.object({ result: z.array(z.object({ createdAt: z.string(), sizeBytes: z.number() })) })

const SERVER = "require('node:http').createServer((_, answer) => answer.end('ok')).listen(process.env.PORT)"

/** An environment with one managed service, live, of a project whose application does nothing else. */
export interface DataEnvironment {
  /** The directory of a volume's files. */
  readonly volume: (name: string, path?: string) => string
  readonly backUp: (...flags: readonly string[]) => Command
  /** Bytes of the parts of the newest backup, as they are stored. */
  readonly storedBytes: () => Promise<number>
}

/** Deploys it as a project named like the service, below `directory`. */
export async function deployData(aloft: Aloft, directory: string, service: string): Promise<DataEnvironment> {
  const source = join(directory, service)
  mkdirSync(source)
  writeFileSync(join(source, 'server.js'), SERVER)
  writeFileSync(join(source, 'aloft.yaml'), configuration(service))
  const target = ['--project', service, '--environment', 'main']
  await aloft.run('deploy', source, ...target)
  const { id } = shown.parse(
    JSON.parse(await aloft.run('environments', 'show', 'main', '--project', service, '--json')),
  ).result
  const volumes = createLayout(resolveHome({ ALOFT_HOME: aloft.home })).volumes(id)
  return {
    backUp: (...flags) => ({ ...aloft.command('backup', '--live', ...flags, ...target), label: 'aloft backup --live' }),
    async storedBytes() {
      const text = await aloft.run('backup', 'list', ...target, '--json')
      const [newest] = listed.parse(JSON.parse(text)).result.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
      return newest?.sizeBytes ?? 0
    },
    volume: (name, path = '_') => join(volumes, name, path),
  }
}

/** Writes files of one size into a directory, as its owner has them. */
export function fillVolume(
  directory: string,
  { files, bytes }: { readonly files: number; readonly bytes: number },
): void {
  const { gid, uid } = statSync(directory)
  const content = Buffer.alloc(bytes, 'what somebody has uploaded, again and again. ')
  for (let index = 0; index < files; index++) {
    const path = join(directory, `file-${index}`)
    content.writeUInt32LE(index, 0)
    writeFileSync(path, content)
    chownSync(path, uid, gid)
  }
}

function configuration(service: string): string {
  return `services:
  data: { type: ${service} }
applications:
  web:
    type: nodejs
    mounts:
      uploads: { source: storage, source_path: uploads }
    relationships:
      data:
    web:
      commands: { start: node server.js }
`
}
