import type { HeaderSetName } from '../../../model/scenario/header-sets.ts'
import type { HeaderSet } from './header-set.ts'

/**
 * What real clients send before the content of a POST, and the least that a
 * client may send. The captured ones were told the URL, the content and its
 * content type, nothing else.
 */
export const REQUEST_SETS: Readonly<Record<HeaderSetName, HeaderSet>> = {
  minimal: {
    program: 'RFC 9112',
    basis: 'specified',
    from: 'RFC 9112 §3.2: Host; RFC 9110 §8.6: Content-Length; RFC 9112 §5: no space need follow the colon',
    lines: ['Host:{host}', 'Content-Length:{length}'],
  },
  node: {
    program: 'node:http of Node 20.20.2',
    basis: 'captured',
    from: 'http.request({ method, headers: { Content-Type, Content-Length } })',
    lines: [
      'Content-Type: {type}',
      'Content-Length: {length}',
      'Host: {host}',
      'Connection: keep-alive',
    ],
  },
  fetch: {
    program: 'fetch of Node 20.20.2',
    basis: 'captured',
    from: 'fetch(url, { method, headers: { content-type }, body })',
    lines: [
      'host: {host}',
      'connection: keep-alive',
      'content-type: {type}',
      'accept: */*',
      'accept-language: *',
      'sec-fetch-mode: cors',
      'user-agent: node',
      'accept-encoding: gzip, deflate',
      'content-length: {length}',
    ],
  },
  curl: {
    program: 'curl 7.88.1',
    basis: 'captured',
    from: "curl -H 'Content-Type: …' -d '…' URL",
    lines: [
      'Host: {host}',
      'User-Agent: curl/7.88.1',
      'Accept: */*',
      'Content-Type: {type}',
      'Content-Length: {length}',
    ],
  },
  'python-requests': {
    program: 'requests 2.28.1 (urllib3 1.26.12, Python 3.11.2)',
    basis: 'captured',
    from: "requests.post(url, data=…, headers={'Content-Type': …})",
    lines: [
      'Host: {host}',
      'User-Agent: python-requests/2.28.1',
      'Accept-Encoding: gzip, deflate',
      'Accept: */*',
      'Connection: keep-alive',
      'Content-Type: {type}',
      'Content-Length: {length}',
    ],
  },
  esp8266: {
    program: 'ESP8266HTTPClient, esp8266/Arduino at commit 003c190',
    basis: 'documented',
    from: 'https://github.com/esp8266/Arduino/blob/003c190564cdb5c17e33b77edbe81c9932f615d3/libraries/ESP8266HTTPClient/src/ESP8266HTTPClient.cpp (sendHeader, addHeader)',
    lines: [
      'Host: {host}',
      'User-Agent: ESP8266HTTPClient',
      'Connection: keep-alive',
      'Accept-Encoding: identity;q=1,chunked;q=0.1,*;q=0',
      'Content-Type: {type}',
      'Content-Length: {length}',
    ],
  },
  browser: {
    program: 'Chromium 156.0.8078.79, headless, Linux',
    basis: 'captured',
    from: "fetch(url, { method, headers: { 'Content-Type' }, body }) of a page of the same origin, without cookies",
    lines: [
      'Host: {host}',
      'Connection: keep-alive',
      'Content-Length: {length}',
      'sec-ch-ua-platform: "Linux"',
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36',
      'sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"',
      'Content-Type: {type}',
      'sec-ch-ua-mobile: ?0',
      'Accept: */*',
      'Origin: http://{host}',
      'Sec-Fetch-Site: same-origin',
      'Sec-Fetch-Mode: cors',
      'Sec-Fetch-Dest: empty',
      'Referer: http://{host}/',
      'Accept-Encoding: gzip, deflate, br, zstd',
      'Accept-Language: en-US,en;q=0.9',
    ],
  },
}
