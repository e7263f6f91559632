import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { InstalledService, ServiceKit } from '../port.ts'

/*
 * Search engines that somebody has unpacked and a variable of the platform points to. What they are told is in their own
 * manuals: "Important settings" of Elasticsearch and OpenSearch, "Solr Control Script Reference".
 */

export interface JavaEngine {
  readonly title: string
  /** Points to the directory it was unpacked to. */
  readonly variable: string
  /** Directories and names of the library whose name has the version. */
  readonly library: readonly [directory: string, name: RegExp]
  readonly port: number
  /** What its clients take for it. */
  readonly scheme: 'http' | 'solr'
  readonly path?: string | undefined
  readonly kit: ServiceKit
}

/** Security is switched off where it is there: it would ask for certificates. It is private by its address alone. */
export const JAVA_ENGINES = {
  elasticsearch: {
    kit: lucene({
      prefix: 'ES',
      program: 'elasticsearch',
      security: ['modules/x-pack-security', 'xpack.security.enabled=false'],
    }),
    library: ['lib', /^elasticsearch-(\d+(?:\.\d+)+)\.jar$/],
    port: 9200,
    scheme: 'http',
    title: 'Elasticsearch',
    variable: 'ES_HOME',
  },
  opensearch: {
    kit: lucene({
      prefix: 'OPENSEARCH',
      program: 'opensearch',
      security: ['plugins/opensearch-security', 'plugins.security.disabled=true'],
    }),
    library: ['lib', /^opensearch-(\d+(?:\.\d+)+)\.jar$/],
    port: 9200,
    scheme: 'http',
    title: 'OpenSearch',
    variable: 'OPENSEARCH_HOME',
  },
  solr: {
    kit: {
      files: {
        'bin/start': `#!/bin/sh
set -eu
umask 077
home=$(dirname "$(dirname "$(command -v solr)")")
mkdir -p data/solr
[ -e data/solr/solr.xml ] || cp "$home/server/solr/solr.xml" data/solr/solr.xml
export SOLR_JETTY_HOST="$LISTEN_HOST" SOLR_LOGS_DIR="$TMPDIR" SOLR_PID_DIR="$TMPDIR" SOLR_OPTS="-DSTOP.HOST=$LISTEN_HOST"
exec solr start -f -p "$LISTEN_PORT" -s "$PWD/data/solr" -m "\${HEAP_MB}m"
`,
      },
    },
    library: ['server/solr-webapp/webapp/WEB-INF/lib', /^solr-core-(\d+(?:\.\d+)+)\.jar$/],
    path: 'solr',
    port: 8983,
    scheme: 'solr',
    title: 'Solr',
    variable: 'SOLR_HOME',
  },
} as const satisfies Readonly<Record<string, JavaEngine>>

/** Undefined where the variable is not set or leads to something else. */
export function findJavaEngine(
  { library: [directory, name], title, variable }: JavaEngine,
  environment: Readonly<Record<string, string | undefined>>,
): InstalledService | undefined {
  const home = environment[variable]
  const version = home && listNames(join(home, directory)).flatMap(file => name.exec(file)?.[1] ?? [])[0]
  if (!home || !version) return undefined
  const java = environment['JAVA_HOME']
  return {
    path: [join(home, 'bin'), ...(java ? [join(java, 'bin')] : [])],
    product: `${title} ${version}`,
    version,
  }
}

interface Lucene {
  readonly program: string
  /** Of its variables. */
  readonly prefix: string
  /** A directory that is there with its security, and the setting that switches it off. */
  readonly security: readonly [directory: string, setting: string]
}

/** Elasticsearch and what came of it: it writes to its configuration when it starts. */
function lucene({ prefix, program, security: [directory, setting] }: Lucene): ServiceKit {
  return {
    files: {
      'bin/start': `#!/bin/sh
set -eu
umask 077
home=$(dirname "$(dirname "$(command -v ${program})")")
mkdir -p data/${program}
rm -rf "$TMPDIR/config" && cp -R "$home/config" "$TMPDIR/config"
export ${prefix}_PATH_CONF="$TMPDIR/config" ${prefix}_JAVA_OPTS="-Xms\${HEAP_MB}m -Xmx\${HEAP_MB}m"
set -- -Ediscovery.type=single-node -Epath.data="$PWD/data/${program}" -Epath.logs="$TMPDIR" \\
  -Enetwork.host="$LISTEN_HOST" -Ehttp.port="$LISTEN_PORT"
[ ! -d "$home/${directory}" ] || set -- "$@" -E${setting}
exec ${program} "$@"
`,
    },
  }
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
