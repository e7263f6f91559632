import type { Provider } from '../../providers/port.ts'
import { writeLiveNames } from './live-names.ts'
import { rememberLists } from './remember-lists.ts'
import { type AccountChoice, accountOf, readSurroundings } from './surroundings.ts'
import { userDirectories } from './user-directories.ts'

/** The provider, whose lists are kept for the next TAB. */
export function rememberNames(provider: Provider, choice: AccountChoice, environment: NodeJS.ProcessEnv): Provider {
  return rememberLists(provider, (kind, place, candidates) => {
    const { config, names } = userDirectories(environment)
    const account = accountOf(choice, { ...readSurroundings('/', config), link: {} })
    writeLiveNames(names, { account, kind, ...place }, candidates)
  })
}
