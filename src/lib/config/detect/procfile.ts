import type { Section } from '../document/section.ts'
import { inDirectory } from '../tree.ts'
import type { Candidate } from './detected.ts'

interface Process {
  readonly command: string
  /** Its line, for messages. */
  readonly section: Section
}

/** Process type -> command; `web`, `release` and workers (devcenter.heroku.com, "The Procfile"). */
export type Procfile = ReadonlyMap<string, Process>

/** Undefined when there is none; lines that are none of a Procfile are problems. */
export async function readProcfile(candidate: Candidate): Promise<Procfile | undefined> {
  const text = await candidate.text('Procfile')
  if (text === undefined) return undefined
  const { findings } = candidate
  const file = inDirectory(candidate.root, 'Procfile')
  const processes = new Map<string, Process>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue
    const [, name, command] = /^([A-Za-z0-9_-]+):\s*(\S.*?)\s*$/.exec(line) ?? []
    const at = { column: 1, file, line: index + 1 }
    if (name === undefined || command === undefined)
      findings.problems.push({ ...at, message: 'expected "name: command"', path: '' })
    else if (processes.has(name))
      findings.problems.push({ ...at, message: `the process type "${name}" is there twice`, path: '' })
    else processes.set(name, { command, section: { findings, node: { at, kind: 'scalar', value: command }, path: [] } })
  }
  return processes
}
