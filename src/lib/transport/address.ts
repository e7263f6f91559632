import type { Network } from './network.ts'

/** Where a server is reached, and how. The token is a function so that it is read late and never printed with the address. */
export interface Address {
  /** `http://host:port` or `https://…`; only for the Host header when `socketPath` is given. */
  readonly url: string
  /** Unix socket or named pipe that is used instead of TCP; no proxy is ever asked for it. */
  readonly socketPath?: string | undefined
  readonly token?: (() => string) | undefined
  readonly network: Network
}

/** How people see it: never with credentials. */
export function describeAddress({ socketPath, url }: Pick<Address, 'socketPath' | 'url'>): string {
  if (socketPath !== undefined) return socketPath
  const { host, protocol } = new URL(url)
  return `${protocol}//${host}`
}
