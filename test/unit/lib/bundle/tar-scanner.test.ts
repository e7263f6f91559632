import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TarScanner } from '../../../../src/lib/bundle/tar-scanner.ts'
import { TAR_END, tarHeader, tarPadding } from '../../../../src/lib/bundle/tar-writer.ts'

const LONG = `long/${'ü'.repeat(80)}`
let directory = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'aloft-tar-'))
  mkdirSync(join(directory, 'long'))
  writeFileSync(Buffer.from(`${directory}/caf\u{e9}`, 'latin1'), 'x'.repeat(512))
  writeFileSync(join(directory, LONG), 'y'.repeat(700))
  utimesSync(join(directory, LONG), 1_600_000_000.25, 1_600_000_000.25)
  linkSync(join(directory, LONG), join(directory, 'z'))
  symlinkSync('/etc', join(directory, 'elsewhere'))
})
afterAll(() => rmSync(directory, { force: true, recursive: true }))

describe('a tar that passes', () => {
  it.each(['posix', 'gnu'])('of format %s is told by entries, names as bytes, in pieces of any size', format => {
    const tar = make(format)
    const told = read(tar, tar.length)
    const long = Buffer.from(`./${LONG}`).toString('latin1')

    expect(told.map(({ name, type }) => [name, type])).toEqual([
      ['./', 'directory'],
      ['./caf\u{e9}', 'file'],
      ['./elsewhere', 'symlink'],
      ['./long/', 'directory'],
      [long, 'file'],
      ['./z', 'link'],
    ])
    expect(told.find(({ name }) => name === long)).toMatchObject({
      content: 'y'.repeat(700),
      mtime: format === 'posix' ? '1600000000.25' : '1600000000',
    })
    expect(told.at(-1)).toMatchObject({ content: '', linkName: long })
    for (const size of [1, 511, 700]) expect(read(tar, size)).toEqual(told)
  })

  it('is written again as tar reads it', () => {
    const told = read(make('posix'), 4096)
    const written = told.flatMap(entry => {
      const content = Buffer.from(entry.content)
      return [tarHeader(entry), content, tarPadding(content.length)]
    })
    const tar = Buffer.concat([...written, TAR_END])
    expect(read(tar, 4096).map(withoutPax)).toEqual(told.map(withoutPax))
    expect(execFileSync('tar', ['-tf', '-'], { env: { LC_ALL: 'C' }, input: tar }).toString()).toContain('./elsewhere')
  })

  it.each([
    ['that is cut off', (tar: Buffer) => tar.subarray(0, 5000), 'Unexpected end of data'],
    ['with a damaged header', (tar: Buffer) => Buffer.concat([tar.fill(1, 20, 30)]), 'Invalid tar header'],
    ['that is none', () => Buffer.alloc(1024, 'text '), 'Invalid tar header'],
  ])('%s is refused', (_what, spoil, message) => {
    expect(() => read(spoil(make('posix')), 512)).toThrow(message)
  })
})

function make(format: string): Buffer {
  const options = ['-C', directory, '--sort=name', `--format=${format}`, '--pax-option=delete=atime,delete=ctime']
  const usable = format === 'posix' ? options : options.slice(0, -1)
  return execFileSync('tar', [...usable, '-cf', '-', '.'], { env: { ...process.env, LC_ALL: 'C' } })
}

function read(tar: Buffer, pieces: number) {
  const told: (Parameters<ConstructorParameters<typeof TarScanner>[0]['entry']>[0] & { content: string })[] = []
  const scanner = new TarScanner({
    content(bytes) {
      const last = told.at(-1)
      if (last) last.content += bytes.toString('latin1')
    },
    entry: head => void told.push({ ...head, content: '' }),
  })
  for (let at = 0; at < tar.length; at += pieces) scanner.write(tar.subarray(at, at + pieces))
  scanner.end()
  return told
}

function withoutPax<T extends { readonly pax: unknown }>(entry: T): T {
  return { ...entry, pax: undefined }
}
