import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from '../../../src/lib/platform/store/sqlite/open.ts'

/* Writes pairs of records in transactions until it is killed; a name is printed once its transaction has returned. */

const directory = process.argv[2] ?? ''
const store = openSqliteStore({
  database: join(directory, 'data', 'platform.db'),
  secretKey: join(directory, 'config', 'secret.key'),
})
writeSync(1, 'open\n')
for (;;) {
  const name = `p${process.pid}-${store.settings.increment('count')}`
  store.transaction(() => {
    store.projects.create({ name })
    store.settings.set(name, true)
  })
  writeSync(1, `${name}\n`)
}
