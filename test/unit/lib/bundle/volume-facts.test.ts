import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readVolumeFacts } from '../../../../src/lib/bundle/volume-facts.ts'

const NAMES = ['b.txt', 'a/deep/x', `long/${'n'.repeat(180)}`, 'ümlaut', 'new\nline', `long/${'ä'.repeat(70)}`]
let directory = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'aloft-facts-'))
  for (const path of ['a/deep', 'long', 'empty']) mkdirSync(join(directory, path), { recursive: true })
  for (const name of NAMES) writeFileSync(join(directory, name), `content of ${name}`)
  symlinkSync('b.txt', join(directory, 'link'))
  linkSync(join(directory, 'b.txt'), join(directory, 'same'))
})
afterAll(() => rmSync(directory, { force: true, recursive: true }))

function tar(...options: readonly string[]): Buffer {
  return execFileSync('tar', ['-C', directory, '-cf', '-', ...options, '.'], { env: { ...process.env, LC_ALL: 'C' } })
}

describe('the facts of a volume', () => {
  it.each([
    ['with hard links', tar.bind(undefined, '--format=posix')],
    ['with a file for each name, as older ones', tar.bind(undefined, '--format=gnu', '--hard-dereference')],
  ])('are what sha256sum says of its files, whatever their names: %s', async (_how, make) => {
    const made = make()
    const lines = [...NAMES, 'same'].map(name => {
      const content = name === 'same' ? 'content of b.txt' : `content of ${name}`
      return { line: `${sha256(content)} ${name}\n`, name: Buffer.from(name), size: Buffer.byteLength(content) }
    })
    const sorted = lines.toSorted((a, b) => Buffer.compare(a.name, b.name)).map(({ line }) => line)

    expect(await readVolumeFacts(Readable.from([made]))).toEqual({
      contentBytes: made.length,
      digest: sha256(sorted.join('')),
      fileBytes: lines.reduce((sum, { size }) => sum + size, 0),
      files: lines.length,
    })
  })

  it('are not to be had of a tar that is cut off', async () => {
    const whole = tar()
    await expect(readVolumeFacts(Readable.from([whole.subarray(0, 700)]))).rejects.toThrow('Unexpected end of data')
  })
})

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
