import { catalogue } from '../text/language.ts'

/** What a figure rests on: frames that were measured, put together; packets that were counted; rules and prices of a day; somebody's model of a radio. */
export type FleetBasis = 'modelled' | 'measured' | 'price' | 'radio'

const sayBasis = catalogue({
  en: {
    modelled: 'modelled',
    measured: 'measured',
    price: 'by prices of the day they were read',
    radio: 'by a model of the radio',
  },
  'zh-TW': {
    modelled: '推算',
    measured: '實測',
    price: '依讀取當日的價格',
    radio: '依無線電模型',
  },
})

/** What a figure rests on, in words. */
export const basisWord = (basis: FleetBasis): string => sayBasis[basis]
