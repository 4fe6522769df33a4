/** `cells.json["mqtt-qos1"]["steady up"].frames[0]`: a place in a JSON text, as one would write it in code. */
export function formatJsonPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const segment of path) {
    const key = String(segment)
    if (typeof segment === 'number') text += `[${key}]`
    else if (!/^[A-Za-z_$][\w$]*$/.test(key)) text += `[${JSON.stringify(key)}]`
    else text += text === '' ? key : `.${key}`
  }
  return text
}
