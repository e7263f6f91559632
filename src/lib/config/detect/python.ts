import type { Candidate, Detected } from './detected.ts'

/** Where the server listens: the address that is given, else only this machine. */
const HOST = '${HOST:-127.0.0.1}'

const MODULES = ['app', 'main', 'wsgi', 'asgi', 'server']

/** `requirements.txt` or `pyproject.toml`; the start command from what they declare and the files that are there. */
export async function detectPython(candidate: Candidate): Promise<Detected | undefined> {
  const declared = [await candidate.text('requirements.txt'), await candidate.text('pyproject.toml')]
  if (declared.every(text => text === undefined)) return undefined
  return {
    build: { flavor: 'pip' },
    runtime: { name: 'python', version: await pythonVersion(candidate) },
    start: startCommand(candidate, declared.join('\n').toLowerCase()),
  }
}

function startCommand(candidate: Candidate, declared: string): string | undefined {
  const uses = (name: string): boolean => new RegExp(`(^|[^\\w-])${name}([^\\w-]|$)`, 'm').test(declared)
  const django = [...candidate.tree.paths].find(path => isIn(path, candidate.root, 'wsgi.py'))
  const module = MODULES.find(name => candidate.has(`${name}.py`))
  if (candidate.has('manage.py')) {
    const application = django && `${packagePath(django, candidate.root)}:application`
    if (uses('gunicorn') && application) return `gunicorn --bind "${HOST}:$PORT" ${application}`
    return `python manage.py runserver --noreload "${HOST}:$PORT"`
  }
  if (module === undefined) return undefined
  const name = module === 'wsgi' || module === 'asgi' ? 'application' : 'app'
  if (uses('uvicorn') || uses('fastapi')) return `uvicorn --host "${HOST}" --port "$PORT" ${module}:app`
  if (uses('gunicorn')) return `gunicorn --bind "${HOST}:$PORT" ${module}:${name}`
  if (uses('flask')) return `flask --app ${module} run --host "${HOST}" --port "$PORT"`
  return `python ${module}.py`
}

/** `<package>/wsgi.py` directly below the root. */
function isIn(path: string, root: string, file: string): boolean {
  const inside = root === '.' ? path : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : ''
  return inside.split('/').length === 2 && inside.endsWith(`/${file}`)
}

function packagePath(path: string, root: string): string {
  const inside = root === '.' ? path : path.slice(root.length + 1)
  return inside.replace(/\.py$/, '').replaceAll('/', '.')
}

/** `python-3.11.4` in `runtime.txt`, `3.11` in `.python-version`: as major.minor. */
async function pythonVersion(candidate: Candidate): Promise<string | undefined> {
  for (const text of [await candidate.text('runtime.txt'), await candidate.text('.python-version')]) {
    const version = /^\s*(?:python-)?(\d+\.\d+)/.exec(text ?? '')?.[1]
    if (version !== undefined) return version
  }
  return undefined
}
