import { appendFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'

const directory = process.env.DATA_DIR ?? 'data'
const entriesFile = `${directory}/entries.jsonl`
const summaryFile = `${directory}/summary.json`

/** One line per entry, appended in one write: several instances may do so at once. */
export async function addEntry({ author, message }) {
  const entry = { id: crypto.randomUUID(), at: new Date().toISOString(), author, message }
  await mkdir(directory, { recursive: true })
  await appendFile(entriesFile, `${JSON.stringify(entry)}\n`)
  return entry
}

/** Oldest first. A last line without its end is still being written. */
export async function readEntries() {
  const text = await readFile(entriesFile, 'utf8').catch(whenAbsent(''))
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))
}

/** What the moderator made of the entries: counts, and the ids that are not to be shown. */
export async function readSummary() {
  const text = await readFile(summaryFile, 'utf8').catch(whenAbsent('{"entries":0,"authors":0,"hidden":[]}'))
  return JSON.parse(text)
}

export async function writeSummary(summary) {
  await mkdir(directory, { recursive: true })
  await writeFile(`${summaryFile}.new`, JSON.stringify(summary))
  await rename(`${summaryFile}.new`, summaryFile)
}

/** Changes whenever an entry is added. */
export function entriesVersion() {
  return fileVersion(entriesFile)
}

/** Changes whenever an entry is added or moderated. */
export async function version() {
  return `${await fileVersion(entriesFile)} ${await fileVersion(summaryFile)}`
}

async function fileVersion(file) {
  const { mtimeMs, size } = await stat(file).catch(whenAbsent({ size: 0, mtimeMs: 0 }))
  return `${size}@${mtimeMs}`
}

function whenAbsent(value) {
  return error => {
    if (error.code === 'ENOENT') return value
    throw error
  }
}
