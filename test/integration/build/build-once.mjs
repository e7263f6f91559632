import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBuilder } from '../../../src/lib/platform/build/builder.ts'
import { createLayout } from '../../../src/lib/platform/layout.ts'
import { createSourceStore } from '../../../src/lib/platform/source/source-store.ts'
import { resolveHome } from '../../../src/lib/protocol/home.ts'
import { applicationSpec } from '../../helpers/specs.ts'
import { createSpawningEngine } from './spawning-engine.ts'

// builds, and says when the command of the build hook is running
const [, , home, tree, hook] = process.argv
const layout = createLayout(resolveHome({ ALOFT_HOME: home }))
const engine = createSpawningEngine(layout)
const sources = createSourceStore({ directory: layout.sources })
const application = applicationSpec('web')
const request = {
  application: { ...application, build: { ...application.build, hook } },
  format: 'aloft',
  project: 'prj_1',
  projectName: 'shop',
  tree,
  variables: {},
}
void createBuilder({ engine, layout, sources }).build(request, {
  onLine: () => {},
  signal: new AbortController().signal,
})
const pid = join(layout.buildCaches, 'prj_1', 'pid')
const timer = setInterval(() => {
  if (!existsSync(pid) || readFileSync(pid, 'utf8') === '') return
  clearInterval(timer)
  process.send('running')
}, 10)
