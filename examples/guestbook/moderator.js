// The worker: reads the guestbook again whenever it changed, hides what nobody wants to read and counts the rest.
import { log } from './log.js'
import { entriesVersion, readEntries, writeSummary } from './store.js'

const unwanted = /\b(spam|casino|viagra)\b|https?:\/\/\S+\s+https?:\/\//i
let known
let isStopping = false
const stop = new AbortController()

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    isStopping = true
    stop.abort()
  })
}

log('info', 'moderator started')
while (!isStopping) {
  const current = await entriesVersion()
  if (current !== known) await moderate()
  known = current
  await pause(500)
}
log('info', 'moderator stopped')

async function moderate() {
  const entries = await readEntries()
  const hidden = entries.filter(({ author, message }) => unwanted.test(`${author} ${message}`)).map(({ id }) => id)
  const authors = new Set(entries.map(({ author }) => author)).size
  await writeSummary({ entries: entries.length, authors, hidden })
  log('info', `${entries.length} entries by ${authors} authors, ${hidden.length} hidden`)
}

function pause(ms) {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    stop.signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
