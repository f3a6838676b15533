/** What a broker, or the way to it, says. */
interface Refusal {
  readonly code?: number | string
  readonly message?: string
}

/** Return codes of CONNACK [MQTT 3.1.1, 3.2.2.3], and reason codes of MQTT 5 from 128. */
const CODES: Readonly<Record<number | string, string>> = {
  1: 'the broker does not speak this version of MQTT: set "protocol"',
  132: 'the broker does not speak this version of MQTT: set "protocol"',
  2: 'the broker does not take this client id',
  133: 'the broker does not take this client id',
  3: 'the broker is not available: it takes nobody now',
  136: 'the broker is not available: it takes nobody now',
  137: 'the broker is busy',
  4: 'the broker refuses the user name or password',
  134: 'the broker refuses the user name or password',
  5: 'the broker refuses the user name or password, or does not let it in',
  135: 'the broker does not let it in: user name and rights',
  138: 'the broker has banned this client',
  142: 'another client with the same client id took over its session: set "clientId"',
  ECONNREFUSED: 'nothing answers there: is the broker running, and the port right?',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'there is no answer: network or firewall',
  EHOSTUNREACH: 'there is no way to this host: network or firewall',
  ENETUNREACH: 'there is no way to this host: network or firewall',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is signed by nobody but itself: give it as "ca" if it is right',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is signed by an authority that is not trusted: give that as "ca"',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is signed by an authority that is not trusted: give that as "ca"',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is signed by an authority that is not trusted: give that as "ca"',
  UNABLE_TO_GET_ISSUER_CERT:
    'its certificate is signed by an authority that is not trusted: give that as "ca"',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the authority in "ca"',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is the clock of this machine right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name than that in "url"',
  EPROTO: 'it does not speak TLS there: mqtt:// or another port',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there: mqtt:// or another port',
}

/** Why there is no connection, in words that say what to look at. */
export function sayConnectorError(error: Refusal): string {
  const { code, message = 'no connection' } = error
  const known = code === undefined ? undefined : CODES[code]
  if (known !== undefined) return known
  return /connack timeout/.test(message) ? 'it does not answer as an MQTT broker' : message.slice(0, 200)
}
