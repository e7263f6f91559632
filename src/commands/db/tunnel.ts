import { textArgument } from '../../lib/cli/arguments.ts'
import { TunnelCommand, tunnelFlags } from '../../lib/cli/db/tunnel-command.ts'

export default class DbTunnel extends TunnelCommand {
  static override summary = 'reach a database at a local port'
  static override description =
    'As `aloft tunnel`, for the only managed service when none is named: a port on 127.0.0.1 until the command is ' +
    'interrupted, which is no failure. The password is printed with --show-password only.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> db --project shop --environment main --port 15432',
    '<%= config.bin %> <%= command.id %> --project shop --environment main --show-password --json',
  ]
  static override args = { service: textArgument({ description: 'service name (default: the only one)' }) }
  static override flags = tunnelFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DbTunnel)
    await this.runTunnel({ flags, service: args.service })
  }
}
