// The worker: looks at new entries, hides what nobody wants to read and counts the rest.
import { log } from './log.js'
import { close, count, moderateEntry, newEntries } from './store.js'

const unwanted = /\b(spam|casino|viagra)\b|https?:\/\/\S+\s+https?:\/\//i
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
  await moderate().catch(error => log('warning', `later: ${error.message}`))
  await pause(500)
}
await close()
log('info', 'moderator stopped')

async function moderate() {
  const fresh = await newEntries()
  for (const { author, id, message } of fresh) {
    await moderateEntry({ id, hidden: unwanted.test(`${author} ${message}`) })
  }
  if (fresh.length === 0) return
  const { authors, entries, hidden } = await count()
  log('info', `${entries} entries by ${authors} authors, ${hidden} hidden`)
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
