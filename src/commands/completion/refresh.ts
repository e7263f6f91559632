import { fetchNames } from '../../lib/cli/completion/fetch-names.ts'
import type { Place } from '../../lib/cli/completion/remember-lists.ts'
import { targetFlags } from '../../lib/cli/flags.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/completion/refresh.ts'
import type { ProviderChoice } from '../../lib/cli/runtime.ts'

/** Less than the time after which the next one may start: there is never a second one. */
const DEADLINE_MS = 4000

export default class CompletionRefresh extends ResultCommand {
  static override hidden = true
  static override summary = 'fetch the names that completion offers'
  static override description =
    'Completion starts it in the background when its names are old. Starts no platform, runs no command for a token, ' +
    'and ends by itself in seconds.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --account local',
    '<%= config.bin %> <%= command.id %> --account local --project shop --environment main',
  ]
  static override flags = targetFlags

  async run(): Promise<Result> {
    const { flags } = await this.parse(CompletionRefresh)
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(DEADLINE_MS)])
    const fetched = (await this.#mayAsk(flags, signal)) ? await this.#fetch(flags, signal) : []
    return this.show({ fetched }, () => fetched.map(name => `${name}\n`).join(''))
  }

  /** The platform of this machine only while it runs; nobody whose token comes from a command: it may ask the person at the keys. */
  async #mayAsk(choice: ProviderChoice, signal: AbortSignal): Promise<boolean> {
    const { credential, name } = await this.findAccount(choice)
    if (credential === 'command') return false
    return name !== 'local' || (await (await this.runtime.openLocalPlatform()).status({ signal })) !== undefined
  }

  async #fetch(flags: ProviderChoice & Place, signal: AbortSignal): Promise<readonly string[]> {
    return fetchNames(await this.openProvider(flags), flags, { signal })
  }
}
