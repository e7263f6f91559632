// Post-deploy hook: the site is live.
import { close, note } from '../orders.js'

await note('deploys.log', 'live')
console.log('the site is live')
await close()
