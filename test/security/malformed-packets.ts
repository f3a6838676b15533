/** `61 62`: two bytes. */
export const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** By packet type, as MQTT 3.1.1 numbers its rules. Each is a whole packet but where it says that it is cut. */
export const FIRST: readonly (readonly [string, string])[] = [
  ['CONNECT with no protocol name [MQTT-3.1.2-1]', '10 0c 00 00 04 02 00 3c 00 04 74 65 73 74'],
  ['CONNECT with another protocol name', '10 10 00 04 4d 51 54 58 04 02 00 3c 00 04 74 65 73 74'],
  ['CONNECT with the reserved flag [MQTT-3.1.2-3]', '10 10 00 04 4d 51 54 54 04 03 00 3c 00 04 74 65 73 74'],
  ['CONNECT with a will at QoS 3 [MQTT-3.1.2-14]', '10 10 00 04 4d 51 54 54 04 1e 00 3c 00 04 74 65 73 74'],
  ['CONNECT of protocol version 9', '10 10 00 04 4d 51 54 54 09 02 00 3c 00 04 74 65 73 74'],
  [
    'CONNECT with a password and no name [MQTT-3.1.2-22]',
    '10 10 00 04 4d 51 54 54 04 42 00 3c 00 04 74 65 73 74',
  ],
  [
    'CONNECT whose client id is longer than the packet',
    '10 10 00 04 4d 51 54 54 04 02 00 3c ff ff 74 65 73 74',
  ],
  ['CONNECT of no length', '10 00'],
  ['PUBLISH before CONNECT [MQTT-3.1.0-1]', '30 07 00 04 74 65 73 74 61'],
  ['SUBSCRIBE before CONNECT', '82 09 00 01 00 04 74 65 73 74 00'],
  ['PINGREQ before CONNECT', 'c0 00'],
  ['a packet of the reserved type 0', '00 00'],
  ['a remaining length of five bytes', '10 ff ff ff ff 7f'],
]

/** After CONNECT. */
export const LATER: readonly (readonly [string, string])[] = [
  ['a second CONNECT [MQTT-3.1.0-2]', '10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 74 65 73 74'],
  ['PUBLISH at QoS 3 [MQTT-3.3.1-4]', '36 09 00 04 74 65 73 74 00 01 61'],
  ['PUBLISH to a topic with a wildcard [MQTT-3.3.2-2]', '30 04 00 01 23 61'],
  ['PUBLISH to a topic that is longer than the packet', '30 04 ff ff 23 61'],
  ['PUBLISH without a topic', '30 03 00 00 61'],
  ['PUBLISH of no length', '30 00'],
  ['SUBSCRIBE with wrong flags [MQTT-3.8.1-1]', '80 09 00 01 00 04 74 65 73 74 00'],
  ['SUBSCRIBE to nothing [MQTT-3.8.3-3]', '82 02 00 01'],
  ['SUBSCRIBE at QoS 3', '82 09 00 01 00 04 74 65 73 74 03'],
  ['UNSUBSCRIBE from nothing', 'a2 02 00 01'],
  ['PUBREL with wrong flags [MQTT-3.6.1-1]', '60 02 00 01'],
  ['SUBACK, which only servers send', '90 03 00 01 00'],
  ['the reserved type 15', 'f0 00'],
]
