import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, pack } from 'tar-stream'
import { AppError } from '../../core/errors.ts'
import type { VolumeFile } from '../../protocol/volume-files.ts'
import { collectBuffers, collecting } from '../../stream/collect-buffers.ts'

/** Told of the bytes of each file that has passed. */
export type OnFile = (file: { readonly path: string; readonly bytes: number }) => void

/** A tar of files of a directory, read as it is consumed. Ends with the error of a file that changes or cannot be read. */
export function packFiles(directory: string, paths: readonly string[], onFile: OnFile): Readable {
  const packed = pack()
  const fill = async (): Promise<void> => {
    for (const path of paths) {
      const source = join(directory, path)
      const { mode, mtime, size } = await lstat(source)
      const entry = packed.entry({ mode: (mode & 0o111) === 0 ? 0o644 : 0o755, mtime, name: path, size })
      await pipeline(createReadStream(source), entry)
      onFile({ bytes: size, path })
    }
    packed.finalize()
  }
  fill().catch((error: unknown) => packed.destroy(error instanceof Error ? error : new Error(String(error))))
  return Readable.from(collecting<Uint8Array>(Readable.from(packed)), { objectMode: false })
}

/**
 * Writes the wanted files of a tar below a directory, each once its content is all there: nothing that was not asked for,
 * nothing through a link. Those that arrived; others changed meanwhile.
 * @throws failed.volume for a tar that is cut off or holds something else; usage.volume-path for a link in the way
 */
export async function unpackFiles(
  tar: Readable,
  { directory, onFile, wanted }: UnpackOptions,
): Promise<ReadonlySet<string>> {
  const parser = extract()
  const feeding = pipeline(tar, parser)
  feeding.catch(() => undefined)
  const arrived = new Set<string>()
  for await (const entry of parser) {
    const path = entry.header.name.replace(/^\.\//, '')
    const file = wanted.get(path)
    if (!file || entry.header.type !== 'file')
      throw new AppError('failed.volume', `something came that was not asked for: ${path}`)
    if (await writeFile(Readable.from(entry), join(directory, path), { directory, file })) {
      arrived.add(path)
      onFile({ bytes: file.size, path })
    }
  }
  await feeding
  return arrived
}

interface UnpackOptions {
  readonly directory: string
  readonly wanted: ReadonlyMap<string, VolumeFile>
  readonly onFile: OnFile
}

/** False when its content is not the one that was announced. */
async function writeFile(
  content: Readable,
  target: string,
  { directory, file }: { readonly directory: string; readonly file: VolumeFile },
): Promise<boolean> {
  await makeParents(directory, file.path)
  const temporary = `${target}.aloft-${process.pid}`
  const hash = createHash('sha256')
  try {
    await pipeline(
      content,
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          hash.update(chunk)
          yield chunk
          collectBuffers(chunk.length)
        }
      },
      createWriteStream(temporary, { flags: 'wx' }),
    )
    if (hash.digest('hex') !== file.sha256) return false
    await rename(temporary, target)
    return true
  } finally {
    await rm(temporary, { force: true })
  }
}

async function makeParents(directory: string, path: string): Promise<void> {
  let parent = directory
  for (const name of path.split('/').slice(0, -1)) {
    parent = join(parent, name)
    await mkdir(parent).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    if (!(await lstat(parent)).isDirectory())
      throw new AppError('usage.volume-path', `${parent} is in the way: it is no directory`, {
        suggestions: ['remove it, or choose another directory'],
      })
  }
}
