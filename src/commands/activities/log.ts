import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { PROVIDER_KINDS } from '../../lib/cli/exit-codes.ts'
import { requirePart } from '../../lib/cli/require-part.ts'
import { StreamingCommand } from '../../lib/cli/streaming-command.ts'
import type { ErrorKind } from '../../lib/core/error-kinds.ts'

export default class ActivitiesLog extends StreamingCommand {
  static override summary = 'follow an activity to its end by its id'
  static override description =
    'Prints the log from its first line, and ends as the activity ends: with exit code 7 when it failed. ' +
    'With --json one event a line.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> act_01jz8k3x2m7q5n9r4t',
    '<%= config.bin %> <%= command.id %> act_01jz8k3x2m7q5n9r4t --no-follow --json',
  ]
  static override endsWith: readonly ErrorKind[] = [...PROVIDER_KINDS, 'pending']
  static override args = { id: textArgument({ description: 'activity id', required: true }) }
  static override flags = {
    follow: Flags.boolean({
      allowNo: true,
      default: true,
      description: 'follow until it is finished; else print what is there and exit 0',
    }),
    timeout: Flags.string({
      description: 'stop waiting after this time, e.g. 10m (exit code 8)',
      helpValue: 'DURATION',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ActivitiesLog)
    const activities = requirePart(await this.openProvider(flags), 'activities')
    const { followLog, printLog } = await import('../../lib/cli/activity-log.ts')
    const options = { activities, call: this.call, id: args.id, json: this.jsonEnabled(), timeout: flags.timeout }
    await (flags.follow ? followLog(options, this.runtime) : printLog(options, this.runtime))
  }
}
