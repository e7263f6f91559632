// `npm run demo`: from a fresh clone to an application that answers. `npm run demo -- --stop` ends and removes it all;
// `--home DIRECTORY` keeps it elsewhere than in `.demo`.
import { existsSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root, setup, stepEnvironment } from './setup.mjs'
import { command, output } from './steps.mjs'

const usualHome = join(root, '.demo')
const { values } = parseArgs({
  options: { home: { default: usualHome, type: 'string' }, stop: { default: false, type: 'boolean' } },
})
const { home } = values
const target = ['--project', 'demo', '--environment', 'main']
// the guestbook's build asks a registry, maybe through a certificate authority of the machine's own
const { NODE_EXTRA_CA_CERTS: authorities } = process.env
const env = { ...stepEnvironment(), ALOFT_HOME: home, ...(authorities && { NODE_EXTRA_CA_CERTS: authorities }) }

process.exitCode = (await (values.stop ? stop() : start())) ? 0 : 1

async function start() {
  setup('demo')
  if (!(await show('build aloft', ['npm', 'run', '--silent', 'build']))) return false
  if (!(await show('start the platform', aloft('platform', 'start')))) return false
  if (!(await show('deploy examples/guestbook', aloft('deploy', 'examples/guestbook', ...target)))) return false

  const url = await findUrl()
  if (url === undefined) return fail('the environment has no address')
  title(`what ${url} answers`)
  await sign(url)
  const page = await (await fetchLocal(url, '/')).text()
  console.log(page.trimEnd())
  console.log(nextSteps(url))
  return true
}

async function stop() {
  if (!existsSync(home)) {
    console.log('there is no demo')
    return true
  }
  if (!(await command(aloft('platform', 'stop', '--all'), { env }))) return fail('the platform did not stop')
  rmSync(home, { recursive: true, force: true })
  console.log(`stopped and removed ${home}`)
  return true
}

async function findUrl() {
  const text = await output(aloft('environments', 'show', 'main', '--project', 'demo', '--json'), { env })
  const urls = text === undefined ? [] : JSON.parse(text).result.urls
  return urls.find(url => url.startsWith('http:'))
}

/** The page would be empty otherwise. */
async function sign(url) {
  const response = await fetchLocal(url, '/entries', {
    body: JSON.stringify({ author: 'npm run demo', message: 'Built, started and served on this machine.' }),
    headers: { 'content-type': 'application/json' },
    method: 'POST',
  })
  if (!response.ok) throw new Error(`POST ${url}entries answered ${response.status}: ${await response.text()}`)
}

/** Not every resolver knows `*.localhost` (RFC 6761 makes it loopback): asks 127.0.0.1 and names the host. */
function fetchLocal(url, path, { body, headers = {}, method = 'GET' } = {}) {
  const { host, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { headers: { ...headers, host }, host: '127.0.0.1', method, path, port: port || 80 },
      incoming => {
        const chunks = []
        incoming.on('data', chunk => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => resolve(new Response(Buffer.concat(chunks), { status: incoming.statusCode ?? 0 })))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function aloft(...args) {
  return ['node', join(root, 'bin', 'run.js'), ...args]
}

async function show(name, argv) {
  title(name)
  return (await command(argv, { env })) || fail(`failed: ${name}`)
}

function title(text) {
  console.log(`\n── ${text}`)
}

function fail(text) {
  console.error(text)
  return false
}

function nextSteps(url) {
  return `
── what to type next

  export ALOFT_HOME=${home}
  bin/run.js open --project demo --environment main         # ${url}
  bin/run.js logs -f --project demo --environment main      # web and worker together
  bin/run.js shell guestbook --project demo --environment main
  bin/run.js scale guestbook=2 --project demo --environment main
  bin/run.js deploy examples/guestbook --project demo --environment main

  npm run demo -- --stop${home === usualHome ? '' : ` --home ${home}`}                                    # ends the platform and removes ${home}
`
}
