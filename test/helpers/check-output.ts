import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { commandFiles, loadResult, nameOf } from '../../scripts/load-commands.ts'
import { failureDocument, outputOf } from '../../src/lib/cli/results/document.ts'

const aliases: Readonly<Record<string, string>> = { log: 'logs' }

/**
 * Compares what a command printed under `--json` with its schema: nothing that is not declared, nothing missing.
 * @throws Error naming the place, and the module to change
 */
export async function checkOutput(argv: readonly string[], stdout: string): Promise<void> {
  const file = fileOf(argv)
  if (file === undefined) return check(failureDocument, JSON.parse(stdout), 'src/lib/cli/results/document.ts')
  const result = await loadResult(file)
  const where = `src/lib/cli/results/${file}`
  const documents = 'event' in result ? stdout.split('\n').filter(line => line !== '') : [stdout]
  for (const document of documents) check(outputOf(result), JSON.parse(document), where)
}

const snapshot = readFileSync(new URL('../../commands.snapshot.txt', import.meta.url), 'utf8')

/** @throws Error when the command may not end with that exit code */
export function checkExitCode(argv: readonly string[], exitCode: number): void {
  const file = fileOf(argv)
  const entry = file && snapshot.split('\n\n').find(each => each.startsWith(`${nameOf(file)}\n`))
  const declared = entry ? /^ {2}exit codes (.*)$/m.exec(entry)?.[1] : undefined
  if (declared === undefined || declared.startsWith('any') || declared.split(' ').includes(String(exitCode))) return
  throw new Error(`aloft ${argv.join(' ')} ended with ${exitCode}, but its class declares ${declared} (\`endsWith\`)`)
}

/** True when the command is to print JSON. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

/** The longest run of words that names a command. */
function fileOf(argv: readonly string[]): string | undefined {
  const flag = argv.findIndex(argument => argument.startsWith('-'))
  const words = (flag === -1 ? argv : argv.slice(0, flag)).map((word, at) =>
    at === 0 ? (aliases[word] ?? word) : word,
  )
  const names = words.map((_, length) => words.slice(0, words.length - length).join(' '))
  for (const name of names) {
    const file = commandFiles.find(each => nameOf(each) === name)
    if (file !== undefined) return file
  }
  return undefined
}

function check(schema: z.ZodMiniType, document: unknown, where: string): void {
  const { error, success } = schema.safeParse(document)
  if (success) return
  throw new Error(
    `the --json output is not what ${where} declares (change it there, then \`npm run docs\`):\n` +
      `${z.prettifyError(error)}\n${JSON.stringify(document).slice(0, 2000)}`,
  )
}
