import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable, Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AGE_MAGIC } from './encrypt.ts'
import { decompressZstd } from '../stream/zstd.ts'
import { bundleError } from './errors.ts'
import { MANIFEST_NAME } from './layout.ts'
import { type TarHead, TarScanner } from './tar-scanner.ts'
import { TAR_END, tarHeader, tarPadding } from './tar-writer.ts'
import { leadsElsewhere, requirePlain } from './volume-guard.ts'

/*
 * The files that clouds hand out: Liferay's backup service gives `<uuid>.gz` (a dump) and `<uuid>.tgz` (a volume); the
 * Platform.sh family `<…>--dump.sql` or `.sql.gz` (`db:dump`). People compress with zstd, too.
 */

export type FileKind =
  | { readonly kind: 'bundle' }
  /** SQL of one of the engines that write a header. */
  | { readonly kind: 'dump'; readonly engine: 'mariadb' | 'postgresql'; readonly serverVersion: string }
  | { readonly kind: 'volume' }

const HEAD_BYTES = 16 * 1024
const MAGIC = {
  gzip: Buffer.from([0x1f, 0x8b]),
  tar: Buffer.from('ustar'),
  zstd: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
}
const TAR_MAGIC_AT = 257
/** What all of a volume is below. */
const TOP = {
  letter: '5',
  linkName: '',
  mode: 0o755,
  name: '_/',
  pax: new Map<string, string>(),
  size: 0,
  type: 'directory',
} as const
/** Of pg_dumpall: it makes roles that are there already. */
const CLUSTER = /^-- PostgreSQL database cluster dump/m
/** What pg_dump, mysqldump and mariadb-dump write first, and last. */
const ENGINES = [
  {
    begins: /^-- PostgreSQL database dump/m,
    ends: /^-- PostgreSQL database dump complete/m,
    engine: 'postgresql',
    version: /^-- Dumped from database version (\S+)/m,
  },
  {
    begins: /^-- (?:MariaDB|MySQL) dump/m,
    ends: /^-- Dump completed/m,
    engine: 'mariadb',
    // what older clients call MariaDB: `5.5.5-10.11.6-MariaDB`
    version: /^-- Server version\s+(?:5\.5\.5-)?(\d[\w.]*)/m,
  },
] as const

/** What a file is, by its first bytes, whatever its name. @throws failed.verify when it is none of what is known */
export async function identify(file: string): Promise<FileKind> {
  const raw = await head(file, stream => stream)
  if (raw.length === 0) throw bundleError('no-bundle', 'the file is empty')
  if (raw.toString('latin1', 0, AGE_MAGIC.length) === AGE_MAGIC)
    throw bundleError('encrypted', 'the file is encrypted with age', [
      'pass the identity or passphrase it is encrypted for',
    ])
  const content = isCompressed(raw) ? await head(file, decompressing(raw)) : raw
  if (isTar(content)) {
    const name = content.toString('latin1', 0, 100).split('\0')[0]
    return name === MANIFEST_NAME && content === raw ? { kind: 'bundle' } : { kind: 'volume' }
  }
  const text = content.toString('latin1')
  if (CLUSTER.test(text))
    throw bundleError('content', 'the file is a dump of all databases and roles of a server (pg_dumpall)', [
      'dump each database with pg_dump, and upload that',
    ])
  const found = ENGINES.find(({ begins }) => begins.test(text))
  if (found) return { engine: found.engine, kind: 'dump', serverVersion: found.version.exec(text)?.[1] ?? '0' }
  throw bundleError(
    'no-bundle',
    'the file is neither a backup bundle nor a dump (pg_dump, mysqldump) nor a tar of a volume',
  )
}

/** The file's content without its compression. The stream fails where the compressed bytes are damaged or cut off. */
export async function openContent(file: string): Promise<Readable> {
  const raw = await head(file, stream => stream)
  const source = createReadStream(file)
  return isCompressed(raw) ? decompressing(raw)(source) : source
}

/** Passes a dump on; fails at its end when the dump does not say that it is complete. */
export function requireComplete(engine: 'mariadb' | 'postgresql'): Transform {
  const { ends } = ENGINES.find(known => known.engine === engine) ?? ENGINES[0]
  let tail = Buffer.alloc(0)
  return new Transform({
    flush(done) {
      done(
        ends.test(tail.toString('latin1'))
          ? null
          : bundleError('truncated', 'the dump is cut off: its last line is missing'),
      )
    },
    transform(chunk: Buffer, _encoding, done) {
      tail = Buffer.concat([tail, chunk]).subarray(-HEAD_BYTES)
      done(null, chunk)
    },
  })
}

/**
 * A tar of a volume as one that our bundles have: all of it below `_`, owned by nobody. The stream fails for names that lead
 * elsewhere, for hard links to what is no file before them, and for what is neither a file nor a directory nor a link.
 */
export function toVolumeTar(source: AsyncIterable<Buffer>): Readable {
  return Readable.from(repack(source), { objectMode: false })
}

async function* repack(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const files = new Set<string>()
  let output = [tarHeader({ ...TOP, mtime: String(Math.floor(Date.now() / 1000)) })]
  let padding = tarPadding(0)
  const scanner = new TarScanner({
    content: bytes => void output.push(bytes),
    entry(found) {
      requirePlain(found)
      const name = insideOf(found.name)
      if (found.type === 'directory' && (name === '' || name === '.')) return
      const linkName = found.type === 'link' ? `_/${insideOf(found.linkName)}` : found.linkName
      const entry = { ...found, linkName, name: `_/${name}` }
      refuseForeign(entry, files)
      output.push(tarHeader(entry))
      padding = tarPadding(found.size)
    },
    entryEnd() {
      if (padding.length > 0) output.push(padding)
      padding = tarPadding(0)
    },
  })
  for await (const chunk of source) {
    scanner.write(chunk)
    yield* output
    output = []
  }
  scanner.end()
  yield TAR_END
}

/** `files`: what came before, and this one. */
function refuseForeign({ linkName, name, type }: TarHead, files: Set<string>): void {
  if (type === 'other')
    throw bundleError('content', `the archive has ${name}, which is neither a file nor a directory nor a link`)
  if (type === 'link' && !files.has(linkName))
    throw bundleError('content', `the archive has ${name}, a hard link to ${linkName}, which is no file before it`)
  if (type === 'file' || type === 'link') files.add(name)
  else files.delete(name)
}

function insideOf(name: string): string {
  if (leadsElsewhere(name)) throw bundleError('content', `the archive has a name that leads elsewhere: ${name}`)
  return name.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '')
}

async function head(file: string, through: (stream: Readable) => Readable): Promise<Buffer> {
  const handle = await open(file)
  const stream = through(handle.createReadStream())
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of stream) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= HEAD_BYTES) break
    }
  } catch (error) {
    throw bundleError('truncated', `the file cannot be decompressed: ${error instanceof Error ? error.message : ''}`)
  } finally {
    await handle.close().catch(() => undefined)
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES)
}

function isCompressed(bytes: Buffer): boolean {
  return [MAGIC.gzip, MAGIC.zstd].some(magic => bytes.subarray(0, magic.length).equals(magic))
}

function isTar(bytes: Buffer): boolean {
  return bytes.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + MAGIC.tar.length).equals(MAGIC.tar)
}

function decompressing(bytes: Buffer): (stream: Readable) => Readable {
  if (!bytes.subarray(0, MAGIC.gzip.length).equals(MAGIC.gzip)) return decompressZstd
  return stream => {
    const output = createGunzip()
    stream.once('error', error => output.destroy(error))
    return stream.pipe(output)
  }
}
