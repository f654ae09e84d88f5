/**
 * Tests that have to wait until a ttl has passed: they are played at the same time, in one place, so that all
 * of them wait once. Each is reported by itself.
 * @module
 */
import { afterAll, beforeAll, it } from 'vitest';
import type { PoolCapabilities, PoolHarness, PoolPlace } from './pool-harness.ts';
import { need, type Setting } from './setting.ts';

/** A test, and the name of the pool that it has for itself. */
export interface Scene {
  readonly title: string;
  readonly needs: readonly (keyof PoolCapabilities)[];
  readonly play: (setting: Setting, name: string) => Promise<void>;
}

/** Declares the scenes as tests. To be called in a describe whose hooks open no other place. */
export function sideBySide(setting: Setting, harness: PoolHarness, scenes: readonly Scene[]): void {
  const plays = new Map<Scene, Promise<void>>();
  const pools: Setting['pools'] = new Set();
  let place: PoolPlace | undefined;

  beforeAll(async () => {
    place = await harness.open();
    const [store, other] = await Promise.all([place.connect(), place.connect()]);
    const own = { ...setting, place, store, other, pools };
    for (const [n, scene] of scenes.entries()) {
      if (!scene.needs.every((capability) => setting.capabilities[capability])) continue;
      const play = scene.play(own, `scene-${n}`);
      play.catch(() => {}); // until its test looks at it
      plays.set(scene, play);
    }
  });

  afterAll(async () => {
    await Promise.allSettled(plays.values());
    await Promise.all([...pools].map((pool) => pool[Symbol.asyncDispose]()));
    await place?.close();
  });

  for (const scene of scenes) {
    it(scene.title, { timeout: 120_000 }, async (context) => {
      need(setting, ...scene.needs)(context);
      await plays.get(scene);
    });
  }
}
