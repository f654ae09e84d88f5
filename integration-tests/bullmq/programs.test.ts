/** Processes that are killed, told to end, or end by themselves: runs go on in the others. */
import { afterAll, describe, expect, it } from 'vitest';
import { killPrograms, Program } from '../durable/program.ts';
import { onService } from '../services/on-service.ts';
import { type Fleet, fleetOn } from './fleet.ts';
import { parcels } from './parcels.ts';

const file = new URL('programs/worker.ts', import.meta.url);
const flow = parcels(async () => undefined);

await onService('redis', ({ url, prefix }) => {
  afterAll(killPrograms);

  function worker(fleet: Fleet, task: object): Program {
    return new Program(file, { url, prefix: fleet.prefix, lease: '2s', ...task });
  }

  describe.each([{ eager: true }, { eager: false }])('eager: $eager', ({ eager }) => {
    it('a run whose process is killed goes on in another one, about a lease later', async () => {
      const fleet = fleetOn(url, prefix, { lease: '2s' });
      const run = await fleet.open([flow]).start(flow, 4);
      const program = worker(fleet, { eager, mode: 'slow' });
      await program.until(() => program.count('begun Each[1]/Send') > 0);
      program.kill('SIGKILL');
      await program.ended;
      const killed = performance.now();
      await fleet.work([flow], { eager });
      expect(await run.finished).toMatchObject({ outputs: [0, 1, 2, 3] });
      // The lock runs out, two looks for stalled jobs of half a lease follow; the rest is for slow machines.
      expect(performance.now() - killed).toBeLessThan(8_000);
    });
  });

  it('SIGTERM lets what is at work end, ends the process as usual, and others go on at once', async () => {
    const fleet = fleetOn(url, prefix, { lease: '1m' });
    const program = worker(fleet, { eager: true, mode: 'slow', lease: '1m' });
    await program.until(() => program.count('works') > 0);
    const run = await fleet.open([flow]).start(flow, 3);
    await program.until(() => program.count('begun Each[0]/Send') > 0);
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ signal: 'SIGTERM', complaint: '' });
    const begun = program.said.filter((line) => line.startsWith('begun')).length;
    expect(program.said.filter((line) => line.startsWith('done')).length).toBe(begun);
    await fleet.work([flow]);
    expect(await run.finished).toMatchObject({ outputs: [0, 1, 2] });
  });

  it('nothing keeps a process alive after close', async () => {
    const fleet = fleetOn(url, prefix);
    const program = worker(fleet, { mode: 'brief' });
    expect(await program.ended).toMatchObject({ code: 0, complaint: '' });
    expect(program.said).toContain('Succeeded');
  });
});
