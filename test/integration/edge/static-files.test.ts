import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ask } from '../../contract/edge/client.ts'
import { config, location, nodeEdge, route, site, temporaryLayout, upstream } from '../../contract/edge/fixture.ts'
import { startUpstream } from '../../contract/edge/upstreams.ts'

async function startSite(locations: Parameters<typeof upstream>[1] & object) {
  const layout = await temporaryLayout()
  const filesRoot = join(layout.home.data, 'app')
  await mkdir(join(filesRoot, 'public/css'), { recursive: true })
  await mkdir(join(filesRoot, 'public/.git'), { recursive: true })
  await writeFile(join(filesRoot, 'public/index.html'), 'index')
  await writeFile(join(filesRoot, 'public/css/a b.css'), '0123456789')
  await writeFile(join(filesRoot, 'public/page.php'), '<?php secret')
  await writeFile(join(filesRoot, 'public/.git/config'), 'secret')
  await writeFile(join(filesRoot, 'secret.txt'), 'secret')
  await writeFile(join(layout.home.data, 'outside.txt'), 'secret')
  await symlink(join(layout.home.data, 'outside.txt'), join(filesRoot, 'public/link.txt'))
  const web = await startUpstream('app', (request, response) => response.end(`app ${request.url}`))
  const edge = nodeEdge(layout)
  const { httpPort } = await edge.apply(
    config(site(layout, [route(upstream([web.address], { filesRoot, ...locations }))])),
  )
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    ask(httpPort, { headers, method, path })
  return { get }
}

const publicFiles = location({ index: ['index.html'], root: 'public' })

it('serves files with index, ranges, validators, headers and expiry', async () => {
  const { get } = await startSite({
    locations: {
      '/': publicFiles,
      '/assets': location({
        expiresMs: 60_000,
        headers: { 'X-Site': 'shop' },
        root: 'public/css',
        rules: { '\\.css$': { expiresMs: 3_600_000 } },
      }),
    },
  })
  expect(await get('/')).toMatchObject({ body: 'index', status: 200 })
  const file = await get('/css/a%20b.css')
  expect(file).toMatchObject({ body: '0123456789', status: 200 })
  expect(file.headers).toMatchObject({ 'content-length': '10', 'content-type': 'text/css; charset=utf-8' })
  expect(file.headers['cache-control']).toBeUndefined()
  expect(await get('/css/a%20b.css', { Range: 'bytes=2-4' })).toMatchObject({ body: '234', status: 206 })
  expect(await get('/css/a%20b.css', { Range: 'bytes=99-' })).toMatchObject({ status: 416 })
  expect(await get('/css/a%20b.css', { 'If-None-Match': String(file.headers.etag) })).toMatchObject({ status: 304 })
  expect(await get('/css/a%20b.css', {}, 'HEAD')).toMatchObject({ body: '', status: 200 })
  expect(await get('/css/a%20b.css', {}, 'POST')).toMatchObject({ status: 405 })
  expect(await get('/assets/a%20b.css')).toMatchObject({
    headers: { 'cache-control': 'public, max-age=3600', 'x-site': 'shop' },
    status: 200,
  })
  expect(await get('/none')).toMatchObject({ status: 404 })
})

it('serves nothing outside of the root, no dot file and no source of a script', async () => {
  const { get } = await startSite({ locations: { '/': publicFiles } })
  const paths = ['/../secret.txt', '/%2e%2e/secret.txt', '/css/..%2f..%2fsecret.txt', '/link.txt', '/.git/config']
  for (const path of [...paths, '/page.php', '/css/%00', '/%zz', '/css%5c..%5c..%5csecret.txt']) {
    const { body, status } = await get(path)
    expect([400, 403, 404]).toContain(status)
    expect(body).not.toContain('secret')
  }
})

it('passes on what is no file, refuses what is not allowed, and rewrites with captures', async () => {
  const { get } = await startSite({
    locations: {
      '/': location({ allow: false, passthru: true, root: 'public', rules: { '(?i)\\.css$': { allow: true } } }),
      '/static': location({
        root: 'public',
        rules: { '^/static/version\\d+/(?<resource>.*)$': { passthru: '/static/$resource' } },
        scripts: false,
      }),
      '/to': location({ passthru: '/front' }),
    },
  })
  expect(await get('/none?x=1')).toMatchObject({ body: 'app /none?x=1', status: 200 })
  expect(await get('/index.html')).toMatchObject({ status: 403 })
  expect(await get('/css/a%20b.css')).toMatchObject({ status: 200 })
  expect(await get('/static/version12/css/a%20b.css')).toMatchObject({ body: '0123456789', status: 200 })
  expect(await get('/static/page.php')).toMatchObject({ status: 403 })
  expect(await get('/to/x?y=1')).toMatchObject({ body: 'app /front?y=1', status: 200 })
  expect(await get('/page.php')).toMatchObject({ body: 'app /page.php', status: 200 })
})
