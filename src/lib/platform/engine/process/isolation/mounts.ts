import { dirname, join, posix } from 'node:path'
import { diskError } from '../../../../core/disk-errors.ts'
import { AppError } from '../../../../core/errors.ts'
import type { Layout } from '../../../layout.ts'
import { removeTree } from '../../../remove-tree.ts'
import type { LaunchSpec, MountBinding, Volume } from '../../port.ts'
import { findQuotas, makeVolume } from '../volumes/volume-quotas.ts'
import type { ResolvedMount } from './application-view.ts'
import { makeOwned, type Owner } from './permissions.ts'

export interface MountContext {
  readonly layout: Layout
  readonly environment: string
  /** `web.1`: whose dedicated volumes these are. */
  readonly instance: string
  /** Directory for mounts that live only as long as the process. */
  readonly scratch: string
  readonly owner: Owner
  /** As the launch has them. */
  readonly quotas: LaunchSpec['quotas']
}

/**
 * Where a volume's files lie: `volumes/<volume>` when shared, `volumes/<volume>@<instance>` when dedicated; in it one
 * directory per source path, its name percent-encoded (`_` for the volume itself). They are siblings, so that what an
 * application does in one can never lead elsewhere when another is mounted.
 */
export function volumeDirectory(
  layout: Layout,
  environment: string,
  { instance, mount }: { readonly mount: MountBinding; readonly instance: string },
): string {
  const inside = posix.normalize(`/${mount.sourcePath}`).replace(/^\/|\/$/g, '')
  const { source, volume } = mount
  return join(
    volumeRoot(layout, environment, source === 'instance' ? { instance, name: volume } : { name: volume }),
    inside === '' ? '_' : encodeURIComponent(inside),
  )
}

/** The directory of a volume. */
export function volumeRoot(
  layout: Layout,
  environment: string,
  { instance, name }: Pick<Volume, 'instance' | 'name'>,
): string {
  // a name of dots alone would be a directory above
  const root = join(layout.volumes(environment), encodeURIComponent(name).replace(/^\./, '%2E'))
  return instance === undefined ? root : `${root}@${instance}`
}

/** Makes what the mounts show, empty where it is new. @throws failed.start for mounts that overlap or leave the application */
export async function prepareMounts(mounts: readonly MountBinding[], context: MountContext): Promise<ResolvedMount[]> {
  const resolved: ResolvedMount[] = []
  for (const mount of mounts) {
    const path = posix.normalize(mount.path).replace(/^\/+|\/+$/g, '')
    const clash = resolved.find(
      other => `${path}/`.startsWith(`${other.path}/`) || `${other.path}/`.startsWith(`${path}/`),
    )
    if (path === '' || path === '.' || path.startsWith('..') || clash)
      throw new AppError(
        'failed.start',
        `mount ${mount.path} ${clash ? `overlaps ${clash.path}` : 'is no place inside the application'}`,
      )
    resolved.push({ path, source: await makeSource(mount, path, context) })
  }
  return resolved
}

async function makeSource(
  mount: MountBinding,
  path: string,
  { environment, instance, layout, owner, quotas, scratch }: MountContext,
): Promise<string> {
  if (mount.source !== 'tmp') {
    const directory = volumeDirectory(layout, environment, { instance, mount })
    const volume = dirname(directory)
    await makeVolume(volume)
    if (quotas) await (await findQuotas(volume))?.limit(volume, quotas[mount.volume])
    return makeOwned(directory, owner).catch((error: unknown) => Promise.reject(diskError(error, volume)))
  }
  const directory = join(scratch, 'mounts', encodeURIComponent(path))
  await removeTree(directory)
  return makeOwned(directory, owner)
}
