// Parsed by whatever Node is on PATH: only syntax and modules that Node 18 has.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'

/** The oldest Node that runs aloft, as `engines` in package.json says. */
export const REQUIRED = [22, 19]

const SIGNALS =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/** @param {string} version as in `process.versions.node` */
export function isSupported(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > REQUIRED[0] || (major === REQUIRED[0] && minor >= REQUIRED[1])
}

/**
 * Runs the script again with the Node of the npm package `node` where that is installed beside aloft.
 * @param {string} scriptUrl
 * @returns {boolean} false when there is none
 */
export function relayToPinnedNode(scriptUrl) {
  const node = findPinnedNode(scriptUrl)
  if (node === undefined) return false
  relay(node, [...process.execArgv, fileURLToPath(scriptUrl), ...process.argv.slice(2)])
  return true
}

/**
 * Runs a program in this process's place: same standard streams, signals passed on, and this process ends after it,
 * with its exit code (128 + n when a signal killed it).
 * @param {string} command
 * @param {string[]} args
 */
export function relay(command, args) {
  const child = spawn(command, args, { stdio: 'inherit' })
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!isFromTerminal(signal)) child.kill(signal)
    })
  }
  child.on('error', error => {
    process.stderr.write(`aloft cannot start ${command}: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code === null ? 128 + constants.signals[signal] : code
  })
}

function findPinnedNode(scriptUrl) {
  const executable = process.platform === 'win32' ? 'node.exe' : 'node'
  try {
    const manifest = createRequire(scriptUrl).resolve('node/package.json')
    const candidate = join(dirname(manifest), 'bin', executable)
    const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
    return isSupported(version) && existsSync(candidate) ? candidate : undefined
  } catch {
    return undefined
  }
}

/** A terminal sends its signals to the whole foreground process group: the child has it already, twice means "at once". */
function isFromTerminal(signal) {
  if (!['SIGINT', 'SIGQUIT'].includes(signal)) return false
  try {
    // proc_pid_stat(5): after the name in brackets state, ppid, pgrp, session, tty_nr, tpgid
    const fields = readFileSync('/proc/self/stat', 'latin1').split(') ').pop().split(' ')
    return fields[2] === fields[5]
  } catch {
    return [0, 1, 2].some(descriptor => isatty(descriptor))
  }
}
