import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { openDatabase, openQueue } from './services.js'

const WAITING = 'orders'
const IN_WORK = 'orders:in-work'

const database = openDatabase()
const queue = openQueue()

/** Creates the table; safe to repeat. */
export async function prepare() {
  await database.query(`
    CREATE TABLE IF NOT EXISTS orders (
      id CHAR(36) PRIMARY KEY,
      sku VARCHAR(40) NOT NULL,
      placed_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
      done_at TIMESTAMP NULL
    )`)
}

/** The database keeps it; the queue only tells the worker. */
export async function placeOrder({ sku }) {
  const id = crypto.randomUUID()
  await database.execute('INSERT INTO orders (id, sku) VALUES (?, ?)', [id, sku])
  await queue.lpush(WAITING, id)
  return id
}

/** The next order, or undefined when there is none for a second; moved aside until it is finished. */
export async function nextOrder() {
  const id = await queue.blmove(WAITING, IN_WORK, 'RIGHT', 'LEFT', 1)
  if (id === null) return undefined
  const [[order]] = await database.execute('SELECT id, sku FROM orders WHERE id = ?', [id])
  return order ?? { id, sku: 'unknown' }
}

export async function finishOrder({ id }) {
  await database.execute('UPDATE orders SET done_at = CURRENT_TIMESTAMP WHERE id = ?', [id])
  await queue.lrem(IN_WORK, 1, id)
}

/** What is not done goes into the queue again: Redis is a cache and may have forgotten it. */
export async function refillQueue() {
  const [open] = await database.query('SELECT id FROM orders WHERE done_at IS NULL ORDER BY placed_at')
  const renewed = queue.multi().del(WAITING, IN_WORK)
  for (const { id } of open) renewed.lpush(WAITING, id)
  await renewed.exec()
}

export async function doneOrders() {
  const [orders] = await database.query('SELECT id, sku FROM orders WHERE done_at IS NOT NULL ORDER BY placed_at, id')
  return orders
}

export async function close() {
  queue.disconnect()
  await database.end()
}

export async function note(file, text) {
  await mkdir('var', { recursive: true })
  await appendFile(`var/${file}`, `${new Date().toISOString()} ${text}\n`)
}

export async function writeReport(report) {
  await mkdir('var', { recursive: true })
  await writeFile('var/report.json.new', JSON.stringify(report))
  await rename('var/report.json.new', 'var/report.json')
}
