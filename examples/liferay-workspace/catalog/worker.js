// Writes the catalogue into the volume that the api reads, again and again, as if it came from somewhere else.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { directoryOf } from './volume.js'

const directory = directoryOf('CATALOG_DIR', 'data')
const everyMs = Number(process.env.REFRESH_SECONDS ?? 30) * 1000
let timer
let refreshes = 0

process.on('SIGTERM', () => clearTimeout(timer))
process.on('SIGINT', () => clearTimeout(timer))
await refresh()

async function refresh() {
  const products = JSON.parse(await readFile('products.json', 'utf8'))
  refreshes += 1
  const catalog = { refreshedAt: new Date().toISOString(), refreshes, products }
  await mkdir(directory, { recursive: true })
  await writeFile(`${directory}/catalog.json.new`, JSON.stringify(catalog))
  await rename(`${directory}/catalog.json.new`, `${directory}/catalog.json`)
  console.log(`catalogue written: ${products.length} products, next in ${everyMs / 1000} s`)
  timer = setTimeout(refresh, everyMs)
}
