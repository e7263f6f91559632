// Parsed by whatever Node is on PATH: only syntax and modules that Node 18 has.
'use strict'

/** The oldest Node that runs aloft, as `engines` in package.json says. */
const REQUIRED = [22, 19]

/** @param {string} version as in `process.versions.node` */
function isSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > REQUIRED[0] || (major === REQUIRED[0] && minor >= REQUIRED[1])
}

/**
 * Runs the script again with the Node of the npm package `node` where that is installed beside aloft.
 * @param {string} script its path
 * @returns {boolean} false when there is none
 */
function relayToPinnedNode(script) {
  const node = findPinnedNode(script)
  if (node === undefined) return false
  require('./relay.js').relay(node, [...process.execArgv, script, ...process.argv.slice(2)])
  return true
}

function findPinnedNode(script) {
  const { existsSync, readFileSync } = require('node:fs')
  const path = require('node:path')
  const executable = process.platform === 'win32' ? 'node.exe' : 'node'
  try {
    const manifest = require('node:module').createRequire(script).resolve('node/package.json')
    const candidate = path.join(path.dirname(manifest), 'bin', executable)
    const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
    return isSupported(version) && existsSync(candidate) ? candidate : undefined
  } catch {
    return undefined
  }
}

module.exports = { isSupported, relayToPinnedNode, REQUIRED }
