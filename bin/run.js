#!/usr/bin/env node
// Parsed by whatever Node is on PATH: only syntax and modules that Node 18 has.
import { isSupported, REQUIRED, relayToPinnedNode } from './node-version.js'

if (isSupported(process.versions.node)) {
  const { main } = await import('../dist/lib/cli/main.js')
  await main(process.argv.slice(2), import.meta.url)
} else if (!relayToPinnedNode(import.meta.url)) {
  process.stderr.write(
    `aloft needs Node ${REQUIRED.join('.')} or newer and this is ${process.versions.node} (${process.execPath}): ` +
      'install a newer Node, or run `npm install node@24` beside aloft\n',
  )
  process.exitCode = 1
}
