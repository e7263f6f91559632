import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  createDefinitionsCounter,
  ownDefinitions,
} from '../../../../../../src/lib/platform/services/rabbitmq/definitions.ts'
import { servicePlace } from '../../../../../helpers/services/place.ts'

test('the user of the service is told by the hash of its password, the same each time', () => {
  const text = ownDefinitions(servicePlace(), ['/', 'orders'])
  expect(ownDefinitions(servicePlace(), ['/', 'orders'])).toBe(text)
  const definitions = JSON.parse(text)
  expect(definitions).toMatchObject({
    permissions: [{ vhost: '/' }, { vhost: 'orders' }],
    users: [{ hashing_algorithm: 'rabbit_password_hashing_sha256', name: 'main' }],
    vhosts: [{ name: '/' }, { name: 'orders' }],
  })
  const hash = Buffer.from(definitions.users[0].password_hash, 'base64')
  const digest = createHash('sha256').update(hash.subarray(0, 4)).update('secret').digest()
  expect(hash.subarray(4)).toEqual(digest)
})

test('counts each kind of definition, and none where there is none', () => {
  const text = JSON.stringify({ global_parameters: [{}], queues: [{}, {}], rabbit_version: '3.10.8', users: [{}] })
  expect(count(text)).toEqual({
    bindings: 0,
    exchanges: 0,
    parameters: 0,
    permissions: 0,
    policies: 0,
    queues: 2,
    topic_permissions: 0,
    users: 1,
    vhosts: 0,
  })
})

test.each(['', '{"users": [', '[]', '{"users": 3}'])('does not count what are no definitions: %s', text => {
  expect(count(text)).toBeUndefined()
})

function count(text: string): Readonly<Record<string, number>> | undefined {
  const counter = createDefinitionsCounter()
  for (const byte of Buffer.from(text)) counter.write(Buffer.from([byte]))
  return counter.result()
}
