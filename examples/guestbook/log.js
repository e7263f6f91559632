/** One JSON object per line: what log tools read without being told how. */
export function log(level, message, details = {}) {
  console.log(JSON.stringify({ time: new Date().toISOString(), level, message, ...details }))
}
