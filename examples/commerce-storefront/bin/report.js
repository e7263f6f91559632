// Cron: what was sold so far.
import { readFileSync } from 'node:fs'
import { doneOrders, prepare, writeReport } from '../orders.js'

await prepare()
const prices = new Map(JSON.parse(readFileSync('catalog/products.json', 'utf8')).map(({ price, sku }) => [sku, price]))
const orders = await doneOrders()
const turnover = orders.reduce((sum, { sku }) => sum + (prices.get(sku) ?? 0), 0)
await writeReport({ at: new Date().toISOString(), orders: orders.length, turnover: Number(turnover.toFixed(2)) })
console.log(`${orders.length} orders, ${turnover.toFixed(2)} ${process.env.CURRENCY ?? 'EUR'}`)
