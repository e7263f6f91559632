import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { writeFiles } from '../helpers/files.ts'
import { get } from '../helpers/load.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

/** Answers with what `expression` is worth. */
const nodeServer = (expression: string): string =>
  `require('node:http').createServer((request, response) => response.end(String(${expression}))).listen(process.env.PORT)\n`

const systemNode = spawnSync('/usr/bin/node', ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? ''
const systemMajor = /^v(\d+)\./.exec(systemNode)?.[1] ?? process.versions.node.split('.')[0]
const hasPython = spawnSync('/usr/bin/python3', ['-c', 'import ensurepip'], { stdio: 'ignore' }).status === 0
const hasPhp = existsSync('/usr/bin/php')
const hasPhpFpm = hasPhp && globSync('/usr/sbin/php-fpm*').length > 0

describe('applications of each runtime', () => {
  let workspace: Workspace

  beforeAll(() => {
    workspace = createWorkspace()
  })
  afterAll(() => workspace?.close())

  it('builds a Node application it recognises: dependencies, build script, nothing left of what only the build needs', async () => {
    const { log, url } = await deploy('node-app', {
      'greeter/index.js': 'module.exports = name => `hello ${name}`\n',
      'greeter/package.json': JSON.stringify({ name: 'greeter', version: '1.0.0' }),
      'package.json': JSON.stringify({
        dependencies: { greeter: 'file:./greeter' },
        devDependencies: { pages: 'file:./pages' },
        name: 'node-app',
        private: true,
        scripts: { build: 'node -e "require(\'pages\')"', start: 'node server.js' },
        version: '1.0.0',
      }),
      'pages/index.js': "require('node:fs').writeFileSync('name.txt', 'harbour')\n",
      'pages/package.json': JSON.stringify({ name: 'pages', version: '1.0.0' }),
      'server.js': nodeServer(
        "require('greeter')(require('node:fs').readFileSync('name.txt', 'utf8')) + ' ' + require('node:fs').existsSync('node_modules/pages')",
      ),
    })

    expect((await get(url)).body).toBe('hello harbour false')
    expect(log).toContain('npm prune')
  })

  it('runs the web, worker and release processes of a Procfile', async () => {
    const { log, url } = await deploy('procfile-app', {
      Procfile: 'web: node server.js\nclock: node clock.js\nrelease: echo released at $ALOFT_ENVIRONMENT\n',
      'clock.js': "console.log('tick')\nsetInterval(() => {}, 1000)\n",
      'package.json': JSON.stringify({ name: 'procfile-app', version: '1.0.0' }),
      'server.js': nodeServer("'by the Procfile'"),
    })
    const services = z.parse(
      z.array(z.object({ name: z.string(), ready: z.number() })),
      await workspace.json(['services', ...target('procfile-app')]),
    )

    expect((await get(url)).body).toBe('by the Procfile')
    expect(log).toContain('released at main')
    expect(services).toEqual([
      { name: 'web', ready: 1 },
      { name: 'clock', ready: 1 },
    ])
    await until('the worker has logged', async () => {
      const { stdout } = await workspace.aloft(['logs', ...target('procfile-app'), '--service', 'clock', '-n', '20'])
      return stdout.includes('tick')
    })
  })

  it('uses the Node that the file asks for', async () => {
    const { url } = await deploy(`node-${systemMajor}`, nodeFiles(systemMajor ?? ''))
    const own = await deploy('node-own', nodeFiles(process.versions.node.split('.')[0] ?? ''))

    expect((await get(url)).body).toMatch(new RegExp(`^v${systemMajor}\\.`))
    expect((await get(own.url)).body).toBe(process.version)
  })

  it('takes the nearest Node where the one asked for is missing, and says which', async () => {
    const { log, url } = await deploy('node-old', nodeFiles('8'))
    const { body } = await get(url)

    expect(body).toMatch(/^v\d+\./)
    expect(log).toContain(`nodejs 8 is not installed: nodejs ${body.slice(1)} is used instead`)
  })

  it('builds and runs a Python application it recognises', async ({ skip }) => {
    skip(!hasPython, 'python3 with venv is not installed')
    const { url } = await deploy('python-app', {
      'app.py': [
        'import os, sys',
        'from http.server import BaseHTTPRequestHandler, HTTPServer',
        'class Handler(BaseHTTPRequestHandler):',
        '    def do_GET(self):',
        '        self.send_response(200)',
        '        self.end_headers()',
        "        self.wfile.write(('python %d %s' % (sys.version_info[0], sys.prefix)).encode())",
        "HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()",
        '',
      ].join('\n'),
      'requirements.txt': '# nothing but the standard library\n',
    })

    expect((await get(url)).body).toMatch(/^python 3 .*\.venv$/)
  })

  it('runs a PHP application it recognises', async ({ skip }) => {
    skip(!hasPhp, 'php is not installed')
    const { url } = await deploy('php-app', { 'index.php': "<?php echo 'php ' . PHP_SAPI . ' ' . (2 * 21);\n" })

    expect((await get(url)).body).toBe('php cli-server 42')
  })

  it('serves PHP by php-fpm, with the paths its processes see', async ({ skip }) => {
    skip(!hasPhpFpm, 'php-fpm is not installed')
    const { url } = await deploy('php-fpm-app', {
      '.platform.app.yaml': [
        'name: app',
        'type: php:8.2',
        'build: {flavor: none}',
        'disk: 64',
        'mounts: {"web/uploads": {source: local, source_path: uploads}}',
        'variables: {php: {memory_limit: 77M}}',
        'web: {locations: {"/": {root: web, index: [index.php], passthru: /index.php}}}',
        '',
      ].join('\n'),
      '.platform/routes.yaml': 'http://{default}/: {type: upstream, upstream: "app:http"}\n',
      'web/index.php': [
        '<?php',
        "file_put_contents(__DIR__ . '/uploads/seen.txt', 'uploaded');",
        'echo json_encode([',
        "  'file' => __FILE__, 'script' => $_SERVER['SCRIPT_FILENAME'], 'root' => $_SERVER['DOCUMENT_ROOT'],",
        "  'told' => getenv('PLATFORM_DOCUMENT_ROOT'), 'memory' => ini_get('memory_limit'),",
        "  'uri' => $_SERVER['REQUEST_URI'], 'sapi' => PHP_SAPI, 'body' => file_get_contents('php://input'),",
        ']);',
        '',
      ].join('\n'),
      'web/style.css': 'body {}\n',
    })
    const { body, status } = await get(`${url}catalogue/ropes?page=2`)
    const seen = z.parse(z.record(z.string(), z.string()), JSON.parse(body))

    expect(status).toBe(200)
    expect(seen).toMatchObject({ memory: '77M', sapi: 'fpm-fcgi', uri: '/catalogue/ropes?page=2' })
    expect(seen['file']).toBe(seen['script'])
    expect(seen['root']).toBe(seen['told'])
    expect((await get(`${url}style.css`)).headers['content-type']).toContain('text/css')
    expect((await get(`${url}uploads/seen.txt`)).body).toBe('uploaded')
  })

  async function deploy(name: string, files: Readonly<Record<string, string>>): Promise<{ log: string; url: string }> {
    const source = writeFiles(join(workspace.directory, name), files)
    const { exitCode, stderr, stdout } = await workspace.aloft(['deploy', source, ...target(name)])
    expect(exitCode, stdout + stderr).toBe(0)
    const { urls } = z.parse(
      z.object({ urls: z.array(z.string()) }),
      await workspace.json(['environments', 'show', 'main', '--project', name]),
    )
    return { log: stdout + stderr, url: urls.find(each => each.startsWith('http://127.0.0.1')) ?? '' }
  }
})

function target(project: string): string[] {
  return ['--project', project, '--environment', 'main']
}

function nodeFiles(version: string): Record<string, string> {
  return {
    'aloft.yaml': [
      'applications:',
      '  web:',
      `    type: nodejs:${version}`,
      '    build: {flavor: none}',
      '    web: {commands: {start: node server.js}}',
      '',
    ].join('\n'),
    'server.js': nodeServer('process.version'),
  }
}
