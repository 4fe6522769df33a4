import { catalogue } from '../../../model/text/language.ts'

/** What figures of a fleet rest on: every one that is printed says it, or stands under a letter that does. */
export const sayBasis = catalogue({
  en: {
    marks: { modelled: 'm', measured: 'c', price: 'p', radio: 'r' },
    price: (days: string) => `prices of ${days}`,
    radio: (days: string) => `radio models of ${days}`,
    mAh: 'mAh a day, radio models',
  },
  'zh-TW': {
    marks: { modelled: '推', measured: '測', price: '價', radio: '型' },
    price: (days) => `${days} 的價格`,
    radio: (days) => `${days} 的無線電模型`,
    mAh: '每日 mAh，無線電模型',
  },
})
