import { AppError } from '../../core/errors.ts'

/** Tools of builds -> how to get them on Debian, and otherwise. */
const INSTALL = {
  composer: ['apt-get install composer', 'see getcomposer.org/download'],
  nodejs: ['apt-get install nodejs npm', 'see nodejs.org/en/download'],
  npm: ['apt-get install npm', 'see nodejs.org/en/download'],
  php: ['apt-get install php-cli', 'see php.net/manual/en/install.php'],
  python: ['apt-get install python3', 'see python.org/downloads'],
  'python3-venv': ['apt-get install python3-venv'],
} as const

export type ToolName = keyof typeof INSTALL

/** Names a program the build or the application needs and how to install it. */
export function toolMissing(tool: ToolName, cause?: unknown): AppError {
  return new AppError('failed.tool-missing', `${tool} is needed and is not installed`, {
    cause,
    details: { tool },
    suggestions: [...INSTALL[tool]],
  })
}
