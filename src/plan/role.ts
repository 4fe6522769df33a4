import { targetKindOf } from '../model/report/target-kind.ts'
import { catalogue } from '../model/text/language.ts'
import type { Measure } from '../model/vocabulary.ts'
import type { Targets } from '../targets/target.ts'
import { listTransports } from '../transports/registry.ts'
import type { LoadPlan } from './load-plan.ts'
import type { LoadOptions, TargetOptions } from './options.ts'
import type { PlannedScenario } from './plan.ts'
import { usage } from './usage.ts'

const say = catalogue({
  en: {
    overHttp:
      '--role: is for MQTT, where a broker passes on what is published; over HTTP nobody subscribes; leave it out',
    noBroker: '--role: publishers and subscribers meet at one broker; give --mqtt-url too',
    noPart: (role: string) =>
      `--role: says which part of a load this is; give --part too, such as --role ${role} --part 1/2`,
    noStart:
      '--role: subscribers know by --start-at and --duration when it is over; give --start-at too',
    sweep: '--sweep: a load of publishers and subscribers is one stretch; give --rate',
    clients: '--clients: a load of publishers and subscribers has one; give library or bare',
    arrivals: '--arrivals: the subscribers tell what arrives; leave it out',
    measures: '--role: is of a run under load alone; leave out other measures',
    notMqtt: (transport: string) =>
      `--role: ${transport} is not MQTT, and has no broker in between; name an MQTT transport by -t`,
    several: (cells: number) =>
      `--role: is of one scenario on one transport, not of ${cells}; name one by -t`,
  },
  'zh-TW': {
    overHttp: '--role：用於 MQTT，由代理伺服器轉送發布的訊息；HTTP 沒有訂閱者；請拿掉這個選項',
    noBroker: '--role：發布者與訂閱者在同一個代理伺服器相遇；請一併給 --mqtt-url',
    noPart: (role) =>
      `--role：說明這是負荷的哪一部分；請一併給 --part，例如 --role ${role} --part 1/2`,
    noStart: '--role：訂閱者由 --start-at 與 --duration 得知何時結束；請一併給 --start-at',
    sweep: '--sweep：發布者與訂閱者的負荷只有一段；請給 --rate',
    clients: '--clients：發布者與訂閱者的負荷只有一種用戶端；請給 library 或 bare',
    arrivals: '--arrivals：由訂閱者告知到達的訊息；請拿掉這個選項',
    measures: '--role：只用於加負荷的測量；請拿掉其他測量',
    notMqtt: (transport) =>
      `--role：${transport} 不是 MQTT，中間沒有代理伺服器；請用 -t 指定 MQTT 的傳輸方式`,
    several: (cells) => `--role：只用於一個情境與一種傳輸方式，不是 ${cells} 個；請用 -t 指定一種`,
  },
})

type RoleOptions = LoadOptions & TargetOptions

/**
 * Of a load whose publishers and subscribers are apart: what has to be given, and
 * what cannot be.
 * @throws InstrumentError `usage`
 */
export function checkRole(options: RoleOptions, measures: readonly Measure[]): void {
  const { role } = options
  if (role === undefined) return
  if (options['http-url'] !== undefined) throw usage(say.overHttp)
  if (options['mqtt-url'] === undefined) throw usage(say.noBroker)
  if (options.part === undefined) throw usage(say.noPart(role))
  if (options['start-at'] === undefined) throw usage(say.noStart)
  if (options.sweep !== undefined) throw usage(say.sweep)
  if (options.clients === 'all') throw usage(say.clients)
  if (options.arrivals !== undefined) throw usage(say.arrivals)
  if (measures.some((measure) => measure !== 'throughput')) throw usage(say.measures)
}

/**
 * The two ends agree on what is sent only where that is one thing.
 * @throws InstrumentError `usage`
 */
export function checkRoleCells({ role }: RoleOptions, scenarios: readonly PlannedScenario[]): void {
  if (role === undefined) return
  const [only = '', ...others] = scenarios.flatMap(({ transports }) => transports)
  if (others.length > 0) throw usage(say.several(others.length + 1))
  const spoken = listTransports().find(({ id }) => id === only)
  if (spoken !== undefined && targetKindOf(spoken.traits.protocol) === 'mqtt') return
  throw usage(say.notMqtt(only))
}

/** One client, so that there is one end; no warm-up, which would be among what arrives. */
export const withRole = (load: LoadPlan, { role, clients }: RoleOptions): LoadPlan =>
  role === undefined ? load : { ...load, role, clients: clients ?? 'bare', warmupMs: 0 }

/** Publishers hear nothing: that is what the subscribers are there for. */
export const targetsOfRole = ({ role }: RoleOptions, targets: Targets): Targets =>
  role === 'publish' && targets.mqtt !== undefined
    ? {
        ...targets,
        mqtt: { ...targets.mqtt, reported: { ...targets.mqtt.reported, arrivals: 'untold' } },
      }
    : targets
