import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Store } from '../../../src/lib/platform/store/port.ts'

export interface StoreMaker {
  /** Opens the store of this directory, or makes it. */
  open(directory: string, now?: () => number): Store
}

/** A new store, closed and removed after the test; `again` closes and opens it. */
export function fresh(maker: StoreMaker, now?: () => number): { store: Store; again: () => Store } {
  const directory = mkdtempSync(join(tmpdir(), 'aloft-store-'))
  let store = maker.open(directory, now)
  onTestFinished(() => {
    store.close()
    rmSync(directory, { force: true, recursive: true })
  })
  const again = (): Store => {
    store.close()
    store = maker.open(directory, now)
    return store
  }
  return { again, store }
}

/** A project with one environment. */
export function place(store: Store): { project: string; environment: string } {
  const project = store.projects.create({ name: 'shop' }).id
  return { environment: store.environments.create({ name: 'main', project, type: 'development' }).id, project }
}
