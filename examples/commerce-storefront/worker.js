// Takes new orders over, one after the other.
import { finishOrder, newOrders, prepare } from './orders.js'

let timer
let isStopping = false
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    isStopping = true
    clearTimeout(timer)
  })
}

await prepare()
console.log('waiting for orders')
await work()

async function work() {
  for (const order of await newOrders()) {
    if (isStopping) return
    await finishOrder(order)
    console.log(`order ${order.id}: ${order.sku}`)
  }
  if (!isStopping) timer = setTimeout(work, 500)
}
