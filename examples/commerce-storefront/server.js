// The dynamic part of the shop. Pages and files are served from `pub` by the platform; without one, by this server too.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { findProducts, products } from './catalog.js'
import { close, placeOrder } from './orders.js'

const port = Number(process.env.PORT ?? 8888)
const skus = new Set(products.map(({ sku }) => sku))
const types = { '.css': 'text/css', '.html': 'text/html; charset=utf-8' }

const server = createServer((request, response) => {
  answer(request, response).catch(error => {
    console.error(error)
    if (!response.headersSent) send(response, 500, 'something went wrong')
  })
})

server.listen(port, () => console.log(`storefront listens on port ${port}`))
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => close().then(() => console.log('stopped')))
    server.closeIdleConnections()
  })
}

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://storefront')
  if (pathname === '/health') return send(response, 200, 'ok')
  if (pathname === '/checkout') return checkout(request, response)
  if (pathname === '/search') return find(searchParams.get('q') ?? '', response)
  return sendFile(pathname, response)
}

async function find(words, response) {
  const found = words.trim() === '' ? [] : await findProducts(words)
  send(response, 200, found.map(({ name, sku }) => `${sku} ${name}`).join('\n') || 'nothing was found')
}

async function checkout(request, response) {
  if (request.method !== 'POST') return send(response, 200, 'Choose a product first: POST sku=…')
  const sku = new URLSearchParams(await body(request)).get('sku')
  if (!skus.has(sku)) return send(response, 400, `there is no product ${sku ?? 'without a number'}`)
  const id = await placeOrder({ sku })
  console.log(`order ${id} placed`)
  send(response, 201, `Thank you. Your order is ${id}.`)
}

async function sendFile(pathname, response) {
  const path = normalize(pathname).replace(/\/$/, '/index.html')
  const content = await readFile(join('pub', path)).catch(() => undefined)
  if (content === undefined) return send(response, 404, 'there is no such page')
  response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' })
  response.end(content)
}

async function body(request) {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > 10_000) throw new Error('the request is too large')
  }
  return text
}

function send(response, status, text) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}
