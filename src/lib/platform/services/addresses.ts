import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import getPort from 'get-port'

/** So many addresses are tried with the standard port: when all are taken, some program listens on every address. */
const ATTEMPTS = 8

export interface Address {
  readonly host: string
  readonly port: number
}

export interface AddressRequest {
  /** Where the search begins depends on it, so that several platforms on one machine hardly ever want the same. */
  readonly key: string
  /** The standard port of what will listen there. */
  readonly port: number
  readonly isTaken: (address: Address) => boolean
  /** Whether every address in 127.0.0.0/8 may be bound without further ado: Linux alone. */
  readonly hasManyAddresses: boolean
}

/** An address on the loopback network where nothing listens: one of its own at the standard port, else a free port. */
export async function chooseAddress(request: AddressRequest): Promise<Address> {
  const { hasManyAddresses, isTaken, key, port } = request
  for (let attempt = 0; attempt < (hasManyAddresses ? ATTEMPTS : 0); attempt++) {
    const address = { host: addressOf(`${key}#${attempt}`), port }
    if (!isTaken(address) && (await isFree(address))) return address
  }
  const host = hasManyAddresses ? addressOf(`${key}#0`) : '127.0.0.1'
  for (;;) {
    const address = { host, port: await getPort({ host }) }
    if (!isTaken(address)) return address
  }
}

/** From 127.64.0.1 to 127.127.255.254. */
function addressOf(key: string): string {
  const [a = 0, b = 0, c = 0] = createHash('sha256').update(key).digest()
  return `127.${64 + (a % 64)}.${b}.${1 + (c % 254)}`
}

async function isFree({ host, port }: Address): Promise<boolean> {
  const server = createServer()
  try {
    server.listen({ exclusive: true, host, port })
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
