import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FreshVolume, volumeOf } from '../../../../../src/lib/platform/backups/volumes.ts'
import { createLayout, type Layout } from '../../../../../src/lib/platform/layout.ts'
import { resolveHome } from '../../../../../src/lib/protocol/home.ts'

let root: string
let layout: Layout

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aloft-volumes-'))
  layout = createLayout(resolveHome({ ALOFT_HOME: root }))
})
afterEach(() => rmSync(root, { force: true, recursive: true }))

describe('a volume that is made beside another', () => {
  it.each(['uploads', 'data@web.1'])('takes the place of %s, and gives it back', async name => {
    write(name, 'old')
    const fresh = new FreshVolume(layout, volumeOf('env_1', name, ['_']), 'act_1')
    write(freshName(name), 'new')

    fresh.exchange()
    fresh.exchange()
    expect(read(name)).toBe('new')
    await fresh.takeBack()
    await fresh.takeBack()
    expect(read(name)).toBe('old')
    expect(readdirSync(layout.volumes('env_1'))).toEqual([name])
  })

  it('does not go unnoticed when it is gone', () => {
    write('uploads', 'old')
    const fresh = new FreshVolume(layout, volumeOf('env_1', 'uploads', ['_']), 'act_1')

    expect(() => fresh.exchange()).toThrow(expect.objectContaining({ code: 'failed.restore' }))
    expect(read('uploads')).toBe('old')
  })

  it('leaves none when there was none before', async () => {
    const fresh = new FreshVolume(layout, volumeOf('env_1', 'uploads', ['_']), 'act_1')
    write(freshName('uploads'), 'new')
    fresh.exchange()
    await fresh.takeBack()

    expect(readdirSync(layout.volumes('env_1'))).toEqual([])
  })

  it('leaves nothing of what was there before once that is dropped', async () => {
    write('uploads', 'old')
    const fresh = new FreshVolume(layout, volumeOf('env_1', 'uploads', ['_']), 'act_1')
    write(freshName('uploads'), 'new')
    fresh.exchange()
    await fresh.dropOld()

    expect(readdirSync(layout.volumes('env_1'))).toEqual(['uploads'])
    expect(read('uploads')).toBe('new')
  })
})

function freshName(name: string): string {
  const [volume = '', instance] = name.split('@')
  return instance === undefined ? `${volume}~new-act_1` : `${volume}~new-act_1@${instance}`
}

function file(name: string): string {
  return join(layout.volumes('env_1'), name, '_', 'file')
}

function write(name: string, text: string): void {
  mkdirSync(dirname(file(name)), { recursive: true })
  writeFileSync(file(name), text)
}

function read(name: string): string {
  return readFileSync(file(name), 'utf8')
}
