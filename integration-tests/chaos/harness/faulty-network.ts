/**
 * The network between a crew and its service, with faults that come and pass.
 *
 * Invariant: a reply is only lost after the service has done what it was asked to; the client cannot know.
 * @module
 */
import { systemClock } from '@runafter/clock';
import { type Direction, type FaultProxy, faultProxy } from '@runafter/testkit';

/** Milliseconds that the service cannot be reached. */
const outageTime = 150;
/** Milliseconds by which everything comes late, and for how long. */
const delay = 25;
const delayTime = 300;
/** Milliseconds that nothing gets through, before the connections break. */
const holeTime = 40;

export class FaultyNetwork implements AsyncDisposable {
  /** The service's URL, by way of this network. */
  readonly url: string;
  readonly #proxy: FaultProxy;
  readonly #isWrite: (request: Buffer) => boolean;
  #outages = 0;
  #isHealthy = true;
  #isClosed = false;

  private constructor(proxy: FaultProxy, isWrite: RegExp) {
    this.#proxy = proxy;
    this.url = proxy.url;
    // SQL Server's clients write in UTF-16.
    this.#isWrite = (request) => isWrite.test(request.toString('latin1').replaceAll('\0', ''));
  }

  /** @param isWrite - recognises a request that changes something; only their replies are lost. */
  static async to(url: string, isWrite: RegExp): Promise<FaultyNetwork> {
    return new FaultyNetwork(await faultProxy({ url }), isWrite);
  }

  /** How many replies the service gave and the client never saw. */
  get lostReplies(): number {
    return this.#proxy.counts.lostReplies;
  }

  /** How often every connection was cut, and none could be made for a while. */
  get outages(): number {
    return this.#outages;
  }

  /** The next write is done and its reply lost. */
  loseReply(): boolean {
    void this.#proxy.loseNextReply(this.#isWrite).then((lost) => {
      // An outage came first: the next one, then.
      if (lost === undefined && !this.#isClosed) this.loseReply();
    });
    return true;
  }

  breakDown(): boolean {
    if (!this.#isHealthy) return false;
    this.#outages++;
    this.#proxy.refuse();
    this.#proxy.cut();
    this.#recoverIn(outageTime);
    return true;
  }

  slowDown(): boolean {
    if (!this.#isHealthy) return false;
    this.#proxy.delay(delay);
    this.#recoverIn(delayTime);
    return true;
  }

  /** Nothing gets through in one direction for a while, and then the connections break: it is gone. */
  swallow(direction: Direction): boolean {
    if (!this.#isHealthy) return false;
    this.#proxy.blackHole(direction);
    this.#recoverIn(holeTime, () => this.#proxy.cut());
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#proxy.close();
  }

  #recoverIn(time: number, before = () => {}): void {
    this.#isHealthy = false;
    systemClock.setTimer(time, () => {
      this.#isHealthy = true;
      if (this.#isClosed) return;
      before();
      this.#proxy.heal();
    });
  }
}
