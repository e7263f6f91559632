import { textArgument } from '../../lib/cli/arguments.ts'
import { serviceFlag, targetFlags } from '../../lib/cli/flags.ts'
import type { Result } from '../../lib/cli/results/db/shell.ts'
import { SessionCommand } from '../../lib/cli/session-command.ts'

export default class DbShell extends SessionCommand {
  static override summary = 'open the client of a database'
  static override description =
    'psql, mariadb, redis-cli, … beside the service, logged in. What stands after -- goes to the client; without a terminal it ' +
    "reads stdin. Exits with the client's own code; 255 when something failed on our side."
  static override examples = [
    "<%= config.bin %> <%= command.id %> db --project shop --environment main -- -c 'SELECT 1'",
    '<%= config.bin %> <%= command.id %> --service db < dump.sql',
  ]
  static override usage = '<%= command.id %> [SERVICE] [FLAGS] [-- ARGUMENT...]'
  static override args = {
    service: textArgument({ description: 'service name (default: the only one with a client)' }),
  }
  static override flags = { ...targetFlags, ...serviceFlag }

  async run(): Promise<Result | undefined> {
    const end = this.argv.indexOf('--')
    const own = end === -1 ? this.argv : this.argv.slice(0, end)
    const added = end === -1 ? [] : this.argv.slice(end + 1)
    const { args, flags } = await this.parse(DbShell, own)
    const command = added.length > 0 ? added : undefined
    return this.runRemote({ command, flags, program: 'client', service: args.service ?? flags.service })
  }
}
