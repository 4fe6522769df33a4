import { catalogue } from '../../../model/text/language.ts'

/** What figures of a fleet rest on: every one that is printed says it, or stands under a letter that does. */
export const sayBasis = catalogue({
  en: {
    marks: { modelled: 'm', measured: 'c', price: 'p', radio: 'r' },
    modelled: 'modelled',
    measured: 'measured',
    price: (days: string) => `prices of ${days}`,
    radio: (days: string) => `radio models of ${days}`,
    /** Of one figure. */
    of: {
      modelled: 'modelled',
      measured: 'measured',
      price: 'by prices of the day they were read',
      radio: 'by a model of the radio',
    },
    given: 'as given',
    mAh: 'mAh a day, radio models',
  },
  'zh-TW': {
    marks: { modelled: '推', measured: '測', price: '價', radio: '型' },
    modelled: '推算',
    measured: '實測',
    price: (days) => `${days} 的價格`,
    radio: (days) => `${days} 的無線電模型`,
    of: { modelled: '推算', measured: '實測', price: '依讀取當日的價格', radio: '依無線電模型' },
    given: '依所給',
    mAh: '每日 mAh，無線電模型',
  },
})
