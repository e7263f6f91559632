import { readSqlConfiguration, type SqlConfiguration, type SqlWords } from './endpoints.ts'
import type { ServiceCommand, ServiceConnection, ServiceData, ServicePlace } from './port.ts'

/**
 * How long a dump waits for a table that is locked, seconds: whoever has locked it may be held until the dump is done, and
 * servers would wait for a day or for ever.
 */
export const LOCK_WAIT_S = 20

/** What differs between types that speak SQL. */
export interface SqlType {
  readonly words: SqlWords
  readonly scheme: string
  readonly variables: (place: ServicePlace, configuration: SqlConfiguration) => Readonly<Record<string, string>>
}

/** One connection per endpoint of the configuration. */
export function sqlConnections({ scheme, words }: SqlType, place: ServicePlace): ServiceConnection[] {
  return readSqlConfiguration(place, words).endpoints.map(({ database, name, password, username }) => {
    const where = { host: place.hostName, port: place.port, scheme }
    return { endpoint: name, ...where, password, path: database, query: { is_master: true }, username }
  })
}

export function sqlVariables({ variables, words }: SqlType, place: ServicePlace): Readonly<Record<string, string>> {
  return variables(place, readSqlConfiguration(place, words))
}

/** Dump, restore and count by the scripts of the kit: `bin/dump`, `bin/restore`, `bin/count`. */
export function sqlData(
  type: SqlType,
  own: Pick<ServiceData, 'accepts' | 'counter' | 'dump' | 'foreign'>,
): ServiceData {
  const script =
    (name: string) =>
    (place: ServicePlace): ServiceCommand => ({ command: [`bin/${name}`], variables: sqlVariables(type, place) })
  return {
    ...own,
    countCommand: script('count'),
    dumpCommand: script('dump'),
    extension: 'sql',
    restoreCommand: script('restore'),
  }
}
