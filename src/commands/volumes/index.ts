import { targetFlags } from '../../lib/cli/flags.ts'
import { listFlags } from '../../lib/cli/output/flags.ts'
import { quotaWarnings, volumeList } from '../../lib/cli/render/volumes.ts'
import { requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/volumes/index.ts'

export default class Volumes extends ResultCommand {
  static override aliases = ['volumes:list']
  static override summary = 'list the volumes of an environment'
  static override description = 'Who mounts each where, what its files take, and what the project files ask for.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --project shop --environment main --json',
  ]
  static override flags = { ...targetFlags, ...listFlags(volumeList) }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Volumes)
    const provider = await this.openProvider(flags)
    const volumes = requirePart(provider, 'volumes')
    const environment = await this.target(flags, provider)
    const listed = await volumes.list(environment, this.call)
    for (const warning of quotaWarnings(listed)) this.warn(warning)
    return this.show(listed, volumeList)
  }
}
