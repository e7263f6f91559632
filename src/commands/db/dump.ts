import { Flags } from '@oclif/core'
import { resolve } from 'node:path'
import { textArgument } from '../../lib/cli/arguments.ts'
import { serviceFlag, targetFlags } from '../../lib/cli/flags.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/db/dump.ts'

export default class DbDump extends ResultCommand {
  static override summary = 'dump a database to a file or stdout'
  static override description =
    'All of it, of one moment, while it goes on running: SQL of PostgreSQL and MariaDB. A file appears under its name once the dump ' +
    'has succeeded. Exits with 7 when it did not, whatever was written to stdout by then.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> db --project shop --environment main --zstd --out shop.sql.zst',
    '<%= config.bin %> <%= command.id %> --service db > shop.sql',
  ]
  static override args = { service: textArgument({ description: 'service name (default: the only one with a dump)' }) }
  static override flags = {
    ...targetFlags,
    ...serviceFlag,
    gzip: Flags.boolean({ description: 'compress it with gzip', exclusive: ['zstd'] }),
    out: Flags.string({ char: 'o', default: '-', description: 'where to, - for stdout', helpValue: 'FILE' }),
    zstd: Flags.boolean({ description: 'compress it with zstd' }),
  }

  async run(): Promise<Result | undefined> {
    const { args, flags } = await this.parse(DbDump)
    const { dumpToFile, dumpToStdout, refuseStdout } = await import('../../lib/cli/db/dump.ts')
    if (flags.out === '-') refuseStdout(this.runtime.terminal, this.jsonEnabled())
    const provider = await this.openProvider(flags)
    const sessions = requirePart(provider, 'sessions')
    requireOption(sessions.support.programs, provider, 'dumps of databases')
    const environment = await this.target(flags, provider)
    const service = args.service ?? flags.service
    const session = await sessions.open({ environment, program: 'dump', service, tty: false }, this.call)
    const dump = { compression: compressionOf(flags), session, signal: this.signal }
    if (flags.out === '-') {
      await dumpToStdout(dump, chunk => this.runtime.write(chunk))
      return undefined
    }
    const bytes = await dumpToFile(dump, resolve(this.runtime.directory, flags.out))
    return this.show({ bytes, file: flags.out }, ({ file }) => `${file}\n`)
  }
}

function compressionOf({ gzip, zstd }: { gzip: boolean; zstd: boolean }): 'gzip' | 'zstd' | undefined {
  if (gzip) return 'gzip'
  return zstd ? 'zstd' : undefined
}
