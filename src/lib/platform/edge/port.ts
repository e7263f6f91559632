import type { LocationSpec, RedirectSpec } from '../../config/environment-spec.ts'

/* The way in: a process of its own with the last good configuration on disk. */

export interface EdgeConfig {
  /** Grows with each change. */
  readonly generation: number
  readonly sites: readonly EdgeSite[]
}

/** One host name (and the stable port that stands for it) of one environment. */
export interface EdgeSite {
  readonly environment: string
  /** `shop-main.localhost`, or a wildcard `*.shop-main.localhost`. */
  readonly host: string
  /** A port of its own on 127.0.0.1, for programs whose resolver does not know `*.localhost`; absent for wildcards. */
  readonly port?: number | undefined
  /** Plain HTTP answers with a redirect to HTTPS. */
  readonly httpsOnly: boolean
  readonly routes: readonly EdgeRoute[]
  /** While true requests wait (at most `holdMs`, then 503) instead of being forwarded. */
  readonly held: boolean
  /** Until then, ms since the epoch; absent: until it is told otherwise. Whoever holds for a while renews it, and may die. */
  readonly heldUntil?: number | undefined
  readonly holdMs: number
  /** While present nothing is forwarded: every request is answered by 503 with this text, those that wait too. */
  readonly closed?: string | undefined
  /** File to which one JSON line per request is appended (see logs/), and its source name. */
  readonly accessLog: { readonly directory: string }
}

export interface EdgeRoute {
  /** Begins with `/`; the longest that matches wins. */
  readonly path: string
  readonly target:
    | { readonly kind: 'upstream'; readonly upstream: EdgeUpstream }
    | { readonly kind: 'redirect'; readonly to: string; readonly code: 301 | 302 | 307 | 308 }
  readonly redirects: readonly RedirectSpec[]
}

export interface EdgeUpstream {
  readonly service: string
  /** How endpoints are spoken to; `fastcgi` for php-fpm. */
  readonly protocol: 'http' | 'fastcgi'
  /** Directory that static locations are served from; absent: none. */
  readonly filesRoot?: string | undefined
  /** Directories that show at paths below it: volumes, whose files change. */
  readonly mounts?: readonly EdgeMount[] | undefined
  /** Path prefix -> rules, as in `web.locations`; `passthru` leads to an endpoint. */
  readonly locations: Readonly<Record<string, LocationSpec>>
  /** Chosen in turn; one that refuses connections is passed over for a moment. Empty: 503 unless files answer. */
  readonly endpoints: readonly EdgeEndpoint[]
  readonly sticky: boolean
}

export interface EdgeMount {
  /** Relative to `filesRoot`, normalized. */
  readonly path: string
  readonly directory: string
}

export interface EdgeEndpoint {
  /** `127.0.0.1:PORT` or `unix:/path`. */
  readonly address: string
  /** Share of the requests beside the others'; 0: none. */
  readonly weight: number
  /** What the access log calls it, e.g. `web.1`. */
  readonly instance?: string | undefined
  /** The application's directory as its processes see it: where FastCGI's scripts are; absent: `filesRoot`. */
  readonly appDirectory?: string | undefined
}

export interface EdgeStatus {
  readonly pid: number
  readonly generation: number
  readonly httpPort: number
  readonly httpsPort: number
  /** Requests being answered now, by endpoint address. */
  readonly inFlight: Readonly<Record<string, number>>
  /** Ports of sites that another program holds: tried again every second; the hosts answer on the shared ports. */
  readonly missingPorts: readonly number[]
}

export interface Edge {
  /** Starts the process if none runs (or takes the running one back) and gives it this configuration. @throws conflict.port-taken for a shared port */
  apply(config: EdgeConfig): Promise<EdgeStatus>
  status(): Promise<EdgeStatus>
  /** Resolves when no request is in flight to these addresses, or after `timeoutMs`. */
  drain(addresses: readonly string[], timeoutMs: number): Promise<void>
  /** PEM of the internal CA that signs the HTTPS certificates. */
  certificateAuthority(): Promise<string>
  /** Lets go of the process without stopping it. */
  close(): Promise<void>
  /** Ends the process. */
  stop(): Promise<void>
}
