import { expect, test } from 'vitest'
import { findServiceType } from '../../../src/lib/platform/services/catalogue.ts'
import type { ServiceType } from '../../../src/lib/platform/services/port.ts'
import type { RunningService } from '../../helpers/services/running-service.ts'
import { describeService } from './service-contract.ts'

const persistent = typeNamed('redis-persistent')

describeService({
  broken: { dump: 'REDIS0010 and something else', says: /no RDB file/ },
  read: async service => Promise.all(['0', '3'].map(database => redis(service, database, DIGEST))),
  type: persistent,
  write: async (service, word) => {
    await redis(service, '0', `redis.call('set', 'text', '${word}')`)
    await redis(service, '0', EVERY_KIND)
    await redis(service, '3', `redis.call('rpush', 'list', '${word}', '2')`)
  },
})

test('the cache has no backup, and says where else data is kept', () => {
  expect(typeNamed('redis')).toMatchObject({
    backup: { description: expect.stringContaining('redis-persistent'), kind: 'none' },
    data: undefined,
  })
})

/** Values in each of the encodings that the server has for them, and two keys that will go by themselves. */
const EVERY_KIND = `
for i = 1, 600 do
  redis.call('zadd', 'ranking', i * 1.5, 'member' .. i)
  redis.call('hset', 'map', 'field' .. i, string.rep('x', 80))
  redis.call('sadd', 'set', 'element' .. i)
  redis.call('sadd', 'numbers', i * 100000)
  redis.call('rpush', 'long', string.rep('y', 100) .. i)
end
redis.call('zadd', 'small ranking', 1, 'a')
redis.call('hset', 'small map', 'a', 'b')
redis.call('sadd', 'small numbers', 1, 2, 3)
redis.call('set', 'number', '12345')
redis.call('set', 'large', string.rep('abc', 100000))
redis.call('set', 'going', 'soon', 'EX', 1000)
redis.call('xadd', 'stream', '*', 'field', 'value')
redis.call('xadd', 'stream', '*', 'field', 'value')
pcall(redis.call, 'xgroup', 'create', 'stream', 'group', '0')
redis.call('xreadgroup', 'group', 'group', 'consumer', 'streams', 'stream', '>')
`
/** Names and contents of all keys, independent of how they are stored. */
const DIGEST = `
local readers = {
  hash = function(key) local all = redis.call('hgetall', key) table.sort(all) return all end,
  list = function(key) return redis.call('lrange', key, 0, -1) end,
  set = function(key) local all = redis.call('smembers', key) table.sort(all) return all end,
  stream = function(key) return { redis.call('xrange', key, '-', '+'), redis.call('xpending', key, 'group') } end,
  string = function(key) return redis.call('get', key) end,
  zset = function(key) return redis.call('zrange', key, 0, -1, 'withscores') end,
}
local keys = redis.call('keys', '*')
table.sort(keys)
local all = {}
for _, key in ipairs(keys) do
  all[#all + 1] = key .. ' ' .. redis.sha1hex(cjson.encode(readers[redis.call('type', key).ok](key)))
end
return all`

/** Runs a script in one of the databases. */
async function redis(service: RunningService, database: string, script: string): Promise<string> {
  return service.run({
    command: ['redis-cli', '-e', '-s', 'data/redis.sock', '-n', database, 'eval', script, '0'],
    variables: { REDISCLI_AUTH: service.target.place.credentials.password },
  })
}

function typeNamed(name: string): ServiceType {
  const type = findServiceType(name)
  if (!type) throw new Error(`the catalogue has no ${name}`)
  return type
}
