/** What is said while a prediction takes long. */
import { expect, it } from 'vitest';
import { planProgress } from '../../src/plan/plan-progress.ts';
import { type FakeSession, fakeSession } from '../fake-session.ts';

async function simulateThree(session: FakeSession): Promise<void> {
  const progress = planProgress(session);
  for (const [done, degree] of [1, 5, 10].entries()) {
    progress.onDegree(degree, done, 3);
    await session.clock.sleep(800);
  }
  progress.close();
}

it('nothing in the first second, and then a line for each degree', async () => {
  const session = fakeSession();
  await simulateThree(session);
  expect(session.written).toEqual({ stdout: '', stderr: 'Simulating 10 at once (3 of 3)\n' });
});

it('a terminal is left as if nothing had been there', async () => {
  const session = fakeSession({ isTerminal: true });
  await simulateThree(session);
  expect(session.written.stderr).toBe('Simulating 10 at once (3 of 3)\r\u001b[K');
});
