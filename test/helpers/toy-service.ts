import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ServicePlace, ServiceType } from '../../src/lib/platform/services/port.ts'
import { NODE_BIN } from './process-engine.ts'

/** Keeps what it is told in its volume: `<password> add WORD`, `remove WORD` and `<password> all`, one command per connection. */
const SERVER = `
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs')
const { ADDRESS, PASSWORD, GREETING } = process.env
if (GREETING === 'broken') { console.error('this greeting is broken'); process.exit(3) }
const started = process.hrtime.bigint().toString()
console.log('greets with ' + GREETING)
require('node:net').createServer({ allowHalfOpen: true }, async socket => {
  socket.on('error', () => undefined)
  let input = ''
  for await (const chunk of socket) input += chunk
  const [password, command, word] = input.trim().split(' ')
  if (password !== PASSWORD) return socket.end('refused')
  if (command === 'add') appendFileSync('data/words', word + '\\n')
  if (command === 'remove') writeFileSync('data/words', readFileSync('data/words', 'utf8').replace(word + '\\n', ''))
  let words = ''
  try { words = readFileSync('data/words', 'utf8') } catch {}
  socket.end(JSON.stringify({ greeting: GREETING, started, words: words.split('\\n').filter(Boolean) }))
}).listen(Number(ADDRESS.split(':')[1]), ADDRESS.split(':')[0])
process.on('SIGTERM', () => process.exit(0))
`

const PROBE = `
const [host, port] = process.argv[2].split(':')
require('node:net').connect(Number(port), host, () => process.exit(0)).on('error', () => process.exit(1))
`

/** A managed service that needs nothing but Node. Its `greeting` may be configured; `broken` ends it at once. */
export const toyService: ServiceType = {
  aliases: ['plaything'],
  backup: { description: 'nothing', kind: 'none' },
  connections: place => [
    {
      endpoint: 'toy',
      host: place.hostName,
      password: place.credentials.password,
      port: place.port,
      scheme: 'toy',
      username: place.credentials.username,
    },
  ],
  defaults: { diskMb: 64, memoryMb: 128 },
  kit: () => ({ build: 'echo made > made', files: { 'probe.js': PROBE, 'server.js': SERVER } }),
  launch: place => ({
    command: ['node', 'server.js'],
    graceMs: 2000,
    probes: {
      readiness: {
        check: { command: ['node', 'probe.js', addressOf(place)], kind: 'exec' },
        failureThreshold: 3,
        initialDelayMs: 0,
        periodMs: 2000,
        successThreshold: 1,
        timeoutMs: 5000,
      },
    },
    variables: {
      ADDRESS: addressOf(place),
      GREETING: greetingOf(place),
      PASSWORD: place.credentials.password,
    },
  }),
  locate: () => Promise.resolve({ found: true, path: [NODE_BIN], product: 'Toy 1.2', version: '1.2' }),
  name: 'toy',
  port: 7401,
  title: 'Toy',
}

/** Says one thing to a toy service, and what it answers. */
export async function sayToToy(
  { credentials, host, port }: Pick<ServicePlace, 'credentials' | 'host' | 'port'>,
  command: string,
): Promise<{ greeting: string; started: string; words: string[] }> {
  const socket = connect(port, host)
  socket.end(`${credentials.password} ${command}\n`)
  return JSON.parse(await text(socket))
}

function greetingOf({ configuration: { greeting } }: ServicePlace): string {
  return typeof greeting === 'string' ? greeting : 'hello'
}

function addressOf({ host, port }: ServicePlace): string {
  return `${host}:${port}`
}
