import { execa } from 'execa'
import type { ServiceConnection } from '../../../src/lib/platform/services/port.ts'

/** Rows that `mariadb` prints of a statement. @throws with what it prints to stderr */
export async function mariadbQuery(
  { host, password, path = '', port, username }: ServiceConnection,
  statement: string,
): Promise<string> {
  const where = [`--host=${host}`, `--port=${port}`, `--user=${username}`, `--database=${path}`]
  const { stdout } = await execa('mariadb', ['--no-defaults', '--batch', '--skip-column-names', ...where], {
    env: { MYSQL_PWD: password },
    input: statement,
  })
  return stdout
}

/** Rows that `psql` prints of a statement, in which `:'name'` stands for a value. @throws with what it prints to stderr */
export async function psql(
  { host, password, path, port, username }: ServiceConnection,
  statement: string,
  values: Readonly<Record<string, string>> = {},
): Promise<string> {
  const variables = Object.entries(values).map(([name, value]) => `--set=${name}=${value}`)
  const { stdout } = await execa('psql', ['--no-psqlrc', '-qAt', '--set=ON_ERROR_STOP=1', ...variables], {
    env: {
      PGDATABASE: path,
      PGHOST: host,
      PGOPTIONS: '-c client_min_messages=warning',
      PGPASSWORD: password,
      PGPORT: String(port),
      PGUSER: username,
    },
    input: statement,
  })
  return stdout
}
