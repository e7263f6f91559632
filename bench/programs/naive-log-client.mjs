// What one writes first: a message, its lines, each parsed and printed.
import { WebSocket } from 'ws'

const [socketPath, path] = process.argv.slice(2)
const socket = new WebSocket(`ws+unix:${socketPath}:${path}`, 'aloft.log.v1')
socket.on('message', data => {
  for (const line of Buffer.from(data).toString().split('\n')) {
    if (line === '') continue
    const { at, instance, message, type } = JSON.parse(line)
    if (type === 'log') console.log(`${at} ${instance} | ${message}`)
  }
})
