import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { log } from './log.js'
import { addEntry, close, readEntries, version } from './store.js'

const port = Number(process.env.PORT ?? 3000)
const greeting = process.env.GREETING ?? 'Guestbook'
const { version: release } = JSON.parse(readFileSync('package.json', 'utf8'))
const listeners = new Set()
let isStopping = false

const routes = {
  'GET /': showPage,
  'GET /health': (request, response) => json(response, 200, { status: 'ok', version: release, pid: process.pid }),
  'GET /entries.json': async (request, response) => json(response, 200, await visibleEntries()),
  'GET /events': streamEvents,
  'POST /entries': addFromRequest,
}

const server = createServer(async (request, response) => {
  const startedAt = performance.now()
  const { pathname } = new URL(request.url, 'http://guestbook')
  if (isStopping) response.setHeader('connection', 'close')
  response.on('finish', () => {
    const ms = Math.round(performance.now() - startedAt)
    log('info', `${request.method} ${pathname} ${response.statusCode}`, { ms })
  })
  try {
    const route = routes[`${request.method} ${pathname}`]
    if (route) await route(request, response)
    else if (pathname.startsWith('/assets/')) await sendAsset(pathname, response)
    else json(response, 404, { error: 'there is no such page' })
  } catch (error) {
    log('error', error.message, { stack: error.stack })
    if (!response.headersSent)
      json(response, error.status ?? 500, { error: error.status ? error.message : 'something went wrong' })
  }
})

server.listen(port, () => log('info', `guestbook ${release} listens on port ${port}`))

// What is being answered is finished; nothing new is taken.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    if (isStopping) return
    isStopping = true
    log('info', `${signal}: finishing requests in flight`)
    for (const response of listeners) response.end()
    server.close(() => close().then(() => log('info', 'stopped')))
    server.closeIdleConnections()
  })
}

async function showPage(request, response) {
  const [page, { entries, hidden, total }] = await Promise.all([readFile('public/page.html', 'utf8'), visibleEntries()])
  const items = entries.toReversed().map(({ at, author, isHidden, message }) => {
    return `<li${isHidden ? ' class="hidden"' : ''}><b>${escape(author)}</b> ${escape(message)} <time>${at.toISOString()}</time></li>`
  })
  const count = `${total} ${total === 1 ? 'entry' : 'entries'}, ${hidden} hidden by the moderator`
  const values = { count, entries: items.join('\n        '), greeting: escape(greeting) }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  response.end(page.replaceAll(/{{(\w+)}}/g, (whole, name) => values[name] ?? whole))
}

async function visibleEntries() {
  const all = await readEntries()
  const entries = all.map(({ hidden, message, ...entry }) => {
    return hidden ? { ...entry, message: 'hidden', isHidden: true } : { ...entry, message }
  })
  return { total: all.length, hidden: all.filter(({ hidden }) => hidden).length, entries }
}

async function addFromRequest(request, response) {
  const type = request.headers['content-type'] ?? ''
  const isForm = type.startsWith('application/x-www-form-urlencoded')
  const fields = parse(await body(request), isForm)
  const author = String(fields?.author ?? '').trim()
  const message = String(fields?.message ?? '').trim()
  if (!author || !message || author.length > 60 || message.length > 500) {
    return json(response, 400, { error: 'author (up to 60 characters) and message (up to 500) are needed' })
  }
  const entry = await addEntry({ author, message })
  log('info', 'entry added', { id: entry.id })
  if (isForm) response.writeHead(303, { location: '/' }).end()
  else json(response, 201, entry)
}

function parse(text, isForm) {
  if (isForm) return Object.fromEntries(new URLSearchParams(text))
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Tells browsers when entries or their moderation changed; ends with the browser or with this instance. */
async function streamEvents(request, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 1000\n\n')
  listeners.add(response)
  let known
  const timer = setInterval(async () => {
    const current = await version().catch(() => known)
    if (known !== undefined && current !== known && !response.writableEnded) {
      response.write('event: changed\ndata: \n\n')
    }
    known = current
  }, 500)
  response.on('close', () => {
    clearInterval(timer)
    listeners.delete(response)
  })
}

/** Only for `node server.js` alone: behind the edge these are served from disk. */
async function sendAsset(pathname, response) {
  const name = /^\/assets\/([\w-]+\.[0-9a-f]+\.css)$/.exec(pathname)?.[1]
  const css = name && (await readFile(`public/assets/${name}`).catch(() => undefined))
  if (!css) return json(response, 404, { error: 'there is no such file' })
  response.writeHead(200, { 'content-type': 'text/css', 'cache-control': 'public, max-age=31536000, immutable' })
  response.end(css)
}

async function body(request) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > 10_000) throw Object.assign(new Error('the request is too large'), { status: 413 })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(value)}\n`)
}

function escape(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replaceAll(/[&<>"']/g, character => entities[character])
}
