// Cron: what was sold so far.
import { products } from '../catalog.js'
import { close, doneOrders, writeReport } from '../orders.js'

const prices = new Map(products.map(({ price, sku }) => [sku, price]))
const orders = await doneOrders()
const turnover = orders.reduce((sum, { sku }) => sum + (prices.get(sku) ?? 0), 0)
await writeReport({ at: new Date().toISOString(), orders: orders.length, turnover: Number(turnover.toFixed(2)) })
console.log(`${orders.length} orders, ${turnover.toFixed(2)} ${process.env.CURRENCY ?? 'EUR'}`)
await close()
