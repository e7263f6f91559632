import type * as jmespath from '@jmespath-community/jmespath'
import { AppError } from '../../core/errors.ts'
import { nearestNames } from '../../core/nearest.ts'

/** Selects from a result. @throws usage.query when the expression does not fit it */
export type Query = (result: unknown) => unknown

type Library = typeof jmespath

/** `` `word` `` beside `` `"word"` ``, as other command lines take it. */
const OPTIONS = { enable_legacy_literals: true }

/** A JMESPath expression (jmespath.site). @throws usage.query saying where it is wrong */
export async function compileQuery(expression: string): Promise<Query> {
  const library = await import('@jmespath-community/jmespath')
  const tree = attempt(
    () => library.compile(expression, OPTIONS),
    reason => refusal(expression, { place: placeOfError(expression, reason, library), reason }),
  )
  const known = library.getRegisteredFunctions()
  const unknown = functionsIn(tree).find(name => !known.includes(name))
  if (unknown !== undefined) {
    throw refusal(expression, {
      nearest: nearestNames(unknown, known).map(name => `use ${name}()`),
      place: expression.indexOf(unknown),
      reason: `there is no function ${unknown}()`,
    })
  }
  return result => {
    // the library takes plain data: the result as it would be printed
    const data = JSON.parse(JSON.stringify(result))
    return attempt(
      () => library.TreeInterpreter.search(tree, data),
      reason => refusal(expression, { reason }),
    )
  }
}

function attempt<T>(run: () => T, refuse: (reason: string) => AppError): T {
  try {
    return run()
  } catch (error) {
    throw refuse(reasonOf(error))
  }
}

interface Fault {
  readonly reason: string
  /** Characters before the wrong one. */
  readonly place?: number
  readonly nearest?: readonly string[]
}

function refusal(expression: string, { nearest = [], place, reason }: Fault): AppError {
  const rest = expression.slice(place, (place ?? 0) + 20)
  const where = place === undefined ? '' : `, character ${place + 1} (${rest === '' ? 'its end' : rest})`
  const why = reason.includes('EOF') ? 'something is missing there' : reason.replace(/^syntax( error)?[:,] */i, '')
  return new AppError('usage.query', `--query${where}: ${why}`, {
    details: { expression, flag: 'query', ...(place === undefined ? {} : { position: place + 1 }) },
    suggestions: [...nearest, 'see `aloft help formatting`'],
  })
}

/**
 * The library does not say where: it is behind the longest part that can be read as words, or the first word that gives
 * the same complaint when the expression ends with it.
 */
function placeOfError(expression: string, reason: string, library: Library): number {
  if (reason.includes('EOF')) return expression.length
  for (let length = expression.length; length >= 0; length--) {
    if (complaint(() => library.tokenize(expression.slice(0, length), OPTIONS)) !== undefined) continue
    if (length < expression.length) return length
    break
  }
  const tokens = library.tokenize(expression, OPTIONS)
  const ends = (at: number): number => tokens[at + 1]?.start ?? expression.length
  const culprit = tokens.find(
    (_, at) => complaint(() => library.compile(expression.slice(0, ends(at)), OPTIONS)) === reason,
  )
  return culprit?.start ?? expression.length
}

function functionsIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  const isFunction = 'type' in node && node.type === 'Function' && 'name' in node && typeof node.name === 'string'
  return [...(isFunction ? [String(node.name)] : []), ...Object.values(node).flatMap(functionsIn)]
}

function complaint(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
