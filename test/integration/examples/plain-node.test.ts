import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import getPort from 'get-port'
import { afterEach, expect, test, vi } from 'vitest'

const examples = fileURLToPath(new URL('../../../examples', import.meta.url))
const children: ChildProcess[] = []
const places: string[] = []

afterEach(async () => {
  await Promise.all(children.splice(0).map(stop))
  await Promise.all(places.splice(0).map(place => rm(place, { recursive: true, force: true })))
})

test('liferay-workspace: web shows what api serves from what catalog wrote', async () => {
  const place = await copyOf('liferay-workspace')
  start(join(place, 'catalog'), 'worker.js')
  const api = await serve(join(place, 'api'), 'server.js')
  const web = await serve(join(place, 'web'), 'server.js', { API_URL: api.url })
  await vi.waitFor(async () => expect(await text(`${web.url}/`)).toContain('Folding anchor: 32.00'), {
    timeout: 10_000,
  })

  const ci = await serve(join(place, 'ci'), 'server.js')
  expect((await post(ci.url, '/github-webhook/', { ref: 'refs/heads/main' })).status).toBe(202)
  expect(await text(`${ci.url}/pushes`)).toContain('refs/heads/main')
})

async function copyOf(example: string): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), `aloft-${example}-`))
  places.push(place)
  await cp(join(examples, example), place, { recursive: true })
  return place
}

function start(cwd: string, script: string, variables: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, [script], { cwd, env: { ...process.env, ...variables } })
  children.push(child)
  return child
}

async function serve(cwd: string, script: string, variables: NodeJS.ProcessEnv = {}) {
  const port = await getPort()
  const child = start(cwd, script, { ...variables, PORT: String(port) })
  await waitForLine(child, /listens on port/)
  return { child, url: `http://127.0.0.1:${port}` }
}

async function waitForLine(child: ChildProcess, pattern: RegExp): Promise<void> {
  let printed = ''
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      if (printed.split('\n').some(line => pattern.test(line))) resolve()
    })
    child.on('exit', code => reject(new Error(`it ended with ${code}: ${printed}`)))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await exitCode(child)
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

function post(url: string, path: string, body: Record<string, string>): Promise<Response> {
  return fetch(url + path, {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    method: 'POST',
  })
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text()
}
