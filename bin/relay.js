// Parsed by whatever Node is on PATH: only syntax and modules that Node 18 has.
'use strict'
const { spawn } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { constants } = require('node:os')
const { isatty } = require('node:tty')

const SIGNALS =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']

/**
 * Runs a program in this process's place: same standard streams, signals passed on, and this process ends after it,
 * with its exit code (128 + n when a signal killed it).
 * @param {string} command
 * @param {string[]} args
 */
function relay(command, args) {
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

module.exports = { relay }
