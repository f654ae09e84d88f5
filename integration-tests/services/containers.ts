/**
 * Containers that tests start, and that end with the process that started them.
 *
 * Testcontainers leaves that to ryuk, a container of its own. Where ryuk is switched off, Ctrl-C would
 * leave all of them running: so every container gets a label, and the end of the process removes
 * whatever still has it. Only SIGKILL without ryuk leaves something behind.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import type { RunningService } from './service-kind.ts';

const label = 'runafter.test-run';
const testRun = randomUUID();

/**
 * Starts a container and sees to it that it ends.
 *
 * @param url - how its service is reached, once it has started.
 */
export async function startContainer<Started extends StartedTestContainer>(
  container: Omit<GenericContainer, 'start'> & { start(): Promise<Started> },
  url: (started: Started) => string,
): Promise<RunningService> {
  removeThemAtTheEnd();
  container.withLabels({ [label]: testRun });
  const started = await container.start();
  return {
    url: url(started),
    async stop() {
      await started.stop();
    },
  };
}

/** On signals, too: a library behind Testcontainers may end the process on one without any `exit`. */
function removeThemAtTheEnd(): void {
  for (const event of ['exit', 'SIGINT', 'SIGTERM']) {
    // At most one listener, however many containers there are.
    process.off(event, removeContainers).on(event, removeContainers);
  }
}

/** Nothing can be awaited any more when a process ends, so docker's command line has to do it. */
function removeContainers(): void {
  const ours = ['ps', '--all', '--quiet', '--filter', `label=${label}=${testRun}`];
  const { stdout } = spawnSync('docker', ours, { encoding: 'utf8' });
  const ids = stdout?.trim().split('\n').filter(Boolean) ?? [];
  if (ids.length > 0) spawnSync('docker', ['rm', '--force', '--volumes', ...ids]);
}
