import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SERVICE_TYPES } from '../../src/lib/platform/services/catalogue.ts'
import { get } from '../helpers/load.ts'
import { missingService } from '../helpers/services/running-service.ts'
import { APP_TARGET, urlOf, writeFiles } from '../helpers/small-app.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const TYPES = ['memcached', 'rabbitmq', 'search']
const FILES = {
  '.upsun/config.yaml': `
applications:
  web:
    type: nodejs:24
    build: {flavor: none}
    relationships: {cache: 'cache:memcached', queue: 'queue:rabbitmq', index: 'index:opensearch'}
    web: {commands: {start: node server.js}}
services: {cache: {type: 'memcached:1.6'}, queue: {type: 'rabbitmq:3.10'}, index: {type: 'opensearch:2'}}
routes:
  http://{default}/: {type: upstream, upstream: 'web:http'}
`,
  // Memcached's text protocol, the beginning of AMQP 0-9-1 and Groonga's HTTP, as little of each as does it
  'server.js': `
const net = require('node:net')
const relationships = JSON.parse(Buffer.from(process.env.PLATFORM_RELATIONSHIPS, 'base64'))
const [[cache], [queue], [index]] = [relationships.cache, relationships.queue, relationships.index]

const memcached = command => new Promise((resolve, reject) => {
  const socket = net.connect(cache.port, cache.host, () => socket.write(command)).on('error', reject)
  socket.once('data', data => { resolve(String(data)); socket.destroy() })
})

const short = text => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])
const long = bytes => { const size = Buffer.alloc(4); size.writeUInt32BE(bytes.length); return Buffer.concat([size, bytes]) }
const frame = (channel, [family, method], ...rest) => {
  const head = Buffer.from([1, 0, channel])
  return Buffer.concat([head, long(Buffer.concat([Buffer.from([0, family, 0, method]), ...rest])), Buffer.from([0xce])])
}
/** Does one thing with the queue: the method that answers. */
const amqp = command => new Promise((resolve, reject) => {
  const socket = net.connect(queue.port, queue.host, () => socket.write('AMQP\\0\\0\\x09\\x01')).on('error', reject)
  const login = Buffer.from('\\0' + queue.username + '\\0' + queue.password)
  const answers = {
    '10.10': () => frame(0, [10, 11], long(Buffer.alloc(0)), short('PLAIN'), long(login), short('en_US')),
    '10.30': data => Buffer.concat([frame(0, [10, 31], data.subarray(11, 17), Buffer.alloc(2)), frame(0, [10, 40], short('/'), short(''), Buffer.alloc(1))]),
    '10.41': () => frame(1, [20, 10], short('')),
    '20.11': () => command,
  }
  socket.on('data', data => {
    const method = data.readUInt16BE(7) + '.' + data.readUInt16BE(9)
    if (answers[method]) return socket.write(answers[method](data))
    resolve(method)
    socket.destroy()
  })
})
const declare = flags => frame(1, [50, 10], Buffer.alloc(2), short('jobs'), Buffer.from([flags]), long(Buffer.alloc(0)))
const [PASSIVE, DURABLE] = [1, 2]
const remove = frame(1, [50, 40], Buffer.alloc(2), short('jobs'), Buffer.from([0]))

const groonga = async command => (await fetch('http://' + index.host + ':' + index.port + '/d/' + command)).text()

const actions = {
  '/write': async () => [
    await memcached('set word 0 0 2\\r\\n42\\r\\n'),
    await amqp(declare(DURABLE)),
    await groonga('table_create?name=Words&flags=TABLE_HASH_KEY&key_type=ShortText'),
    await groonga('load?table=Words&values=' + encodeURIComponent('[{"_key":"forty-two"}]')),
  ],
  '/lose': async () => [await amqp(remove), await groonga('table_remove?name=Words')],
  '/read': async () => ({
    cache: (await memcached('get word\\r\\n')).split('\\r\\n')[1],
    queue: (await amqp(declare(PASSIVE | DURABLE))) === '50.11',
    words: (await groonga('select?table=Words')).includes('forty-two'),
  }),
}
require('node:http').createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await actions[request.url]()))
  } catch (error) {
    response.writeHead(500).end(String(error.stack))
  }
}).listen(process.env.PORT)
`,
}
const types = SERVICE_TYPES.filter(({ name }) => TYPES.includes(name))
const missing = (await Promise.all(types.map(missingService))).filter(reason => reason !== undefined)

describe('an application without packages that uses Memcached, RabbitMQ and search', () => {
  let workspace: Workspace
  let url: string
  beforeAll(async () => {
    if (missing.length > 0) return
    workspace = createWorkspace()
    await workspace.json(['deploy', writeFiles(workspace, 'app', FILES), ...APP_TARGET])
    url = await urlOf(workspace, 'app')
  })
  afterAll(() => workspace?.close())

  it('gets back what a backup has of them, and is told what it has not', async ({ skip }) => {
    skip(missing.length > 0, missing.join('; '))
    await ask('write')
    expect(await ask('read')).toEqual({ cache: '42', queue: true, words: true })

    const made = await workspace.aloft(['backup', ...APP_TARGET])
    expect(made).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/cache is left out/) })
    await ask('lose')
    expect(await ask('read')).toEqual({ cache: '42', queue: false, words: false })

    const restored = await workspace.aloft(['restore', made.stdout.trim(), ...APP_TARGET, '--confirm', 'main'])
    expect(restored.exitCode, restored.stderr).toBe(0)
    expect(await ask('read')).toEqual({ cache: '42', queue: true, words: true })
  })

  async function ask(action: string): Promise<unknown> {
    return JSON.parse((await get(`${url}${action}`)).body)
  }
})
