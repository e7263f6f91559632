import { Readable } from 'node:stream'
import { volumeFilePaths } from '../../protocol/volume-files.ts'
import { nameOf } from '../backups/volumes.ts'
import { findVolumes, type VolumeDeps } from '../volumes/find-volumes.ts'
import { listFiles, readFiles, removeFiles, type VolumeWork, writeFiles } from '../volumes/volume-files.ts'
import type { App, AppContext } from './app.ts'
import { authorize } from './authorization.ts'
import { findPlace, notFound } from './lookup.ts'

/** Files of volumes: bodies are streamed, so they have no schema of their own (protocol/volume-files.ts). */
export function mountVolumeFiles(app: App, deps: VolumeDeps): void {
  for (const path of Object.values(volumeFilePaths)) {
    app.use(path, async (context, next) => {
      authorize(context.get('principal'), { access: 'write', project: context.req.param('project') })
      await next()
    })
  }
  app.get(volumeFilePaths.files, context =>
    send(Readable.from(listFiles(findWork(deps, context))), 'application/x-ndjson'),
  )
  app.post(volumeFilePaths.read, context =>
    send(Readable.from(readFiles(findWork(deps, context), context.env.incoming)), 'application/x-tar'),
  )
  app.post(volumeFilePaths.remove, async context => {
    await removeFiles(findWork(deps, context), context.env.incoming)
    return context.json({})
  })
  app.post(volumeFilePaths.write, async context => {
    await writeFiles(findWork(deps, context), context.env.incoming)
    return context.json({})
  })
}

function send(body: Readable, type: string): Response {
  return new Response(Readable.toWeb(body), { headers: { 'content-type': type } })
}

/** @throws not-found.* */
function findWork(deps: VolumeDeps, context: AppContext): VolumeWork {
  const { environment = '', project = '', volume: name = '' } = context.req.param()
  const volumes = findVolumes(deps, findPlace(deps.store, { environment, project }, context.get('principal')))
  const place = volumes.find(each => nameOf(each) === name)
  if (place) return { jobs: deps.volumeJobs, place, signal: context.req.raw.signal }
  throw notFound('not-found.volume', `there is no volume "${name}" in ${project}/${environment}`, {
    given: name,
    names: volumes.map(nameOf),
  })
}
