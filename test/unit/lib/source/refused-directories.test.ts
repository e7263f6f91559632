import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { refusal } from '../../../../src/lib/source/refused-directories.ts'

const homes = ['/home/ann']

test.each([
  '/',
  '/home',
  '/home/ann',
  '/home/ann/.ssh',
  '/home/ann/.ssh/keys',
  '/home/ann/.aws',
  '/home/ann/Desktop',
  '/home/ann/Documents',
  '/home/ann/Downloads',
  '/home/ann/.config',
  '/etc',
  '/etc/nginx',
  '/tmp',
  '/usr',
  '/usr/bin',
  '/var',
  '/proc/self',
  '/dev',
  tmpdir(),
])('%s is refused with a reason', directory => {
  expect(refusal(directory, homes)).toMatch(/^(is|holds|belongs)/)
})

test.each([
  '/home/ann/shop',
  '/home/ann/Documents/shop',
  '/home/anna',
  '/tmp/shop',
  '/srv/shop',
  '/opt/shop',
  '/dev/shm/shop',
])('%s can be a source', directory => {
  expect(refusal(directory, homes)).toBeUndefined()
})
