import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ask } from '../../contract/edge/client.ts'
import { config, location, nodeEdge, route, site, temporaryLayout, upstream } from '../../contract/edge/fixture.ts'

it('serves the files of volumes at their paths, and nothing that a link in them leads to', async () => {
  const layout = await temporaryLayout()
  const filesRoot = join(layout.home.data, 'app')
  const volume = join(layout.home.data, 'volume')
  await mkdir(join(filesRoot, 'pub/media'), { recursive: true })
  await mkdir(join(volume, 'sub'), { recursive: true })
  await writeFile(join(filesRoot, 'pub/media/hidden.txt'), 'of the artifact')
  await writeFile(join(volume, 'one.css'), '0123456789')
  await writeFile(join(volume, 'sub/two.txt'), 'two')
  await writeFile(join(layout.home.data, 'two.txt'), 'secret')
  await symlink(layout.home.data, join(volume, 'out'))
  await symlink(join(layout.home.data, 'two.txt'), join(volume, 'out.txt'))
  await symlink('one.css', join(volume, 'inside.css'))
  const mounts = [{ directory: volume, path: 'pub/media' }]
  const locations = { '/': location({ expiresMs: 60_000, root: 'pub' }) }
  const { httpPort } = await nodeEdge(layout).apply(
    config(site(layout, [route(upstream([], { filesRoot, locations, mounts }))])),
  )
  const get = (path: string, headers: Record<string, string> = {}) => ask(httpPort, { headers, path })

  const file = await get('/media/one.css')
  expect(file).toMatchObject({
    body: '0123456789',
    headers: { 'cache-control': 'public, max-age=60', 'content-type': 'text/css; charset=utf-8' },
    status: 200,
  })
  expect(await get('/media/one.css', { Range: 'bytes=2-4' })).toMatchObject({ body: '234', status: 206 })
  expect(await get('/media/one.css', { 'If-None-Match': String(file.headers.etag) })).toMatchObject({ status: 304 })
  expect(await get('/media/inside.css')).toMatchObject({ body: '0123456789', status: 200 })
  expect(await get('/media/sub/two.txt')).toMatchObject({ body: 'two', status: 200 })
  for (const path of ['/media/hidden.txt', '/media/out/two.txt', '/media/out.txt', '/media/none'])
    expect(await get(path)).toMatchObject({ status: 404 })
})

it('never serves a file from outside while an application changes a directory of its volume for a link', async () => {
  const layout = await temporaryLayout()
  const filesRoot = join(layout.home.data, 'app')
  const volume = join(layout.home.data, 'volume')
  await mkdir(join(filesRoot, 'media'), { recursive: true })
  await mkdir(join(volume, 'there'), { recursive: true })
  await writeFile(join(volume, 'there/a.txt'), 'inside')
  await mkdir(join(layout.home.data, 'other'))
  await writeFile(join(layout.home.data, 'other/a.txt'), 'secret')
  await symlink(join(layout.home.data, 'other'), join(volume, 'link'))
  const locations = { '/': location({ root: 'media' }) }
  const mounts = [{ directory: volume, path: 'media' }]
  const { httpPort } = await nodeEdge(layout).apply(
    config(site(layout, [route(upstream([], { filesRoot, locations, mounts }))])),
  )
  const over = new AbortController()
  const turning = (async () => {
    while (!over.signal.aborted) {
      await rename(join(volume, 'there'), join(volume, 'aside'))
      await rename(join(volume, 'link'), join(volume, 'there'))
      await rename(join(volume, 'there'), join(volume, 'link'))
      await rename(join(volume, 'aside'), join(volume, 'there'))
    }
  })()

  const answers = new Set<string>()
  for (let turn = 0; turn < 100; turn++) {
    const all = await Promise.all(Array.from({ length: 5 }, () => ask(httpPort, { path: '/there/a.txt' })))
    for (const { body, status } of all) answers.add(status === 200 ? body : String(status))
  }
  over.abort()
  await turning

  expect([...answers].filter(answer => answer !== 'inside' && answer !== '404')).toEqual([])
})
