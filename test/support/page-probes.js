/**
 * What a test asks a page in a browser: a script that runs there.
 */

/** What tells a further line of a text from others: of a long one each line would carry the whole. */
const NAMED_BY = 60

/** Every visible line of text with its place, in the order of the page; the first of each has all of the text. */
function textBoxes() {
  const found = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement
    const text = node.textContent?.trim() ?? ''
    if (text === '' || parent === null || parent.closest('svg > title, style, script')) continue
    if (!parent.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const inPicture = parent.closest('svg') !== null
    let line = 0
    for (const box of range.getClientRects()) {
      if (box.width === 0 || box.height === 0) continue
      const { left, top, right, bottom } = box
      const said = line === 0 ? text : text.slice(0, NAMED_BY)
      found.push({ text: said, line, inPicture, left, top, right, bottom })
      line += 1
    }
  }
  return found
}

/** What sticks out: of the window, of a picture, of a box that does not scroll. */
function cutTexts(scrolls) {
  const cut = []
  if (document.documentElement.scrollWidth > window.innerWidth) {
    cut.push(`the page is ${document.documentElement.scrollWidth} wide`)
  }
  for (const text of document.querySelectorAll('svg text')) {
    const outer = text.closest('svg')?.getBoundingClientRect()
    const inner = text.getBoundingClientRect()
    if (outer === undefined || outer.width === 0) continue
    const isIn =
      inner.left >= outer.left - 0.5 &&
      inner.right <= outer.right + 0.5 &&
      inner.top >= outer.top - 0.5 &&
      inner.bottom <= outer.bottom + 0.5
    if (!isIn) cut.push(`${text.closest('figure')?.id}: ${text.textContent}`)
  }
  for (const element of document.querySelectorAll('main *:not(svg *)')) {
    if (scrolls && element.closest('.scroll') !== null) continue
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) {
      cut.push(`${element.tagName}: ${element.textContent?.trim().slice(0, 60)}`)
    }
  }
  return cut
}

/** Contrast of each text in a picture with what is painted under it, where it is below `least`. */
function paleTexts(least) {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  /** Reading a pixel back is slow, and a page has few colours. */
  const known = new Map()
  const rgb = (colour) => {
    if (canvas === null) return [0, 0, 0, 255]
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = colour
      canvas.fillRect(0, 0, 1, 1)
      known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data])
    }
    return known.get(colour)
  }
  // WCAG 2.2, relative luminance and contrast ratio.
  const luminance = (colour) => {
    const [red = 0, green = 0, blue = 0] = rgb(colour).map((value) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const isOpaque = (colour) => (rgb(colour)[3] ?? 0) > 0
  const pageColour = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at)
      if (isOpaque(backgroundColor)) return backgroundColor
    }
    return '#ffffff'
  }
  const covers = (shape, text) =>
    shape.left < text.right &&
    shape.right > text.left &&
    shape.top < text.bottom &&
    shape.bottom > text.top
  return [...document.querySelectorAll('svg text')].flatMap((text) => {
    const place = text.getBoundingClientRect()
    const own = luminance(getComputedStyle(text).fill)
    const grounds = [pageColour(text.closest('svg'))]
    for (const shape of text.closest('svg')?.querySelectorAll('rect, circle') ?? []) {
      const isBefore = (shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING) > 0
      if (isBefore && covers(shape.getBoundingClientRect(), place)) {
        grounds.push(getComputedStyle(shape).fill)
      }
    }
    return grounds.flatMap((ground) => {
      const other = luminance(ground)
      const contrast = (Math.max(own, other) + 0.05) / (Math.min(own, other) + 0.05)
      return contrast >= least
        ? []
        : [`${text.closest('figure')?.id}: ${text.textContent} ${contrast.toFixed(2)}`]
    })
  })
}

globalThis.probes = { textBoxes, cutTexts, paleTexts }
