import { get } from './load.ts'
import { writeFiles } from './small-app.ts'
import type { Workspace } from './workspace.ts'

const CONFIGURATION = `applications:
  notes:
    type: nodejs:24
    build: {flavor: none}
    disk: 1
    mounts:
      data: {source: storage, source_path: data}
    web:
      commands: {start: node server.js}
    crons:
      tick: {spec: '* * * * *', commands: {start: 'true'}}
routes:
  http://{default}/: {type: upstream, upstream: 'notes:http'}
`
/** `/add?TEXT` keeps a note in a file of its own; every answer lists them. */
const SERVER = `
const { readdirSync, writeFileSync } = require('node:fs')
require('node:http').createServer((request, response) => {
  const { pathname, search } = new URL(request.url, 'http://notes')
  if (pathname === '/add') writeFileSync('data/' + search.slice(1), search.slice(1))
  response.end([process.env.VERSION ?? '1', ...readdirSync('data').sort()].join(' '))
}).listen(process.env.PORT)
`

/** An application that keeps files in a shared volume. The directory to deploy. */
export function writeNotesApp(workspace: Workspace): string {
  return writeFiles(workspace, 'notes', { 'aloft.yaml': CONFIGURATION, 'server.js': SERVER })
}

/** Its version and its notes. */
export async function notesAt(url: string, path = ''): Promise<string> {
  return (await get(`${url}${path}`)).body
}
