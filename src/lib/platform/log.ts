/** The platform's own log: one JSON object a line, never a secret. */
export interface PlatformLog {
  info(data: object, message: string): void
  warn(data: object, message: string): void
  error(data: object, message: string): void
}
