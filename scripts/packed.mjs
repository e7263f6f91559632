import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './setup.mjs'
import { command, output } from './steps.mjs'

/** Packs what the registry would get, installs that file in an empty directory and runs one command from it. */
export async function runPacked() {
  const directory = await mkdtemp(join(tmpdir(), 'aloft-packed-'))
  try {
    const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    // npm needs the user's own settings (proxy, certificates): only the steps of the toolchain go without
    const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH']}` }
    const packed = await output(['npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', directory], { env })
    if (packed === undefined) return false
    const [{ filename, files, unpackedSize }] = Object.values(JSON.parse(packed))
    console.log(`${filename}: ${files.length} files, ${(unpackedSize / 1e6).toFixed(2)} MB unpacked`)
    if (!isComplete(files.map(file => file.path))) return false

    const place = join(directory, 'place')
    await mkdir(place)
    await writeFile(join(place, 'package.json'), '{"private":true}\n')
    const install = ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', join(directory, filename)]
    if (!(await command(install, { cwd: place, env }))) return false
    const answer = await output(['npx', '--no-install', name, '--version'], { cwd: place, env })
    console.log(`npx ${name} --version: ${answer?.trim()}`)
    return answer?.startsWith(`${name}/${version} `) === true
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function isComplete(paths) {
  const wanted = [
    'bin/run.js',
    'dist/start.cjs',
    'dist/lib/platform/main.js',
    'dist/THIRD-PARTY-NOTICES.txt',
    'LICENSE',
  ]
  const missing = [...wanted, 'README.md'].filter(path => !paths.includes(path))
  const surplus = paths.filter(path => /^(src|test|examples|scripts|bench)\//.test(path))
  if (missing.length > 0) console.error(`not in the package: ${missing.join(', ')}`)
  if (surplus.length > 0) console.error(`should not be in the package: ${surplus.join(', ')}`)
  return missing.length === 0 && surplus.length === 0
}
