import { readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../core/errors.ts'

const FILE = join('.aloft', 'link.json')

/** What a directory is bound to; made by `aloft link`. */
export interface Link {
  readonly provider?: string | undefined
  readonly account?: string | undefined
  readonly project?: string | undefined
  readonly environment?: string | undefined
}

export interface FoundLink extends Link {
  /** The directory that holds `.aloft`. */
  readonly directory: string
}

/** The link of the directory or of the nearest one above it. @throws usage.config when it cannot be read */
export async function readLink(directory: string): Promise<FoundLink | undefined> {
  const file = join(directory, FILE)
  const text = readIfThere(file)
  if (text !== undefined) return { ...(await parse(text, file)), directory }
  const parent = dirname(directory)
  return parent === directory ? undefined : readLink(parent)
}

/** Returns the file written. */
export async function writeLink(directory: string, link: Link): Promise<string> {
  const file = join(directory, FILE)
  await mkdir(dirname(file), { recursive: true })
  const { default: writeFileAtomic } = await import('write-file-atomic')
  await writeFileAtomic(file, `${JSON.stringify({ version: 1, ...link }, null, 2)}\n`)
  return file
}

/** An absent one succeeds. */
export async function removeLink(directory: string): Promise<void> {
  await rm(join(directory, FILE), { force: true })
}

/** At once, since every command asks every directory above it. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return undefined
    throw error
  }
}

async function parse(text: string, file: string): Promise<Link> {
  // loaded only where there is a link: schemas cost a start-up of their own
  const { linkSchema } = await import('./link-schema.ts')
  try {
    return linkSchema.parse(JSON.parse(text))
  } catch (cause) {
    const suggestions = ['run `aloft link` again', `remove ${file}`]
    throw new AppError('usage.config', `${file} is not a link that aloft wrote`, { cause, suggestions })
  }
}
