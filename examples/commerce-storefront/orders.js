import { appendFile, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const inbox = 'orders/new'
const done = 'orders/done'

/** Creates the directories the shop works in; safe to repeat. */
export async function prepare() {
  for (const place of [inbox, done]) await mkdir(place, { recursive: true })
}

/** One file per order: written aside, then moved in place, so that nobody reads half of one. */
export async function placeOrder(order) {
  const id = `${Date.now()}-${crypto.randomUUID().slice(0, 8)}`
  await writeFile(`orders/.${id}`, JSON.stringify({ id, at: new Date().toISOString(), ...order }))
  await rename(`orders/.${id}`, join(inbox, `${id}.json`))
  return id
}

export async function newOrders() {
  return readOrders(inbox)
}

export async function doneOrders() {
  return readOrders(done)
}

export async function finishOrder({ id }) {
  await rename(join(inbox, `${id}.json`), join(done, `${id}.json`))
}

export async function note(file, text) {
  await mkdir('var', { recursive: true })
  await appendFile(join('var', file), `${new Date().toISOString()} ${text}\n`)
}

export async function writeReport(report) {
  await mkdir('var', { recursive: true })
  await writeFile('var/report.json.new', JSON.stringify(report))
  await rename('var/report.json.new', 'var/report.json')
}

async function readOrders(place) {
  const names = (await readdir(place)).filter(name => name.endsWith('.json')).toSorted()
  return Promise.all(names.map(async name => JSON.parse(await readFile(join(place, name), 'utf8'))))
}
