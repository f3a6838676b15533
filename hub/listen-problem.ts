/** What cannot be listened on, with what to do about it. */
export function listenProblem(
  cause: unknown,
  name: 'mqtt' | 'http' | 'mqtt.tls' | 'mqtt.websocket',
  host: string,
  port: number,
): unknown {
  const code = (cause as NodeJS.ErrnoException).code
  const option = name.includes('.') ? '' : `--${name}-port N or `
  const elsewhere = `Choose another with ${option}${name}.port in hub.yaml (0: any free port).`
  if (code === 'EADDRINUSE') {
    return new Error(`Cannot listen on ${host}:${port} (${name}): the port is in use. ${elsewhere}`, {
      cause,
    })
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return new Error(
      `Cannot listen on ${host}:${port} (${name}): ${(cause as Error).message}. ${elsewhere}`,
      {
        cause,
      },
    )
  }
  return cause
}

/** How people reach what listens on this host from the same machine. */
export function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
