import type { Context } from 'hono'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../core/errors.ts'
import { restingUploads, restingUploadsQuery, uploadAnswer, uploadRequest } from '../../protocol/backup-schemas.ts'
import { LENGTH_HEADER, OFFSET_HEADER, transferPaths } from '../../protocol/transfers.ts'
import type { Activities } from '../activities/port.ts'
import type { Backups } from '../backups/port.ts'
import { startUpload } from '../backups/start.ts'
import type { Store } from '../store/port.ts'
import { noUpload, type Upload, type Uploads } from '../uploads/uploads.ts'
import { type App, type AppContext, check, readJson } from './app.ts'
import type { Principal } from './authentication.ts'
import { authorize } from './authorization.ts'
import { parseRange } from './byte-range.ts'
import { checkName } from './calls/check-name.ts'
import { findBackup } from './lookup.ts'

export interface TransferDeps {
  readonly activities: Activities
  readonly backups: Backups
  readonly store: Store
  readonly uploads: Uploads
}

/** Bytes of backups: bodies are streamed, so they have no schema of their own (protocol/transfers.ts). */
export function mountTransfers(app: App, deps: TransferDeps): void {
  for (const path of [transferPaths.bundle, transferPaths.uploads, `${transferPaths.uploads}/*`]) {
    app.use(path, async (context, next) => {
      authorize(context.get('principal'), { access: 'write', narrowed: true })
      await next()
    })
  }
  app.get(transferPaths.bundle, context => sendBundle(deps, context, context.req.param('backup')))
  app.get(transferPaths.uploads, async context => {
    const target = check(restingUploadsQuery(), context.req.query(), 'query')
    authorize(context.get('principal'), { access: 'write', project: target.project })
    return context.json(check(restingUploads(), { items: await deps.uploads.resting(target) }, 'answer'))
  })
  app.post(transferPaths.uploads, async context => {
    const request = check(uploadRequest(), await readJson(context), 'body')
    authorize(context.get('principal'), { access: 'write', project: request.project })
    checkName(request.project)
    checkName(request.environment)
    const { from, ...wanted } = request
    const { id, offset } = deps.uploads.create(wanted, from)
    return context.json(check(uploadAnswer(), { id, offset }, 'answer'), 201)
  })
  // for HEAD too
  app.get(transferPaths.upload, async context => {
    const { id, offset } = announce(context, await findUpload(deps, context, context.req.param('upload')))
    return context.json({ id, offset })
  })
  app.patch(transferPaths.upload, async context => {
    const upload = announce(context, await findUpload(deps, context, context.req.param('upload')))
    const offset = await deps.uploads.append(upload.id, readOffset(context), context.env.incoming)
    announce(context, { ...upload, offset })
    return context.body(null, 204)
  })
  app.delete(transferPaths.upload, async context => {
    const upload = await deps.uploads.settled(context.req.param('upload'))
    if (upload && isVisible(upload, context.get('principal'))) deps.uploads.remove(upload.id)
    return context.json({})
  })
  app.post(transferPaths.finish, async context => {
    const upload = await findUpload(deps, context, context.req.param('upload'))
    const { user } = context.get('principal')
    return context.json(startUpload(deps, upload, user), 202)
  })
}

async function sendBundle({ backups, store }: TransferDeps, context: AppContext, id: string): Promise<Response> {
  const { id: known } = findBackup(store, id, context.get('principal'))
  const bundle = await backups.bundle(known)
  const { bytes, digest } = bundle
  const etag = `"${digest}"`
  const headers = {
    'accept-ranges': 'bytes',
    'content-disposition': `attachment; filename="${known}.tar"`,
    'content-type': 'application/x-tar',
    etag,
  }
  const isOther = ![undefined, etag].includes(context.req.header('if-range'))
  const range = isOther ? undefined : parseRange(context.req.header('range'), bytes)
  if (range === 'unsatisfiable') return context.body(null, 416, { ...headers, 'content-range': `bytes */${bytes}` })
  const { end, start } = range ?? { end: bytes - 1, start: 0 }
  const part = range ? { 'content-range': `bytes ${start}-${end}/${bytes}` } : {}
  const status = range ? 206 : 200
  const all = { ...headers, ...part, 'content-length': String(end - start + 1) }
  if (context.req.method === 'HEAD') return context.body(null, status, all)
  return sendStream(context, bundle.read({ end, start }), { headers: all, status })
}

/** By Node's own streams: through those of the web a large body takes twice the memory. What fails here cuts the connection. */
async function sendStream(
  { env: { outgoing }, res }: AppContext,
  body: Readable,
  { headers, status }: { readonly headers: Readonly<Record<string, string>>; readonly status: 200 | 206 },
): Promise<Response> {
  outgoing.writeHead(status, { ...Object.fromEntries(res.headers), ...headers })
  await pipeline(body, outgoing).catch(() => outgoing.destroy())
  return new Response(null, { headers: RESPONSE_ALREADY_SENT.headers, status })
}

/** What a token of another project may not see is not there for it. @throws not-found.upload */
async function findUpload({ uploads }: TransferDeps, context: AppContext, id: string): Promise<Upload> {
  const upload = await uploads.settled(id)
  if (upload && isVisible(upload, context.get('principal'))) return upload
  throw noUpload(id)
}

function isVisible({ project }: Upload, { project: own }: Principal): boolean {
  return own === undefined || own === project
}

function announce(context: Pick<Context, 'header'>, upload: Upload): Upload {
  context.header(OFFSET_HEADER, String(upload.offset))
  context.header(LENGTH_HEADER, String(upload.bytes))
  return upload
}

function readOffset({ req }: AppContext): number {
  const text = req.header(OFFSET_HEADER) ?? ''
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new AppError('usage.request', `the header ${OFFSET_HEADER} says from which byte on, e.g. 0`)
}
