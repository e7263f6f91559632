import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { TAR_END, tarHeader, tarPadding } from '../../../../src/lib/bundle/tar-writer.ts'
import { guardVolume } from '../../../../src/lib/bundle/volume-guard.ts'

const PART = { fileBytes: 10, files: 2, name: 'volumes/uploads.tar.zst' }
const file = (name: string, content = 'hello') => entry({ content, letter: '0', name })
const link = (name: string, linkName: string) => entry({ letter: '1', linkName, name })
const symlink = (name: string, linkName: string) => entry({ letter: '2', linkName, name })

describe('the tar of a volume', () => {
  it('passes as it is where it is what the manifest says', async () => {
    const tar = [file('_/a', 'hello'), link('_/b', '_/a'), symlink('_/c', '/etc'), TAR_END]
    expect(await pass(tar)).toEqual(Buffer.concat(tar))
  })

  it.each([
    ['more files', [file('_/a', ''), file('_/b', ''), link('_/c', '_/a')], 'has more than the 2 files of 10 bytes'],
    ['more bytes', [file('_/a', 'more than 10')], 'has more than the 2 files of 10 bytes'],
    ['a name that leads elsewhere', [file('_/../../a')], 'leads elsewhere'],
    ['an absolute name', [file('/etc/a')], 'leads elsewhere'],
    ['a hard link out of the volume', [link('_/a', '../../etc/passwd')], 'leads elsewhere'],
    ['a hard link to an absolute path', [link('_/a', '/etc/passwd')], 'leads elsewhere'],
    ['a hard link to what it does not have', [link('_/a', '_/b')], 'which is no file that comes before it'],
    ['a hard link to a symbolic one', [symlink('_/b', '/etc/passwd'), link('_/a', '_/b')], 'which is no file'],
    [
      'a hard link to what became a symbolic one',
      [file('_/b'), symlink('_/b', '/etc/passwd'), link('_/a', '_/b')],
      'which is no file',
    ],
    ['a hard link through a symbolic one', [symlink('_/d', '/etc'), link('_/a', '_/d/passwd')], 'which is no file'],
    ['a file with holes', [entry({ content: 'x', letter: 'S', name: '_/a' })], 'of a kind that volumes do not have'],
    ['a link with content', [entry({ content: 'x', letter: '2', name: '_/a' })], 'of a kind that volumes do not have'],
  ])('is refused with %s, of which nothing has passed', async (_what, entries, message) => {
    await expect(pass(entries)).rejects.toMatchObject({
      code: 'failed.verify',
      message: expect.stringContaining(message),
    })
  })

  it('is refused at the first file too many, not at its end', async () => {
    let given = 0
    const endless = (function* () {
      yield entry({ content: 'a'.repeat(5), letter: '0', name: '_/a' })
      for (; ; given++) yield entry({ content: 'a'.repeat(1024), letter: '0', name: `_/${given}` })
    })()
    await expect(pass(endless)).rejects.toThrow('more than')
    expect(given).toBeLessThan(2)
  })
})

async function pass(tar: Iterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(guardVolume(Readable.from(tar), PART)))
}

function entry({
  content = '',
  letter,
  linkName = '',
  name,
}: {
  readonly content?: string
  readonly letter: string
  readonly linkName?: string
  readonly name: string
}): Buffer {
  const size = content.length
  const head = { letter, linkName, mode: 0o644, mtime: '0', name, pax: new Map(), size, type: 'other' } as const
  return Buffer.concat([tarHeader(head), Buffer.from(content), tarPadding(size)])
}
