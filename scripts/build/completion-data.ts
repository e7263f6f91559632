import type { CommandData, CompletionData, FlagData, StoredCompletionData } from '../../src/lib/cli/completion/data.ts'
import { toCompletionData } from '../../src/lib/cli/completion/to-completion-data.ts'
import { helpTopics } from '../../src/lib/cli/help/topics.ts'
import type { Program } from '../../src/lib/cli/program.ts'
import { shareFlags } from '../../src/lib/cli/start/shared-flags.ts'
import { SETTINGS } from '../../src/lib/cli/settings/definitions.ts'
import { errorCodes } from '../../src/lib/core/error-codes.ts'
import { PROVIDER_IDS } from '../../src/lib/providers/registry.ts'

/** What completion knows without asking anybody. */
export function completionDataOf({ commands, packageFile }: Program): CompletionData {
  const values = {
    'error-codes': Object.entries(errorCodes).map(([value, { summary }]) => ({ description: summary, value })),
    settings: SETTINGS.map(({ description, key }) => ({ description, value: key })),
    providers: PROVIDER_IDS.map(value => ({ description: '', value })),
  }
  return toCompletionData({
    commands: Object.values(commands),
    pages: helpTopics.map(({ name, summary }) => ({ description: summary, value: name })),
    topics: packageFile.oclif.topics ?? {},
    values,
  })
}

export function storeCompletionData(data: CompletionData): StoredCompletionData {
  return { ...data, ...shareFlags<FlagData, CommandData>(data.commands) }
}
