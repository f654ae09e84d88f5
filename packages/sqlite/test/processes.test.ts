/** Several processes use one file, as if each had it for itself. */
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { sqliteRunStore } from '../src/index.ts';
import { raceChildren, runChild } from './child-process.ts';
import { createRun } from './outcome.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('is created by ten processes at once', async () => {
  for (let round = 0; round < 3; round++) {
    const file = join(temporaryFolder(), 'runs.db');
    const racers = await raceChildren(10, new URL('./child/open-at-once.ts', import.meta.url), [
      file,
    ]);
    for (const racer of racers) expect(racer).toEqual({ stdout: 'ready\nopened\n', stderr: '' });
  }
});

it('keeps one report of each attempt that ten processes call a handler for', async () => {
  const file = join(temporaryFolder(), 'runs.db');
  const children = await Promise.all(
    Array.from({ length: 10 }, () =>
      runChild(new URL('./child/claim-and-report.ts', import.meta.url), [file, '100']),
    ),
  );
  expect(children.map(({ stderr }) => stderr).join(''), 'nothing to warn of').toBe('');
  const kept = children.map(({ stdout }) => Number(stdout));

  const store = sqliteRunStore(file);
  onTestFinished(() => store.close());
  const signals = await store.readSignals('r', 0);
  expect(signals.map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  expect(
    kept.reduce((a, b) => a + b),
    'and each was told so',
  ).toBe(100);
});

it('wakes a subscriber when another process sends a signal', async () => {
  const file = join(temporaryFolder(), 'runs.db');
  const store = sqliteRunStore(file, { signalPoll: '1ms' });
  onTestFinished(() => store.close());
  await createRun(store, 'r');
  await createRun(store, 'quiet');
  const heard = { r: 0, quiet: 0 };
  store.onSignal('r', () => heard.r++);
  store.onSignal('quiet', () => heard.quiet++);
  expect((await runChild(new URL('./child/send-signal.ts', import.meta.url), [file])).stdout).toBe(
    'kept\n',
  );
  await vi.waitFor(() => expect(heard).toEqual({ r: 1, quiet: 0 }), { timeout: 10_000 });
});

it('keeps a process alive that only waits for a signal, until it has come', async () => {
  const file = join(temporaryFolder(), 'runs.db');
  const store = sqliteRunStore(file);
  onTestFinished(() => store.close());
  await createRun(store, 'r');
  const waiting = runChild(new URL('./child/subscribe.ts', import.meta.url), [file]);
  await runChild(new URL('./child/send-signal.ts', import.meta.url), [file]);
  expect((await waiting).stdout).toBe('waiting\nheard\n');
});
