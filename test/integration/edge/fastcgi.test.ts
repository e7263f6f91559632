import { spawn, spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { EndpointRegistry } from '../../../src/lib/platform/edge/node/endpoints.ts'
import { systemClock } from '../../../src/lib/core/clock.ts'
import { ask } from '../../contract/edge/client.ts'
import { config, location, nodeEdge, route, site, temporaryLayout, upstream } from '../../contract/edge/fixture.ts'
import { until } from '../../helpers/until.ts'

const php = ['php-cgi', 'php-cgi8.4', 'php-cgi8.3', 'php-cgi8.2'].find(
  name => spawnSync(name, ['-v'], { stdio: 'ignore' }).status === 0,
)

const script = `<?php
header('X-Script: ' . $_SERVER['SCRIPT_NAME']);
setcookie('one', '1'); setcookie('two', '2');
if (isset($_GET['missing'])) http_response_code(404);
if (isset($_GET['large'])) { echo str_repeat('x', 3000000); exit; }
echo json_encode([
  'uri' => $_SERVER['REQUEST_URI'], 'query' => $_GET, 'post' => file_get_contents('php://input'),
  'method' => $_SERVER['REQUEST_METHOD'], 'info' => $_SERVER['PATH_INFO'] ?? '', 'host' => $_SERVER['HTTP_HOST'],
  'proxy' => getenv('HTTP_PROXY'),
]);
`

it('lets PHP answer over FastCGI, with files beside it', async ({ skip }) => {
  skip(php === undefined, 'php-cgi is not installed')
  const layout = await temporaryLayout()
  const filesRoot = join(layout.home.data, 'app')
  await mkdir(join(filesRoot, 'public'), { recursive: true })
  await writeFile(join(filesRoot, 'public/index.php'), script)
  await writeFile(join(filesRoot, 'public/style.css'), 'css')
  const socket = join(layout.home.data, 'php.sock')
  const child = spawn(php ?? '', ['-n', '-b', socket], {
    env: { ...process.env, PHP_FCGI_CHILDREN: '0' },
    stdio: 'ignore',
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const address = `unix:${socket}`
  await until('php listens', () => new EndpointRegistry(systemClock).get(address).accepts())
  const locations = { '/': location({ index: ['index.php'], passthru: '/index.php', root: 'public' }) }
  const { httpPort } = await nodeEdge(layout).apply(
    config(site(layout, [route(upstream([address], { filesRoot, locations, protocol: 'fastcgi' }))])),
  )
  const page = await ask(httpPort, { headers: { Proxy: 'evil' }, path: '/some/page?a=1' })
  expect(page).toMatchObject({ headers: { 'x-script': '/index.php' }, status: 200 })
  expect(page.headers['set-cookie']).toHaveLength(2)
  expect(JSON.parse(page.body)).toMatchObject({ method: 'GET', proxy: false, query: { a: '1' }, uri: '/some/page?a=1' })
  const body = 'b'.repeat(200_000)
  const posted = await ask(httpPort, { body, headers: { 'Content-Length': '200000' }, method: 'POST' })
  expect(JSON.parse(posted.body)).toMatchObject({ method: 'POST', post: body })
  expect(JSON.parse((await ask(httpPort, { path: '/index.php/x/y' })).body)).toMatchObject({ info: '/x/y' })
  expect(await ask(httpPort, { path: '/?missing=1' })).toMatchObject({ status: 404 })
  expect((await ask(httpPort, { path: '/?large=1' })).body).toHaveLength(3_000_000)
  expect(await ask(httpPort, { path: '/style.css' })).toMatchObject({ body: 'css', status: 200 })
})
