import type { Dissector, DissectorFactory } from '../../model/wire/frame.ts'
import { dissectCoap } from '../dissectors/coap/coap.ts'
import { beginsLikeDtls, dissectOpaqueDtls } from '../dissectors/dtls/opaque-dtls.ts'
import { type Detection, UNKNOWN } from './signatures.ts'

/** RFC 7252 §3: version 1 stands in the first two bits. */
const beginsLikeCoap = (datagram: Uint8Array): boolean =>
  datagram.length >= 4 && (datagram[0] as number) >> 6 === 1

/**
 * What a client and its server say in datagrams: the first one decides whether it is
 * CoAP, or DTLS, which is counted by record. Of anything else the bytes are counted.
 */
export const detectingDatagrams =
  (onDetected: (detection: Detection) => void): DissectorFactory =>
  (sink) => {
    let chosen: Dissector | null = null
    const choose = (datagram: Uint8Array): Dissector | null => {
      if (beginsLikeCoap(datagram)) {
        onDetected({ kind: 'known', protocol: 'coap' })
        return dissectCoap(sink)
      }
      if (beginsLikeDtls(datagram)) {
        onDetected({ kind: 'foreign', name: 'DTLS' })
        return dissectOpaqueDtls(sink)
      }
      onDetected(UNKNOWN)
      return null
    }
    return {
      carrier: 'datagrams',
      feed: (direction, datagram) => {
        chosen ??= choose(datagram)
        chosen?.feed(direction, datagram)
      },
      end: () => chosen?.end(),
    }
  }
