/** Where a server is reached. The token is a function so that it is read late and never printed with the address. */
export interface Address {
  /** `http://host:port` or `https://…`; only for the Host header when `socketPath` is given. */
  readonly url: string
  /** Unix socket or named pipe that is used instead of TCP. */
  readonly socketPath?: string | undefined
  readonly token?: (() => string) | undefined
}

/** How people see it: never with credentials. */
export function describeAddress({ socketPath, url }: Address): string {
  if (socketPath !== undefined) return socketPath
  const { host, protocol } = new URL(url)
  return `${protocol}//${host}`
}
