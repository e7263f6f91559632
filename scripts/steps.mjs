import { spawn } from 'node:child_process'
import { root, stepEnvironment } from './setup.mjs'

/**
 * Runs one step after the other, all of them, and says how long each took.
 * @param {{ name: string, run: () => Promise<boolean> }[]} steps
 * @returns {Promise<string[]>} names of those that failed
 */
export async function runSteps(steps) {
  const failed = []
  for (const { name, run } of steps) {
    console.log(`\n── ${name}`)
    const startedAt = performance.now()
    const isGood = await run()
    if (!isGood) failed.push(name)
    console.log(`── ${name}: ${isGood ? 'done' : 'FAILED'} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  }
  return failed
}

/**
 * Runs a program of the toolchain with its output shown; true when it ends with 0.
 * @param {string[]} argv
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function command(argv, options = {}) {
  return new Promise(resolve => {
    const [program, ...args] = argv
    const child = spawn(program, args, {
      cwd: root,
      env: stepEnvironment(),
      stdio: ['ignore', 'inherit', 'inherit'],
      ...options,
    })
    child.on('error', error => {
      console.error(`cannot start ${program}: ${error.message}`)
      resolve(false)
    })
    child.on('exit', code => resolve(code === 0))
  })
}

/** @param {string[]} argv the output of a program, or undefined when it fails */
export function output(argv, options = {}) {
  return new Promise(resolve => {
    const [program, ...args] = argv
    const child = spawn(program, args, {
      cwd: root,
      env: stepEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
      ...options,
    })
    const chunks = []
    child.stdout.on('data', chunk => chunks.push(chunk))
    child.on('error', () => resolve(undefined))
    child.on('close', code => resolve(code === 0 ? Buffer.concat(chunks).toString() : undefined))
  })
}
