import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
})

const { dependencies, devDependencies, optionalDependencies } = z.parse(Manifest, JSON.parse(read('package.json')))
const all = { ...dependencies, ...devDependencies, ...optionalDependencies }
const described = [...read('docs/dependencies.md').matchAll(/^\| `(\S+)` \|/gm)].map(([, name]) => name)

test('docs/dependencies.md has one line for each dependency and for no other', () => {
  expect(new Set(described)).toEqual(new Set(Object.keys(all)))
  expect(described).toHaveLength(new Set(described).size)
})

test('versions are exact', () => {
  for (const version of Object.values(all)) expect(version).toMatch(/^\d+\.\d+\.\d+/)
})

test('only what brings a binary of its own is installed beside the bundle: the rest is bundled, so --save-dev', () => {
  expect(Object.keys(dependencies)).toEqual(['@lydell/node-pty'])
})
