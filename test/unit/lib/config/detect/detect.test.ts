import { expect, test } from 'vitest'
import { type Contents, read, refusal } from '../project.ts'

const json = JSON.stringify

test.each<[string, Contents, object]>([
  [
    'a start script of plain node, a build script, a Node version',
    { 'package.json': json({ engines: { node: '^20.1' }, scripts: { build: 'tsc', start: 'node dist/x.js' } }) },
    {
      build: { flavor: 'npm', hook: 'npm run build' },
      runtime: { name: 'nodejs', version: '20' },
      web: { commands: { start: 'node dist/x.js' } },
    },
  ],
  [
    'any other start script',
    { '.nvmrc': 'v22\n', 'package.json': json({ engines: { node: '>=18' }, scripts: { start: 'next start' } }) },
    { runtime: { version: '22' }, web: { commands: { start: 'npm start' } } },
  ],
  [
    'a main file',
    { 'lib/a.js': '', 'package.json': json({ main: 'lib/a' }) },
    { web: { commands: { start: 'node "lib/a.js"' } } },
  ],
  ['server.js', { 'package.json': '{}', 'server.js': '' }, { web: { commands: { start: 'node "server.js"' } } }],
  [
    'a Node site that is built',
    {
      'index.html': '',
      'package.json': json({ devDependencies: { '@11ty/eleventy': '3' }, scripts: { build: 'eleventy' } }),
    },
    {
      runtime: { name: 'nodejs' },
      web: { commands: {}, locations: { '/': { index: ['index.html'], root: '_site' } } },
    },
  ],
  [
    'Flask with gunicorn',
    { 'app.py': '', 'requirements.txt': 'flask\ngunicorn==22', 'runtime.txt': 'python-3.11.4' },
    {
      build: { flavor: 'pip' },
      runtime: { name: 'python', version: '3.11' },
      web: { commands: { start: 'gunicorn --bind "${HOST:-127.0.0.1}:$PORT" app:app' } },
    },
  ],
  [
    'FastAPI',
    { '.python-version': '3.12\n', 'main.py': '', 'pyproject.toml': 'dependencies = ["fastapi", "uvicorn[standard]"]' },
    { runtime: { version: '3.12' }, web: { commands: { start: expect.stringMatching(/^uvicorn .* main:app$/) } } },
  ],
  [
    'Django',
    { 'manage.py': '', 'requirements.txt': 'Django\ngunicorn', 'shop/wsgi.py': '' },
    { web: { commands: { start: expect.stringMatching(/^gunicorn .* shop\.wsgi:application$/) } } },
  ],
  ['plain Python', { 'main.py': '', 'requirements.txt': '' }, { web: { commands: { start: 'python main.py' } } }],
  [
    'PHP with composer and public/',
    { 'composer.json': json({ require: { php: '^8.2' } }), 'public/index.php': '' },
    {
      build: { flavor: 'composer' },
      runtime: { name: 'php', version: '8.2' },
      web: { commands: { start: expect.stringMatching(/php -S .* -t public$/) } },
    },
  ],
  ['PHP without anything', { 'index.php': '' }, { build: { flavor: 'none' }, runtime: { name: 'php' } }],
  [
    'static files',
    { 'index.html': '', 'public/index.html': '' },
    { runtime: { name: 'static' }, web: { locations: { '/': { root: '.' } } } },
  ],
  ['static files in _site', { '_site/index.html': '' }, { web: { locations: { '/': { root: '_site' } } } }],
  [
    'a Procfile over everything else',
    { Procfile: 'web: node a.js --port $PORT\nqueue: node q.js\nrelease: node m.js\n# done\n', 'package.json': '{}' },
    {
      hooks: { deploy: 'node m.js' },
      web: { commands: { start: 'node a.js --port $PORT' } },
      workers: [{ name: 'queue', start: 'node q.js' }],
    },
  ],
  ['only a Procfile', { Procfile: 'tick: ./tick' }, { runtime: { name: 'shell' }, workers: [{ name: 'tick' }] }],
])('%s', async (_, contents, expected) => {
  const spec = await read(contents)
  expect(spec.applications).toEqual([expect.objectContaining({ name: 'web', root: '.', strategy: 'rolling' })])
  expect(spec.applications[0]).toMatchObject(expected)
})

test('what is found is behind the default address, http and https', async () => {
  expect((await read({ 'index.html': '' })).routes).toMatchObject([{ host: '{default}', scheme: 'both' }])
})

test('a worker alone has no address', async () => {
  const spec = await read({ Procfile: 'tick: ./tick' })
  expect(spec.routes).toEqual([])
  expect(spec.applications[0]?.web).toBeUndefined()
})

test('mistakes are shown at their places', async () => {
  expect(await refusal({ Procfile: 'web node\nweb: a\nweb: b\nMail: c\nall: d' })).toMatchInlineSnapshot(`
    "usage.config
    The project files have errors:
    Procfile:1:1: expected "name: command"
    Procfile:3:1: the process type "web" is there twice
    Procfile:4:1: "Mail" is not a valid name: lower-case letters, digits and dashes, 1 to 40 characters, no dash at either end
    Procfile:5:1: "all" is reserved"
  `)
  expect(await refusal({ 'package.json': '{"scripts":{"start":1},}' })).toMatchInlineSnapshot(`
    "usage.config
    The project files have errors:
    package.json:1:24: a key in double quotes is expected here, or the comma before it is too much"
  `)
  expect(await refusal({ 'package.json': '{"scripts":{"start":1}}' })).toMatchInlineSnapshot(`
    "usage.config
    The project files have errors:
    package.json:1:13: scripts.start: is a whole number; expected text"
  `)
  expect(await refusal({ 'requirements.txt': 'x' })).toMatchInlineSnapshot(`
    "usage.config
    The project files have errors:
    requirements.txt:1:1: nothing says how to start this python application: add a Procfile with a line "web: COMMAND" that listens on $PORT"
  `)
})
