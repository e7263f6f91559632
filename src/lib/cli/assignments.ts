import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError } from '../core/errors.ts'

export interface Assignment {
  readonly name: string
  readonly value: string
}

const NAME = /^[A-Za-z_][A-Za-z0-9_:.-]*$/

interface Sources {
  readonly stdin: Readable
  readonly directory: string
  /** Secrets may not stand on the command line, where every user of the machine can read them. */
  readonly secret: boolean
}

/** `KEY=VALUE`, `KEY=-` (all of stdin, without its last line break) or `KEY=@file`. @throws usage.variable, not-found.file */
export async function readAssignments(texts: readonly string[], sources: Sources): Promise<Assignment[]> {
  const split = texts.map(splitAssignment)
  if (split.filter(({ value }) => value === '-').length > 1) {
    throw new AppError('usage.variable', 'only one variable can be read from stdin')
  }
  const assignments: Assignment[] = []
  for (const { name, value } of split) assignments.push({ name, value: await readValue(name, value, sources) })
  return assignments
}

/** @throws usage.variable */
export function splitAssignment(text: string): Assignment {
  const at = text.indexOf('=')
  const name = at === -1 ? text : text.slice(0, at)
  if (at === -1 || !NAME.test(name)) {
    throw new AppError('usage.variable', `${JSON.stringify(name)} is not an assignment KEY=VALUE`, {
      suggestions: ['write KEY=VALUE, KEY=- (value from stdin) or KEY=@file'],
    })
  }
  return { name, value: text.slice(at + 1) }
}

async function readValue(name: string, value: string, { directory, secret, stdin }: Sources): Promise<string> {
  if (value === '-') return readStdin(stdin)
  if (value.startsWith('@')) return readValueFile(resolve(directory, value.slice(1)))
  if (!secret) return value
  throw new AppError('usage.variable', `the secret ${name} stands on the command line, where others can read it`, {
    suggestions: [`pass it on stdin: aloft variables set ${name}=- --secret < file`, `${name}=@file --secret`],
  })
}

/** All of stdin without its last line break. */
export async function readStdin(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

async function readValueFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new AppError('not-found.file', `${file} cannot be read`, { cause })
  }
}
