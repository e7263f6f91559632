import { createHash } from 'node:crypto'
import type { Privilege, SqlConfiguration } from '../endpoints.ts'

const RIGHTS: Readonly<Record<Privilege, string>> = {
  admin: 'ALL PRIVILEGES',
  ro: 'SELECT, SHOW VIEW',
  rw: 'SELECT, INSERT, UPDATE, DELETE, EXECUTE, LOCK TABLES, CREATE TEMPORARY TABLES, SHOW VIEW',
}

/** Databases, users and rights as statements, one a line as an init file has them. Repeating them changes nothing. */
export function setupStatements({ databases, endpoints }: SqlConfiguration): string {
  return [
    ...databases.map(database => `CREATE DATABASE IF NOT EXISTS \`${database}\`;`),
    ...endpoints.flatMap(({ password, privileges, username }) => [
      `CREATE USER IF NOT EXISTS \`${username}\`@\`%\`;`,
      `ALTER USER \`${username}\`@\`%\` IDENTIFIED VIA mysql_native_password USING '${passwordHash(password)}';`,
      `REVOKE ALL PRIVILEGES, GRANT OPTION FROM \`${username}\`@\`%\`;`,
      ...Object.entries(privileges).map(
        ([database, privilege]) => `GRANT ${RIGHTS[privilege]} ON \`${pattern(database)}\`.* TO \`${username}\`@\`%\`;`,
      ),
    ]),
  ].join('\n')
}

/** What the server stores of a password, so that it is in no statement, and so in no log. */
function passwordHash(password: string): string {
  const once = createHash('sha1').update(password).digest()
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`
}

/** The database of a GRANT is a pattern. */
function pattern(database: string): string {
  return database.replaceAll('_', String.raw`\_`)
}
