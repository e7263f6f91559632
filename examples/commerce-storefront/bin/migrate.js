// Deploy hook: services and mounts are there, the site is not yet switched.
import { indexProducts } from '../catalog.js'
import { close, note, prepare } from '../orders.js'

await prepare()
console.log(`the table of orders is there, ${await indexProducts()} products can be found`)
await note('deploys.log', 'deployed')
await close()
