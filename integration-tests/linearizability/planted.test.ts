/** Bugs that were planted are found: each in the way in which it comes to light. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { judgeCounters, judgeDocuments } from './histories.ts';
import type { Subject } from './record-run.ts';

/** How often it may take, as the moments are the machine's. */
const tries = 10;

function planted(name: string): Subject {
  const folder = mkdtempSync(join(tmpdir(), 'runafter-planted-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const module = new URL(`./planted/${name}.ts`, import.meta.url);
  return { module, place: { folder }, isWrite: undefined };
}

it.each([
  { bug: 'stale-reads', what: /read -> .* <-- cannot be/ },
  { bug: 'replace-regardless', what: /replace \d+ over/ },
  { bug: 'etags-that-return', what: /etag: '\d+'/ },
])('documents: $bug', async ({ bug, what }) => {
  expect(await explanationOf((seed) => judgeDocuments(planted(bug), seed))).toMatch(what);
});

it.each([
  { bug: 'add-without-transaction', readsAreMoments: true },
  { bug: 'add-without-transaction', readsAreMoments: false },
  { bug: 'once-looked-up-before', readsAreMoments: true },
  { bug: 'once-looked-up-before', readsAreMoments: false },
  { bug: 'answered-before-written', readsAreMoments: true },
  { bug: 'answered-before-written', readsAreMoments: false },
])('counters: $bug, reads are moments: $readsAreMoments', async ({ bug, ...options }) => {
  const explanation = await explanationOf((seed) => judgeCounters(planted(bug), seed, options));
  expect(explanation).toMatch(/Not linearizable/);
});

async function explanationOf(judge: (seed: number) => ReturnType<typeof judgeCounters>) {
  for (let seed = 1; seed <= tries; seed++) {
    const { linearizable, explanation } = await judge(seed);
    if (linearizable === false) return explanation;
  }
  return 'it was not found';
}
