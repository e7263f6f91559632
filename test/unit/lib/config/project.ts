import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { EnvironmentSpec } from '../../../../src/lib/config/environment-spec.ts'
import { directoryFiles, type ProjectFiles } from '../../../../src/lib/config/project-files.ts'
import { readProject } from '../../../../src/lib/config/read-project.ts'
import { AppError } from '../../../../src/lib/core/errors.ts'

/** A project in memory: path -> text. */
function files(contents: Contents): ProjectFiles {
  return {
    list: () => Object.keys(contents),
    read: path => {
      const content = contents[path]
      return Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content)
    },
  }
}

export type Contents = Readonly<Record<string, string | Uint8Array>>

export function readFiles(project: ProjectFiles, environment = 'main'): Promise<EnvironmentSpec> {
  return readProject(project, { environment: { name: environment, type: 'development' }, projectName: 'shop' })
}

export function read(contents: Contents, environment?: string): Promise<EnvironmentSpec> {
  return readFiles(files(contents), environment)
}

export function fixture(name: string): ProjectFiles {
  return directoryFiles(fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url)))
}

/** The refusal's code and the lines of its message. */
export async function refusal(contents: Contents, environment?: string): Promise<string> {
  try {
    await read(contents, environment)
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    if (error instanceof AppError) return `${error.code}\n${error.message}`
  }
  throw new Error('the project was accepted')
}
