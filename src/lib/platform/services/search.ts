import { dirname } from 'node:path'
import type { InstalledService, Located, ServiceData, ServicePlace, ServiceType } from './port.ts'
import { serviceProbes } from './probes.ts'
import { createDumpCounter } from './search/dump-counter.ts'
import { GROONGA_KIT } from './search/groonga-kit.ts'
import { findJavaEngine, JAVA_ENGINES, type JavaEngine } from './search/java-engines.ts'
import { acceptsUpTo, findSystemProgram, programVersion } from './versions.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Word = 'search' | keyof typeof JAVA_ENGINES

const GROONGA = { memoryMb: 256, port: 10_041, title: 'Groonga' } as const
const HEAP_MB = 512
/** With what it needs besides its heap. */
const JAVA_MEMORY_MB = 1280

/**
 * Full-text search: `search` is whichever engine is there, the other words the engine that they name, or Groonga, which is in
 * Debian and has an interface of its own. `environment` has the variables that point to what is not in Debian.
 */
export function searchTypes(environment: Environment): readonly ServiceType[] {
  const all = [JAVA_ENGINES.opensearch, JAVA_ENGINES.elasticsearch, JAVA_ENGINES.solr]
  return [
    searchType('search', { engines: all, environment, port: GROONGA.port, title: 'search' }),
    ...(['elasticsearch', 'opensearch', 'solr'] as const).map(word => {
      const engine: JavaEngine = JAVA_ENGINES[word]
      return searchType(word, { engines: [engine], environment, port: engine.port, title: engine.title })
    }),
  ]
}

interface Search {
  /** Those that it may be, besides Groonga. */
  readonly engines: readonly JavaEngine[]
  readonly environment: Environment
  readonly port: number
  readonly title: string
}

function searchType(word: Word, { engines, environment, port, title }: Search): ServiceType {
  return {
    aliases: [],
    backup: {
      description: 'all tables and records of Groonga, to be read again; indexes are made anew',
      kind: 'service',
    },
    connections: ({ hostName, installed, port: own }) => {
      const engine = engineOf(installed)
      return [
        {
          endpoint: word,
          host: hostName,
          path: engine?.path,
          port: own,
          query: { product: installed.product },
          scheme: engine?.scheme ?? 'http',
        },
      ]
    },
    data: DATA,
    defaults: { diskMb: 512, memoryMb: GROONGA.memoryMb },
    kit: installed => engineOf(installed)?.kit ?? GROONGA_KIT,
    launch: place => ({
      command: ['bin/start'],
      graceMs: 30_000,
      memoryMb: engineOf(place.installed) ? JAVA_MEMORY_MB : GROONGA.memoryMb,
      probes: serviceProbes(
        place.isCutOff ? { command: ['bin/ready'], kind: 'exec' } : { host: place.host, kind: 'tcp', port: place.port },
      ),
      variables: variablesOf(place),
    }),
    locate: () => locate(word, engines, environment),
    name: word,
    port,
    title,
    withoutBackup: ({ product, ...installed }) =>
      engineOf({ product, ...installed })
        ? `${product} is not backed up: its indexes are made anew by the application`
        : undefined,
  }
}

async function locate(word: Word, engines: readonly JavaEngine[], environment: Environment): Promise<Located> {
  for (const engine of engines) {
    const installed = findJavaEngine(engine, environment)
    if (installed) return { found: true, ...installed }
  }
  const groonga = findSystemProgram('groonga')
  const version = groonga && (await programVersion(groonga))
  const otherwise = `${engines.map(({ variable }) => variable).join(' or ')} pointing to an installation`
  if (!groonga || version === undefined) return { found: false, otherwise, packages: ['groonga-bin'] }
  return {
    found: true,
    instead: word === 'search' ? undefined : `its interface is another one (${otherwise} brings the one asked for)`,
    path: [dirname(groonga)],
    product: `${GROONGA.title} ${version}`,
    version,
  }
}

function engineOf({ product }: InstalledService): JavaEngine | undefined {
  return Object.values(JAVA_ENGINES).find(({ title }) => product.startsWith(`${title} `))
}

/** Of Groonga: no password, its protocol has none. It is private by its address alone. */
const DATA: ServiceData = {
  accepts: acceptsUpTo(GROONGA.title),
  countCommand: place => ({ command: ['bin/count'], variables: variablesOf(place) }),
  counter: createDumpCounter,
  dump: 'groonga-dump',
  dumpCommand: place => ({ command: ['bin/dump'], variables: variablesOf(place) }),
  extension: 'grn',
  restoreCommand: place => ({ command: ['bin/restore'], variables: variablesOf(place) }),
  restoresStopped: true,
}

function variablesOf({ host, isCutOff, port }: ServicePlace): Record<string, string> {
  return { HEAP_MB: String(HEAP_MB), LISTEN_HOST: isCutOff ? '127.0.0.1' : host, LISTEN_PORT: String(port) }
}
