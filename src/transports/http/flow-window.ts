/**
 * The flow-control window that both sides of an HTTP/2 connection grant, for
 * each stream and for the connection: the largest there is (RFC 9113 §6.9.1).
 *
 * With the 65,535 bytes that are the default, a WINDOW_UPDATE comes back for
 * every 32,767 bytes of content, and a sender that is out of window cuts its
 * frames where the next one found it: over TLS the bytes of a large message then
 * differ from run to run. Browsers, curl and nginx open their windows too, when
 * a connection begins; it takes 19 bytes each way.
 */
export const LARGEST_WINDOW_BYTES = 2 ** 31 - 1
