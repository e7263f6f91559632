import { textArgument } from '../lib/cli/arguments.ts'
import { TunnelCommand, tunnelFlags } from '../lib/cli/db/tunnel-command.ts'

export default class Tunnel extends TunnelCommand {
  static override summary = 'reach a managed service at a local port'
  static override description =
    'Opens a port on 127.0.0.1 that leads through the platform to the service, for any number of connections, until the command is ' +
    'interrupted, which is no failure. The password is printed with --show-password only.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> db --project shop --environment main --port 15432',
    '<%= config.bin %> <%= command.id %> db --project shop --environment main --show-password --json',
  ]
  static override args = { service: textArgument({ description: 'service name', required: true }) }
  static override flags = tunnelFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tunnel)
    await this.runTunnel({ flags, service: args.service })
  }
}
