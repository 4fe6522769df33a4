import type { YAMLError } from 'yaml'

/** In Chinese, what is wrong with a text by the code that its reader gives; its own words are English. */
export const YAML_PROBLEMS: Readonly<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: '別名不能有標籤或錨點',
  BAD_ALIAS: '別名或錨點的名稱是空的，或以 : 結尾',
  BAD_COLLECTION_TYPE: '標籤與集合的種類不符',
  BAD_DIRECTIVE: '指示詞（%）不正確',
  BAD_DQ_ESCAPE: '雙引號裡的跳脫序列不正確',
  BAD_INDENT: '縮排不正確',
  BAD_PROP_ORDER: '錨點與標籤要寫在記號之後',
  BAD_SCALAR_START: '沒有加引號的值不能以這個字元開頭',
  BLOCK_AS_IMPLICIT_KEY: '鍵的那一行不能再有一層對應或清單',
  BLOCK_IN_FLOW: '括號裡不能有以縮排寫的對應或清單',
  DUPLICATE_KEY: '同一個鍵出現了兩次',
  IMPOSSIBLE: '無法解析',
  KEY_OVER_1024_CHARS: '鍵超過 1024 個字元',
  MISSING_CHAR: '少了一個字元，例如括號、引號、逗號或空白',
  MULTILINE_IMPLICIT_KEY: '鍵必須寫在同一行',
  MULTIPLE_ANCHORS: '一個節點只能有一個錨點',
  MULTIPLE_DOCS: '含有好幾份文件',
  MULTIPLE_TAGS: '一個節點只能有一個標籤',
  NON_STRING_KEY: '鍵必須是文字',
  RESOURCE_EXHAUSTION: '巢狀太深，或別名太多',
  TAB_AS_INDENT: '縮排不能用定位字元（Tab）',
  TAG_RESOLVE_FAILED: '沒有這個標籤，或值與它不符',
  UNEXPECTED_TOKEN: '這裡不該有這個記號',
}
