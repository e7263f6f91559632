import { createHash, type Hash } from 'node:crypto'
import { pipeline, Readable, Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { isAppError } from '../core/errors.ts'
import { collectBuffers } from '../stream/collect-buffers.ts'
import { bundleError } from './errors.ts'
import { layOutBundle, MANIFEST_NAME } from './layout.ts'
import { BUNDLE_FORMAT, BUNDLE_VERSION, type BundleManifest, bundleManifest, type BundlePart } from './manifest.ts'
import { type TarEntry, tarEntries } from './tar-entries.ts'

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024

/** Takes the content of a part, to its end. What it keeps does not count before `readBundle` has returned. */
export type TakePart = (part: BundlePart, content: Readable) => Promise<unknown>

/**
 * Reads a bundle, part by part, to its end. Memory does not grow with it. Whatever is not exactly what the manifest says is
 * refused: other entries, another order, links, names that lead elsewhere, another size or SHA-256, a cut, something behind
 * the end.
 * @throws failed.verify with `details.problem`; what the source or `take` throws
 */
export async function readBundle(source: Readable, take: TakePart): Promise<BundleManifest> {
  const measured = new Measured()
  pipeline(source, measured, () => undefined)
  const entries = tarEntries(measured)
  try {
    const manifest = await readManifest(await entries.next())
    for (const part of manifest.parts) await readPart(await entries.next(), part, take)
    const more = await entries.next()
    if (more.done !== true) throw unexpected(more.value, undefined)
    // a tar that is cut right behind its last part reads well; it still misses its end
    if (measured.bytes < (await layOutBundle(manifest)).bytes) throw truncated()
    return manifest
  } catch (error) {
    throw explain(error, source)
  } finally {
    source.destroy()
  }
}

class Measured extends Transform {
  bytes = 0

  override _transform(chunk: Buffer, _encoding: string, done: (error: undefined, chunk: Buffer) => void): void {
    this.bytes += chunk.length
    collectBuffers(chunk.length)
    done(undefined, chunk)
  }
}

async function readManifest(next: IteratorResult<TarEntry, void>): Promise<BundleManifest> {
  if (next.done === true) throw bundleError('no-bundle', 'the file is empty')
  const { content, header } = next.value
  if (header.name !== MANIFEST_NAME || header.type !== 'file' || header.size > MAX_MANIFEST_BYTES)
    throw bundleError('no-bundle', `the file is no backup bundle: it does not begin with ${MANIFEST_NAME}`)
  return parseManifest((await buffer(content)).toString('utf8'))
}

/** @throws failed.verify */
function parseManifest(text: string): BundleManifest {
  const value = parseJson(text)
  const { format, version } = value
  if (format !== BUNDLE_FORMAT)
    throw bundleError('no-bundle', `${MANIFEST_NAME} is of format ${String(format)}, not ${BUNDLE_FORMAT}`)
  if (version !== BUNDLE_VERSION) {
    const message = `the bundle is of version ${String(version)}; this aloft reads version ${BUNDLE_VERSION}`
    throw bundleError('unknown-version', message, ['use the aloft that made it, or a newer one'])
  }
  const parsed = bundleManifest().safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw bundleError(
      'content',
      `${MANIFEST_NAME}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}`,
    )
  }
  const names = parsed.data.parts.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw bundleError('content', `${MANIFEST_NAME} names ${twice} twice`)
  return parsed.data
}

function parseJson(text: string): { readonly format?: unknown; readonly version?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch (error) {
    throw bundleError('content', `${MANIFEST_NAME} is no JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

async function readPart(next: IteratorResult<TarEntry, void>, part: BundlePart, take: TakePart): Promise<void> {
  if (next.done === true) throw truncated(part.name)
  const { content, header } = next.value
  if (header.name !== part.name || header.type !== 'file') throw unexpected(next.value, part)
  if (header.size !== part.bytes)
    throw bundleError('checksum', `${part.name} has ${header.size} bytes; the manifest says ${part.bytes}`)
  const hash = createHash('sha256')
  await take(part, Readable.from(hashing(content, hash), { objectMode: false }))
  const digest = hash.digest('hex')
  if (digest !== part.sha256)
    throw bundleError('checksum', `${part.name} is damaged: its SHA-256 is ${digest}, the manifest says ${part.sha256}`)
}

async function* hashing(content: Readable, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    hash.update(chunk)
    yield chunk
  }
}

function unexpected({ header }: TarEntry, wanted: BundlePart | undefined): Error {
  const what = header.type === 'file' ? header.name : `${header.name} (a ${header.type})`
  const message = wanted ? `where ${wanted.name} should be` : 'behind its last part'
  return bundleError('content', `the bundle has ${what} ${message}`)
}

function truncated(name?: string): Error {
  return bundleError('truncated', `the bundle is cut off${name === undefined ? ' at its end' : ` before ${name}`}`)
}

/** What the parser of tars says, in our words; anything else as it is. */
function explain(error: unknown, source: Readable): unknown {
  if (isAppError(error) || error === source.errored || !(error instanceof Error)) return error
  if (error.message.includes('Unexpected end of data')) return truncated('the end of a part')
  if (/Invalid (tar )?header/.test(error.message))
    return bundleError('trailing', 'the bundle has something at a place where a file should begin or end')
  return error
}
