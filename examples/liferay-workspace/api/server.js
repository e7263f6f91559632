// Serves the catalogue that the catalog service writes.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { directoryOf } from './volume.js'

const directory = directoryOf('CATALOG_DIR', '../catalog/data')
const port = Number(process.env.PORT ?? 8081)

const server = createServer(async (request, response) => {
  const catalog = await readCatalog()
  if (request.url === '/ready') return json(response, 200, { ready: true, catalogue: catalog !== undefined })
  if (request.url !== '/products') return json(response, 404, { error: 'there is no such call' })
  if (!catalog) return json(response, 503, { error: 'the catalogue is not there yet' })
  json(response, 200, catalog)
})

server.listen(port, () => console.log(`api listens on port ${port}`))
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => console.log('stopped'))
    server.closeIdleConnections()
  })
}

async function readCatalog() {
  try {
    return JSON.parse(await readFile(`${directory}/catalog.json`, 'utf8'))
  } catch {
    return undefined
  }
}

function json(response, status, value) {
  response.writeHead(status, { 'access-control-allow-origin': '*', 'content-type': 'application/json' })
  response.end(`${JSON.stringify(value)}\n`)
}
