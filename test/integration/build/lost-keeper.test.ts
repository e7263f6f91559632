import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createBuilder } from '../../../src/lib/platform/build/builder.ts'
import { lockOwner } from '../../../src/lib/platform/engine/process/keeper/lock.ts'
import { createSourceStore } from '../../../src/lib/platform/source/source-store.ts'
import { createFixture } from '../../helpers/process-engine.ts'
import { applicationSpec } from '../../helpers/specs.ts'
import { storeDirectory } from './store-directory.ts'

const HOOK = 'test ! -e half; touch half; echo at work; sleep 1; echo done > whole'

test('a build whose keeper dies begins anew in a clean directory', async () => {
  const fixture = await createFixture()
  const source = mkdtempSync(join(tmpdir(), 'aloft-lost-'))
  try {
    const { engine, layout } = fixture
    writeFileSync(join(source, 'server.js'), '')
    mkdirSync(layout.sources, { recursive: true })
    const sources = createSourceStore({ directory: layout.sources })
    const tree = await storeDirectory(source, sources)
    const application = applicationSpec('web', {
      build: { dependencies: {}, flavor: 'none', hook: HOOK, variables: {} },
    })
    const request = {
      application,
      format: 'aloft',
      project: 'prj_1',
      projectName: 'shop',
      tree,
      variables: {},
    } as const
    const lines: string[] = []

    const result = await createBuilder({ engine, layout, sources }).build(request, {
      onLine({ text }) {
        lines.push(text)
        const isFirst = text === 'at work' && lines.indexOf(text) === lines.length - 1
        const keeper = isFirst ? lockOwner(layout.keeper('build-prj_1')) : undefined
        if (keeper) process.kill(keeper.pid, 'SIGKILL')
      },
      signal: new AbortController().signal,
    })

    expect(lines.filter(line => line === 'at work')).toHaveLength(2)
    expect(lines.join('\n')).toContain('lost with the keeper that ran it: building anew')
    expect(readFileSync(join(layout.artifacts, result.build.id, 'app', 'whole'), 'utf8')).toBe('done\n')
  } finally {
    await fixture.dispose()
    rmSync(source, { force: true, recursive: true })
  }
})
