import process from 'node:process'
import { mkdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createLayout } from '../../../layout.ts'
import { openPlatformSecrets } from '../../../secrets.ts'
import type { Level } from '../isolation/probe.ts'
import { Keeper } from './keeper.ts'
import { acquireLock } from './lock.ts'

/*
 * The keeper's process. Its arguments are paths and names only; it writes what it has to say about itself to stderr,
 * which is `keeper.log`.
 */

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    bubblewrap: text,
    cache: text,
    config: text,
    'cuts-network': text,
    data: text,
    environment: text,
    idle: text,
    level: text,
    runtime: text,
    setpriv: text,
    uid: text,
    version: text,
  },
})

function required(name: keyof typeof values): string {
  const value = values[name]
  if (value === undefined) throw new TypeError(`--${name} is missing`)
  return value
}

function toLevel(value: string): Level {
  if (value === 'namespaces' || value === 'user' || value === 'none') return value
  throw new TypeError(`--level ${value} is unknown`)
}

const home = {
  cache: required('cache'),
  config: required('config'),
  data: required('data'),
  runtime: required('runtime'),
}
const environment = required('environment')
const layout = createLayout(home)
// Applications inherit it: readable by the edge, which may be another user.
process.umask(0o022)
mkdirSync(layout.keeper(environment), { mode: 0o700, recursive: true })

if (acquireLock(layout.keeper(environment))) {
  const keeper = new Keeper({
    environment,
    idleMs: Number(required('idle')),
    isolation: {
      bubblewrap: values.bubblewrap,
      cutsNetwork: values['cuts-network'] === 'true',
      description: '',
      level: toLevel(required('level')),
      setpriv: values.setpriv,
    },
    layout,
    secrets: openPlatformSecrets(layout.secretKey),
    uid: values.uid === undefined ? undefined : Number(values.uid),
    version: required('version'),
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void keeper.close())
  // The terminal of whoever started the platform may go away.
  process.on('SIGHUP', () => {})
  await keeper.start()
}
