// The shop's front: asks the api for the catalogue and shows it; without an answer it says so and stays up.
import { createServer } from 'node:http'

const port = Number(process.env.PORT ?? 8080)
const apiUrl = process.env.API_URL ?? 'http://127.0.0.1:8081'
const title = process.env.SHOP_TITLE ?? 'Workspace shop'

const server = createServer(async (request, response) => {
  if (request.url === '/ready') return send(response, 200, 'text/plain', 'ready')
  if (request.url !== '/') return send(response, 404, 'text/plain', 'there is no such page')
  const { content, status } = await catalogue()
  send(
    response,
    status,
    'text/html; charset=utf-8',
    `<!doctype html><title>${title}</title><h1>${title}</h1>${content}`,
  )
})

server.listen(port, () => console.log(`web listens on port ${port}, the api is ${apiUrl}`))
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => console.log('stopped'))
    server.closeIdleConnections()
  })
}

async function catalogue() {
  try {
    const answer = await fetch(`${apiUrl}/products`, { signal: AbortSignal.timeout(2000) })
    if (!answer.ok) throw new Error(`it answered ${answer.status}`)
    const { products, refreshedAt } = await answer.json()
    const items = products.map(({ name, price }) => `<li>${name}: ${price.toFixed(2)}</li>`)
    return { content: `<ul>${items.join('')}</ul><p>as of ${refreshedAt}</p>`, status: 200 }
  } catch (error) {
    console.error(`no catalogue from ${apiUrl}: ${error.cause?.code ?? error.message}`)
    return { content: '<p>The catalogue cannot be read at the moment.</p>', status: 200 }
  }
}

function send(response, status, type, text) {
  response.writeHead(status, { 'content-type': type })
  response.end(text)
}
