/**
 * The simulated device of a `roundtrip`: an air conditioner whose whole state is
 * the last set-point that it was given. It takes any bytes for one, so that a
 * scenario may command it in its own words, and the app can tell by the state
 * that comes back whether its command was applied as it was sent.
 */
export class AirConditioner {
  #setPoint: Uint8Array = new Uint8Array(0)

  apply(command: Uint8Array): void {
    // A copy: what a transport hands over may be a window onto its own buffer.
    this.#setPoint = Uint8Array.from(command)
  }

  /** What it reports. */
  get state(): Uint8Array {
    return this.#setPoint
  }
}
