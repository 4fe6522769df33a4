/**
 * A number as `Intl.NumberFormat('en-US')` writes it, whose first use takes longer
 * than the rest of a report: thousands separated, halves rounded away from zero by
 * the digits that JavaScript shows.
 * @param value below 2^53 once its decimals are moved before the point; else Intl writes it
 */
export function decimal(value: number, maxDecimals: number, minDecimals = 0): string {
  const [mantissa, exponent = '0'] = String(Math.abs(value)).split('e') as [string, string?]
  const [wholeDigits, fraction = ''] = mantissa.split('.') as [string, string?]
  const digits = wholeDigits + fraction
  // Cut as text: moved by a multiplication, 12,932,160,734,716.404 would end in .405.
  const cut = wholeDigits.length + Number(exponent) + maxDecimals
  const kept = Number(digits.slice(0, Math.max(cut, 0)).padEnd(cut, '0'))
  const units = (digits[cut] ?? '0') >= '5' ? kept + 1 : kept
  if (!Number.isSafeInteger(units)) {
    const options = { maximumFractionDigits: maxDecimals, minimumFractionDigits: minDecimals }
    return new Intl.NumberFormat('en-US', options).format(value)
  }
  const text = String(units).padStart(maxDecimals + 1, '0')
  const point = text.length - maxDecimals
  let end = text.length
  while (end > point + minDecimals && text[end - 1] === '0') end -= 1
  const whole = text.slice(0, point).replace(/\B(?=(?:\d{3})+$)/g, ',')
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  return `${sign}${whole}${end > point ? `.${text.slice(point, end)}` : ''}`
}
