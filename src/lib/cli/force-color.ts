/** Somebody wants colours also where no terminal is (https://force-color.org). */
export function forcesColor({ FORCE_COLOR: value }: NodeJS.ProcessEnv): boolean {
  return value !== undefined && value !== '' && value !== '0'
}
