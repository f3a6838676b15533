/** A box in a home, and the hub that it speaks to. */
export interface Box {
  readonly home: string
  readonly gateway: string
  /** Where the box reaches the hub. */
  readonly hub: { readonly host: string; readonly port: number }
  /** How the hub is known: by the file `ca.pem`, by the authorities that the box's system knows, or not at all: plain MQTT. */
  readonly trust: 'ca-file' | 'system' | 'plain'
  /** How the box is known: `cert.pem` and `key.pem`, or a password. */
  readonly proof:
    | { readonly by: 'certificate' }
    | { readonly by: 'password'; /** Not given: to be filled in. */ readonly password?: string }
  /** Bytes of the largest packet that the hub takes. */
  readonly largestPacket: number
}

/** Where Mosquitto's files are on the box. */
export interface BoxFolders {
  /** Of the certificates. */
  readonly files: string
  /** Of what is stored while there is no link; it must be on a disk, not in memory. */
  readonly store: string
}

export const BOX_FOLDERS: BoxFolders = { files: '/etc/mosquitto/aal', store: '/var/lib/mosquitto/' }

/** Stands where a password has to be filled in. */
export const PASSWORD_PLACE = 'PUT-THE-PASSWORD-HERE'
