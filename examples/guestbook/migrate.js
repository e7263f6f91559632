// The deploy hook: runs before instances of a new release start.
import { close, prepare } from './store.js'

await prepare()
await close()
console.log('the table of entries is there')
