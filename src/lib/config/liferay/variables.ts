import { addProblem, type Section } from '../document/section.ts'
import type { ApplicationSpec } from '../environment-spec.ts'
import type { ServiceInput } from './schema.ts'
import { insideApplication } from './volumes.ts'

/** Set by the platform itself; learn.liferay.com, "Environment variables". */
const RESERVED = /^LCP_(CONTAINER|PROJECT_ID$|PROJECT_ENVIRONMENT$|SERVICE)/

/** A token that a build replaces, e.g. `@liferay.workspace.lcp.search.image@`. */
export const BUILD_TOKEN = /^@[^@\s]+@$/
const SECRET = /^@([A-Za-z0-9][\w.-]*)$/

/** `env` split into plain values and references (`@name`) to secret variables. */
export function toVariables(
  { env = {}, volumes }: Pick<ServiceInput, 'env' | 'volumes'>,
  section: Section | undefined,
): Pick<ApplicationSpec, 'variables' | 'secretVariables'> {
  const variables: Record<string, string> = {}
  const secretVariables: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    const refuse = (message: string): void => section && addProblem(section, [name], { message })
    const secret = SECRET.exec(value)?.[1]
    if (RESERVED.test(name)) refuse('is reserved: the platform sets it')
    else if (BUILD_TOKEN.test(value))
      refuse('is a token that the build replaces: build the workspace first, then deploy its output')
    else if (secret === undefined) variables[name] = insideApplication(value, { volumes })
    else secretVariables[name] = secret
  }
  return { variables, ...(Object.keys(secretVariables).length > 0 ? { secretVariables } : {}) }
}
