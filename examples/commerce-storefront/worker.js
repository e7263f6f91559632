// Takes new orders over, one after the other.
import { close, finishOrder, nextOrder, prepare, refillQueue } from './orders.js'

let isStopping = false
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => (isStopping = true))

// on this cloud a worker starts before the deploy hook runs
await prepare()
await refillQueue()
console.log('waiting for orders')
while (!isStopping) {
  const order = await nextOrder()
  if (!order) continue
  await finishOrder(order)
  console.log(`order ${order.id}: ${order.sku}`)
}
await close()
