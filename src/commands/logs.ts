import { Flags } from '@oclif/core'
import { targetFlags } from '../lib/cli/flags.ts'
import { requirePart } from '../lib/cli/require-part.ts'
import { StreamingCommand } from '../lib/cli/streaming-command.ts'
import { LOG_LEVELS } from '../lib/core/events.ts'

export default class Logs extends StreamingCommand {
  static override aliases = ['log']
  static override summary = 'print and follow the logs of an environment'
  static override description =
    'Times are ISO 8601, a duration back from now (10m) or words ("yesterday at 9pm"). ' +
    '--since and --follow go together. With --json one event a line.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main --follow',
    '<%= config.bin %> <%= command.id %> web worker --since "2 hours ago" --level error --timestamps',
    '<%= config.bin %> <%= command.id %> --search timeout --lines 50 --json',
  ]
  static override strict = false
  static override usage = '<%= command.id %> [SERVICE...] [FLAGS]'
  static override flags = {
    ...targetFlags,
    follow: Flags.boolean({ char: 'f', description: 'go on with what comes' }),
    instance: Flags.string({ description: 'only of this instance, e.g. web.1', helpValue: 'ID' }),
    level: Flags.option({ description: 'only of this level and above', options: LOG_LEVELS })(),
    lines: Flags.integer({ char: 'n', description: 'begin so many lines before the end', min: 0 }),
    search: Flags.string({ description: 'only lines with this text (case does not matter)' }),
    service: Flags.string({
      char: 's',
      description: 'only of this service (again for more)',
      helpValue: 'NAME',
      multiple: true,
    }),
    since: Flags.string({ description: 'only from this time on', helpValue: 'TIME' }),
    source: Flags.string({ description: 'only of this source, e.g. access (again for more)', multiple: true }),
    timestamps: Flags.boolean({ char: 't', description: 'begin each line with its time' }),
    until: Flags.string({ description: 'only up to this time', helpValue: 'TIME' }),
  }

  protected override readonly showsLife = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Logs)
    const provider = await this.openProvider(flags)
    const logs = requirePart(provider, 'logs')
    const { printLogs, toLogRequest } = await import('../lib/cli/print-logs.ts')
    const services = [...argv.map(String), ...(flags.service ?? [])]
    const now = this.runtime.clock.now()
    const request = await toLogRequest({ flags, now, provider, services }, await this.target(flags, provider))
    const onNotice = (text: string): void => this.tell(text)
    const options = { json: this.jsonEnabled(), onNotice, timestamps: flags.timestamps }
    await printLogs(logs.stream(request, this.call), options, this.runtime)
  }
}
