/** By which programs reach package registries: proxies, certificate authorities, and registries in place of the public ones. */
const NAMES = [
  'ALL_PROXY',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'PIP_CERT',
  'PIP_INDEX_URL',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'npm_config_cafile',
  'npm_config_registry',
]

/** What of a process's environment its builds need to reach the network as it does; names in either case. */
export function networkSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const known = new Set(NAMES.map(name => name.toLowerCase()))
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      known.has(name.toLowerCase()) && value !== undefined && value !== '' ? [[name, value] as const] : [],
    ),
  )
}
