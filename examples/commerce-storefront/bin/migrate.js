// Deploy hook: mounts are there, the site is not yet switched.
import { note, prepare } from '../orders.js'

await prepare()
await note('deploys.log', 'deployed')
console.log('directories for orders are there')
