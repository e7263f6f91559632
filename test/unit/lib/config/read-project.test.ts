import { describe, expect, test } from 'vitest'
import { directoryFiles } from '../../../../src/lib/config/project-files.ts'
import { fixture, read, readFiles, refusal } from './project.ts'

const APPLICATION = 'name: app\ntype: nodejs:22\nweb: { commands: { start: node x.js } }\n'
const ALOFT = 'applications: { web: { type: "nodejs:22", web: { commands: { start: node x.js } } } }'

describe('which project file is read', () => {
  test.each([
    [{ 'aloft.yaml': ALOFT, 'LCP.json': '{', '.upsun/config.yaml': '{' }, 'aloft'],
    [{ '.magento.app.yaml': APPLICATION, '.upsun/config.yaml': ALOFT }, 'upsun'],
    [{ '.magento.app.yaml': APPLICATION, '.platform.app.yaml': APPLICATION }, 'magento'],
    [
      { '.platform/applications.yaml': `- { ${APPLICATION.trim().replaceAll('\n', ', ')} }`, 'LCP.json': '{}' },
      'platformsh',
    ],
    [
      { 'LCP.json': '{"id":"web","command":["node","x.js"]}', 'package.json': '{"main":"x.js"}', 'x.js': '' },
      'liferay',
    ],
    [{ 'package.json': '{"main":"x.js"}', 'x.js': '' }, 'detected'],
  ])('%j is read as %s', async (contents, format) => {
    expect((await read(contents)).format).toBe(format)
  })

  test('a warning names the files of the other families', async () => {
    const spec = await read({ 'LCP.json': '{}', 'aloft.yaml': ALOFT, 'web/LCP.json': '{}' })
    expect(spec.files).toEqual(['aloft.yaml'])
    expect(spec.warnings).toEqual(['LCP.json: not read, because aloft.yaml comes first'])
  })

  test('a project file inside installed packages is none of the project', async () => {
    const spec = await read({ 'a/vendor/x/.platform.app.yaml': APPLICATION, 'index.html': '' })
    expect(spec.format).toBe('detected')
  })

  test('an empty tree is refused with what was looked for', async () => {
    await expect(read({ 'notes.txt': '' })).rejects.toMatchObject({ code: 'usage.source' })
    await expect(read({})).rejects.toMatchObject({
      suggestions: [expect.stringMatching(/aloft\.yaml.*LCP\.json.*package\.json.*index\.html/), expect.anything()],
    })
  })

  test('a file that is no UTF-8 text or too large is a problem of that file', async () => {
    expect(await refusal({ 'aloft.yaml': new Uint8Array([0xff, 0xfe, 0]) })).toContain(
      'aloft.yaml:1:1: is not UTF-8 text',
    )
    expect(await refusal({ 'LCP.json': ' '.repeat(1_048_577) })).toContain('LCP.json:1:1: is larger than')
  })

  test('a byte order mark is no problem', async () => {
    expect((await read({ 'aloft.yaml': `\uFEFF${ALOFT}` })).applications[0]?.name).toBe('web')
  })
})

describe('directoryFiles', () => {
  test('lists files with their paths in the tree, without what is ignored', async () => {
    const listed: string[] = []
    const all = directoryFiles(new URL('./fixtures/workspace', import.meta.url).pathname, path =>
      path.startsWith('search'),
    )
    for await (const path of all.list()) listed.push(path)
    expect(listed).toContain('liferay/LCP.json')
    expect(listed).not.toContain('search/LCP.json')
  })

  test('reading what is not there gives undefined', async () => {
    const files = fixture('workspace')
    expect(await files.read('nothing.json')).toBeUndefined()
    expect(await files.read('liferay')).toBeUndefined()
  })

  test('a directory that is not there is refused', async () => {
    await expect(readFiles(directoryFiles('/nowhere/at/all'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
