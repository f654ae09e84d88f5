/**
 * What befalls gates whose callers are on several machines: requests that are not answered, connections that
 * end, processes that crash or stand still.
 *
 * Most of them wait until a ttl has passed, so they are played at the same time, each in a place of its own.
 * @module
 */
import { expect } from 'vitest';
import type { GateCapabilities } from './gate-harness.ts';
import {
  faultyGate,
  type GateSetting,
  gateClock,
  refusalOf,
  startGateProcess,
  startWaiting,
  untilGate,
} from './gate-setting.ts';

/** A test that is played beside others. */
export interface GateScene {
  readonly title: string;
  readonly needs: readonly (keyof GateCapabilities)[];
  readonly play: (setting: GateSetting) => Promise<void>;
}

export const gateScenes: readonly GateScene[] = [
  {
    title: 'who stays for long keeps the place, and who waits for long keeps theirs',
    needs: ['expiry'],
    async play(setting) {
      const options = { concurrency: 1, waiting: 2, ttl: Math.max(setting.ttl, 3_000) };
      const gate = await setting.place.connect(options);
      const permit = await gate.enter();
      const first = await startWaiting(setting, gate);
      const second = await startWaiting(setting, gate);
      await gateClock(setting).sleep(options.ttl * 1.7);
      expect(await setting.place.look()).toEqual({ running: 1, waiting: 2 });
      expect(await gate.tryEnter()).toBeUndefined();
      permit.release();
      (await first.entered).release();
      (await second.entered).release();
    },
  },
  {
    title: 'who is cut off loses the place, and takes nothing away when it comes back',
    needs: ['expiry', 'faults'],
    async play(setting) {
      const options = { concurrency: 1, waiting: 2, ttl: setting.ttl };
      const { gate: lost, cut, heal } = await faultyGate(setting, options);
      const other = await setting.place.connect(options);
      const permit = await lost.enter();
      const { entered } = await startWaiting(setting, other);
      cut();
      const next = await entered;
      heal();
      permit.release();
      const behind = await startWaiting(setting, other);
      await gateClock(setting).sleep(setting.ttl);
      expect(await setting.place.look()).toEqual({ running: 1, waiting: 1 });
      next.release();
      (await behind.entered).release();
    },
  },
  {
    title: 'a call that is not answered ends at once when it is aborted, and leaves nothing behind',
    needs: ['faults'],
    async play(setting) {
      const options = { concurrency: 1, waiting: 2, ttl: setting.ttl };
      const { gate, stall, heal } = await faultyGate(setting, options);
      (await gate.enter()).release();
      await untilGate(setting, { running: 0 });
      stall();
      for (const call of [gate.enter, gate.tryEnter]) {
        const controller = new AbortController();
        const aborted = refusalOf(call.call(gate, { signal: controller.signal }));
        await gateClock(setting).sleep(20);
        const reason = new Error('No longer wanted.');
        controller.abort(reason);
        expect(await aborted).toBe(reason);
      }
      heal();
      const other = await setting.place.connect(options);
      (await other.enter()).release();
      await untilGate(setting, { running: 0, waiting: 0 });
    },
  },
  {
    title: 'a permit whose grant was lost on its way is there once, or not at all',
    needs: ['faults'],
    async play(setting) {
      const options = { concurrency: 2, waiting: 2, ttl: setting.ttl };
      const { gate, loseReply } = await faultyGate(setting, options);
      (await gate.enter()).release();
      await untilGate(setting, { running: 0 });
      loseReply();
      const permit = await gate.enter().catch(() => undefined);
      await untilGate(setting, { running: permit === undefined ? 0 : 1, waiting: 0 });
      const other = await setting.place.connect(options);
      const next = await other.enter();
      permit?.release();
      await untilGate(setting, { running: 1 });
      next.release();
      await untilGate(setting, { running: 0 });
    },
  },
  {
    title: 'a permit comes back although the reply to its release is lost',
    needs: ['faults'],
    async play(setting) {
      const options = { concurrency: 1, waiting: 2, ttl: setting.ttl };
      const { gate, loseReply } = await faultyGate(setting, options);
      const permit = await gate.enter();
      const other = await setting.place.connect(options);
      const { entered } = await startWaiting(setting, other);
      loseReply();
      permit.release();
      const next = await entered;
      expect(await other.tryEnter()).toBeUndefined();
      next.release();
      await untilGate(setting, { running: 0, waiting: 0 });
    },
  },
  {
    title: 'a process that crashes inside is in the way for its ttl at most',
    needs: ['expiry', 'processes'],
    async play(setting) {
      const options = { concurrency: 1, waiting: 2, ttl: setting.ttl };
      const gate = await setting.place.connect(options);
      const crashing = await startGateProcess(setting, options);
      await crashing.entered;
      const { entered } = await startWaiting(setting, gate);
      await crashing.kill();
      (await entered).release();
      await untilGate(setting, { running: 0, waiting: 0 });
    },
  },
  {
    title: 'a process that crashes while it waits does not hold up those behind it',
    needs: ['expiry', 'processes'],
    async play(setting) {
      const options = { concurrency: 1, waiting: 2, ttl: setting.ttl };
      const gate = await setting.place.connect(options);
      const permit = await gate.enter();
      const crashing = await startGateProcess(setting, options);
      await untilGate(setting, { waiting: 1 });
      const { entered } = await startWaiting(setting, gate);
      await crashing.kill();
      permit.release();
      (await entered).release();
      await untilGate(setting, { running: 0, waiting: 0 });
    },
  },
  {
    title: 'a process that waits is let in when another one leaves',
    needs: ['processes'],
    async play(setting) {
      const options = { concurrency: 1, waiting: 2, ttl: Math.max(setting.ttl, 10_000) };
      const gate = await setting.place.connect(options);
      const permit = await gate.enter();
      const waiting = await startGateProcess(setting, options);
      await untilGate(setting, { waiting: 1 });
      permit.release();
      await waiting.entered;
      expect(await gate.tryEnter()).toBeUndefined();
      await waiting.leave();
      (await gate.enter()).release();
    },
  },
  {
    title: 'a process that stood still until others were in takes nothing away when it leaves',
    needs: ['expiry', 'processes'],
    async play(setting) {
      const options = { concurrency: 1, waiting: 2, ttl: setting.ttl };
      const gate = await setting.place.connect(options);
      const sleeping = await startGateProcess(setting, options);
      await sleeping.entered;
      const { entered } = await startWaiting(setting, gate);
      sleeping.pause();
      const permit = await entered;
      const behind = await startWaiting(setting, gate);
      sleeping.resume();
      await sleeping.leave();
      expect(await setting.place.look()).toEqual({ running: 1, waiting: 1 });
      permit.release();
      (await behind.entered).release();
    },
  },
];
