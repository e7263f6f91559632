import { join } from 'node:path'
import type { Exchange } from '../exchange.ts'
import type { Script } from '../static-files.ts'

/** The CGI variables of a request (RFC 3875, 4.1), with what PHP adds: SCRIPT_FILENAME, DOCUMENT_ROOT, REQUEST_URI, HTTPS. */
export function cgiParams(
  { entrance, path, query, request }: Exchange,
  { appDirectory, script }: { readonly script: Script; readonly appDirectory: string },
): Record<string, string> {
  const { headers, httpVersion, method = 'GET', socket } = request
  return {
    ...headerParams(headers),
    CONTENT_LENGTH: headers['content-length'] ?? '',
    CONTENT_TYPE: headers['content-type'] ?? '',
    DOCUMENT_ROOT: join(appDirectory, script.documentRoot),
    DOCUMENT_URI: script.name + script.pathInfo,
    GATEWAY_INTERFACE: 'CGI/1.1',
    PATH_INFO: script.pathInfo,
    QUERY_STRING: query.slice(1),
    // PHP built with cgi.force_redirect answers only with this.
    REDIRECT_STATUS: '200',
    REMOTE_ADDR: headers['x-forwarded-for']?.toString() ?? '127.0.0.1',
    REMOTE_PORT: String(socket.remotePort ?? ''),
    REQUEST_METHOD: method,
    REQUEST_SCHEME: entrance.scheme,
    REQUEST_URI: path + query,
    SCRIPT_FILENAME: join(appDirectory, script.file),
    SCRIPT_NAME: script.name,
    SERVER_ADDR: '127.0.0.1',
    SERVER_NAME: (headers.host ?? 'localhost').replace(/:\d*$/, ''),
    SERVER_PORT: String(entrance.port),
    SERVER_PROTOCOL: `HTTP/${httpVersion}`,
    SERVER_SOFTWARE: 'aloft',
    ...(entrance.scheme === 'https' ? { HTTPS: 'on' } : {}),
  }
}

function headerParams(headers: Exchange['request']['headers']): Record<string, string> {
  const params: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    // `Proxy` would become HTTP_PROXY, which programs take for a setting (httpoxy.org).
    if (value === undefined || name === 'proxy' || name.includes('_')) continue
    params[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`] = Array.isArray(value) ? value.join(', ') : value
  }
  return params
}
