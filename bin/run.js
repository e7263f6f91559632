#!/usr/bin/env node
// Parsed by whatever Node is on PATH: only syntax and modules that Node 18 has.
'use strict'
const { isSupported, REQUIRED, relayToPinnedNode } = require('./node-version.js')

if (isSupported(process.versions.node)) {
  require('../dist/start.cjs').start(process.argv.slice(2))
} else if (!relayToPinnedNode(__filename)) {
  process.stderr.write(
    `aloft needs Node ${REQUIRED.join('.')} or newer and this is ${process.versions.node} (${process.execPath}): ` +
      'install a newer Node, or run `npm install node@24` beside aloft\n',
  )
  process.exitCode = 1
}
