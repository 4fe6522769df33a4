import { describe, expect, it } from 'vitest'
import type { Report } from '../../../model/report/report.ts'
import type { TlsAgreement } from '../../../model/tls/agreement.ts'
import type { TlsProfileId } from '../../../model/tls/profiles.ts'
import { tlsBlocks } from './agreed.ts'

interface Measured {
  tls: TlsProfileId
  up: number
  down: number
  agreed?: Partial<TlsAgreement>
}

/** As much of a report as the section reads. */
function reportOf(measured: readonly Measured[]): Report {
  const scenarios = measured.map(({ tls }) => ({
    name: `json-${tls}`,
    title: `JSON, TLS ${tls}`,
    tls,
  }))
  const cells = measured.map(({ tls, up, down, agreed }) => ({
    ...{ scenario: `json-${tls}`, transport: 'https1', status: 'measured' },
    bytes: {
      roundTrips: { connections: 2 },
      ledger: [
        { phase: 'setup', direction: 'up', bytes: 2 * up },
        { phase: 'setup', direction: 'down', bytes: 2 * down },
      ],
      tls: {
        ...{ profile: tls, version: 'TLS 1.3', group: 'X25519', suite: 'TLS_AES_256_GCM_SHA384' },
        ...{ certificateBytes: [324], ...agreed },
      },
    },
  }))
  return { plan: { scenarios }, cells } as unknown as Report
}

const textOf = (report: Report): string => JSON.stringify(tlsBlocks(report))

describe('what TLS agreed on', () => {
  it('is a line, and no table, where there is one profile', () => {
    const blocks = tlsBlocks(reportOf([{ tls: 'device', up: 290, down: 1277 }]))
    expect(blocks).toEqual([
      { kind: 'heading', level: 1, text: 'TLS' },
      {
        kind: 'list',
        items: ['device: TLS 1.3, X25519, TLS_AES_256_GCM_SHA384, certificate 324 bytes (https1)'],
      },
    ])
  })

  it('is nothing without TLS', () => {
    expect(tlsBlocks(reportOf([]))).toEqual([])
  })

  it('compares what a connection costs under several profiles', () => {
    const report = reportOf([
      { tls: 'device', up: 290, down: 1277 },
      { tls: 'psk', up: 180, down: 376, agreed: { group: null, certificateBytes: [] } },
    ])
    const table = tlsBlocks(report).find(({ kind }) => kind === 'table')
    expect(table).toMatchObject({
      groups: [
        {
          first: { text: 'https1' },
          rows: [
            [
              { text: 'device' },
              { text: '290' },
              { text: '1,277' },
              { text: '1,567' },
              { text: '' },
            ],
            [
              { text: 'psk' },
              { text: '180' },
              { text: '376' },
              { text: '556' },
              { text: '−1,011' },
            ],
          ],
        },
      ],
    })
    expect(textOf(report)).toContain('psk: TLS 1.3, no key exchange')
  })

  it('marks a group that the server did not take', () => {
    const text = textOf(reportOf([{ tls: 'browser-2026', up: 1518, down: 1277 }]))
    expect(text).toContain(
      'certificate 324 bytes – the server did not take X25519MLKEM768 (https1)',
    )
  })
})
