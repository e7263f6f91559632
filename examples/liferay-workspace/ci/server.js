// Where a repository's webhook ends up: keeps the pushes it is told of and lists them.
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { directoryOf } from './volume.js'

const directory = directoryOf('CI_DIR', 'data')
const port = Number(process.env.PORT ?? 8080)
const pushesFile = `${directory}/pushes.jsonl`

const server = createServer((request, response) => {
  answer(request, response).catch(error => {
    console.error(error)
    if (!response.headersSent) json(response, 500, { error: 'something went wrong' })
  })
})

await mkdir(directory, { recursive: true })
server.listen(port, () => console.log(`ci listens on port ${port}`))
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close(() => console.log('stopped')))

async function answer(request, response) {
  if (request.url === '/login') return json(response, 200, { status: 'ok' })
  if (request.url === '/pushes') return json(response, 200, await pushes())
  if (request.method !== 'POST' || request.url !== '/github-webhook/') {
    return json(response, 404, { error: 'there is no such page' })
  }
  const push = parse(await body(request))
  if (typeof push?.ref !== 'string') return json(response, 400, { error: 'a push names a ref' })
  await appendFile(pushesFile, `${JSON.stringify({ at: new Date().toISOString(), ref: push.ref })}\n`)
  console.log(`push to ${push.ref}`)
  json(response, 202, { ref: push.ref })
}

async function pushes() {
  const text = await readFile(pushesFile, 'utf8').catch(() => '')
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))
}

async function body(request) {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > 100_000) throw new Error('the request is too large')
  }
  return text
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(value)}\n`)
}
