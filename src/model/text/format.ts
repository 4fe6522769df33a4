/**
 * How figures are written, everywhere alike. Pure text: no colour, no locale of
 * the machine. Every function takes `extraDigits`, for the rare place where two
 * different values would otherwise read the same.
 */

import { decimal } from './decimal.ts'

const INVERSE_TOLERANCE = 1e-9
const RATIO_DIGITS = 3

/** Beyond this, digits are no longer exact, and nobody counts them. */
const MOST_WRITTEN_OUT = 1e15

function withSeparators(value: number, maxDecimals: number, minDecimals = 0): string {
  if (Math.abs(value) >= MOST_WRITTEN_OUT) return value.toExponential().replace('-', '−')
  const text = decimal(value, maxDecimals, minDecimals)
  // A minus sign, not a hyphen; and no negative zero.
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace('-', '−')
}

/** `15,018`, `36.5`: thousands separated, at most one decimal. */
export function formatCount(value: number, extraDigits = 0): string {
  return withSeparators(value, 1 + extraDigits)
}

/** `36 B`, `15,018 B`, `36.5 B`: every byte is shown; no KB. */
export function formatBytes(bytes: number, extraDigits = 0): string {
  return `${formatCount(bytes, extraDigits)} B`
}

/** Microseconds without the unit: `1,258`, `61.4`, `2.35`. */
export function formatMicrosNumber(micros: number, extraDigits = 0): string {
  const size = Math.abs(micros)
  return withSeparators(micros, (size >= 100 ? 0 : size >= 10 ? 1 : 2) + extraDigits)
}

/** `258 µs`, `61.4 µs`. */
export function formatMicros(micros: number, extraDigits = 0): string {
  return `${formatMicrosNumber(micros, extraDigits)} µs`
}

/** A time as people say it, of microseconds: `258 µs`, `1.26 ms`, `512 ms`, `1.61 s`, `158 s`. */
export function formatTime(micros: number): string {
  const [size, unit] = micros < 1e3 ? [1, 'µs'] : micros < 1e6 ? [1e3, 'ms'] : [1e6, 's']
  return `${formatMicrosNumber(micros / size)} ${unit}`
}

/**
 * `1/12.0` below one, `25.8` from one on: three significant digits, and no
 * decimals where there is nothing behind them (`1/20`, `2`).
 */
export function formatRatio(ratio: number, extraDigits = 0): string {
  if (ratio > 0 && ratio < 1) return `1/${formatFactor(1 / ratio, extraDigits)}`
  return formatFactor(ratio, extraDigits)
}

function formatFactor(factor: number, extraDigits: number): string {
  const nearest = Math.round(factor)
  if (Math.abs(factor - nearest) <= INVERSE_TOLERANCE * Math.abs(factor)) {
    return withSeparators(nearest, 0)
  }
  // Of the rounded value: 9.998 is 10.0 in three digits, not 10.00.
  const rounded = Number(Math.abs(factor).toPrecision(RATIO_DIGITS))
  const decimals = Math.max(0, RATIO_DIGITS - 1 - Math.max(0, Math.floor(Math.log10(rounded))))
  return withSeparators(factor, decimals + extraDigits, decimals)
}

/** What a metric is counted in; the names are those of `Metric.unit`. */
export type FormatUnit = 'bytes' | 'ratio' | 'us' | 'messages' | 'messages/s'

/** A value with its unit. */
export function formatValue(value: number, unit: FormatUnit, extraDigits = 0): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value, extraDigits)
    case 'us':
      return formatMicros(value, extraDigits)
    case 'ratio':
      return formatRatio(value, extraDigits)
    case 'messages':
      return formatCount(value, extraDigits)
    case 'messages/s':
      return `${formatCount(value, extraDigits)}/s`
  }
}

/** `361 B`, or `201–361 B` with the unit written once. */
export function formatRange(low: number, high: number, unit: FormatUnit): string {
  const [from, to] = [formatValue(low, unit), formatValue(high, unit)]
  if (from === to) return from
  const suffix = unit === 'bytes' ? ' B' : unit === 'us' ? ' µs' : unit === 'messages/s' ? '/s' : ''
  return `${from.slice(0, from.length - suffix.length)}–${to}`
}
