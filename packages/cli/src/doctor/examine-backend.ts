/**
 * Examines one backend: whether it answers, how quickly, what time it has, and what is particular to it.
 * @module
 */
import { type Clock, type Duration, formatDuration } from '@runafter/clock';
import { describeCode, toFault } from '@runafter/errors';
import type { Session } from '../session.ts';
import type { Backend, BackendAddress, Connect } from './backend.ts';
import { connectAzureBlob } from './backends/azure-blob-backend.ts';
import { connectMssql } from './backends/mssql-backend.ts';
import { connectPostgres } from './backends/postgres-backend.ts';
import { connectRedis } from './backends/redis-backend.ts';
import { connectSqlite } from './backends/sqlite-backend.ts';
import { type Examination, type Finding, fine, type Measured } from './finding.ts';
import { measure } from './measure.ts';

const connects: Readonly<Record<BackendAddress['kind'], Connect>> = {
  sqlite: connectSqlite,
  redis: connectRedis,
  postgres: connectPostgres,
  mssql: connectMssql,
  'azure-blob': connectAzureBlob,
};

/** How long all of it may take. */
const patience: Duration = '10s';

/** Never rejects: what goes wrong is what was found. */
export async function examineBackend(
  target: BackendAddress,
  { cwd, clock }: Pick<Session, 'cwd' | 'clock'>,
): Promise<Examination> {
  const subject = `${target.label} (${target.source})`;
  let backend: Backend | undefined;
  try {
    return await within(clock, async () => {
      backend = await connects[target.kind](target, cwd);
      const measured = await measure(backend, clock);
      const findings = [answerFinding(measured), clockFinding(measured)];
      return { subject, measured, findings: [...findings, ...(await backend.examine())] };
    });
  } catch (error) {
    return { subject, findings: [noAnswer(error)] };
  } finally {
    await backend?.close().catch(() => undefined);
  }
}

async function within<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  const tooLate = clock.sleep(patience, { signal }).then(() => {
    throw new Error(`no answer within ${patience}`);
  });
  const working = work();
  // Whoever loses the race may fail later, when nobody listens any more.
  working.catch(() => undefined);
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([working, tooLate]);
  } finally {
    over.abort();
  }
}

function noAnswer(error: unknown): Finding {
  const { code, message } = toFault(error);
  // What is missing on this machine says so by itself.
  if (code === 'CLI_ENVIRONMENT') return { severity: 'problem', message };
  return {
    severity: 'problem',
    message: `does not answer: ${code}: ${message}`,
    fix: describeCode(code)?.fix ?? lookAtServer,
  };
}

const lookAtServer =
  'Look whether the server runs, whether its address and password are right, and whether a firewall is in the way.';

function answerFinding({ version, latency }: Measured): Finding {
  return fine(`${version} answers in ${formatDuration(latency)}`);
}

/** Leases are renewed at a third of 15 s by default: a difference of seconds uses that margin up. */
const tolerated = 1000;

function clockFinding({ clockAhead, uncertainty }: Measured): Finding {
  const direction = clockAhead < 0 ? 'behind' : 'ahead of';
  const distance = Math.abs(clockAhead);
  const message =
    distance <= uncertainty
      ? `its clock is this machine's, as far as can be seen (± ${formatDuration(uncertainty)})`
      : `its clock is ${formatDuration(distance)} ± ${formatDuration(uncertainty)} ${direction} this machine's`;
  if (distance - uncertainty <= tolerated) return fine(message);
  return {
    severity: 'warning',
    message,
    fix: 'Have both machines set their clocks by NTP (timedatectl, w32tm): times in records and leases compare clocks.',
  };
}
