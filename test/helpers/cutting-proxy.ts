import { createServer, connect, type Socket } from 'node:net'

export interface CuttingProxy {
  readonly url: string
  /** Connections that were cut. */
  readonly cuts: () => number
  close(): Promise<void>
}

/** A TCP proxy that cuts each of the first `times` connections after `bytesOf(n)` bytes of answer. */
export function startCuttingProxy(target: URL, times: number, bytesOf: (cut: number) => number): Promise<CuttingProxy> {
  return startProxy(target, { bytesOf, of: 'answers', times })
}

/** As `startCuttingProxy`, but after so many bytes of what the client sends. */
export function startRequestCuttingProxy(
  target: URL,
  times: number,
  bytesOf: (cut: number) => number,
): Promise<CuttingProxy> {
  return startProxy(target, { bytesOf, of: 'requests', times })
}

interface Cutting {
  readonly of: 'answers' | 'requests'
  readonly times: number
  readonly bytesOf: (cut: number) => number
}

async function startProxy(target: URL, { bytesOf, of, times }: Cutting): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  let cuts = 0
  const server = createServer(client => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    let left = cuts < times ? bytesOf(cuts) : Infinity
    const [from, to] = of === 'answers' ? [upstream, client] : [client, upstream]
    to.pipe(from)
    from.on('data', chunk => {
      if (chunk.length >= left) {
        cuts++
        to.write(chunk.subarray(0, left), () => to.destroy())
        from.destroy()
        return
      }
      left -= chunk.length
      if (to.write(chunk)) return
      from.pause()
      to.once('drain', () => from.resume())
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
    cuts: () => cuts,
    url: `http://127.0.0.1:${port}`,
  }
}
