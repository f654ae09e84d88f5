/** Which exit code an error has, and that it is said once, with its fix. */
import { RunHeldError, RunSuspendedError, RunUnknownError } from '@runafter/core';
import { ServiceOptionError, ServiceUnavailableError } from '@runafter/errors';
import { StoreBusyError, StoreSchemaNewerError } from '@runafter/sqlite';
import { expect, it } from 'vitest';
import {
  EnvironmentError,
  StoreRequiredError,
  StoreUrlError,
  UsageError,
} from '../src/cli-errors.ts';
import { exitCodes } from '../src/exit-codes.ts';
import { exitCodeOf, showError } from '../src/show-error.ts';
import { fakeSession } from './fake-session.ts';

const { usage, environment, unfinished } = exitCodes;

it.each([
  { error: new UsageError('no'), code: usage },
  { error: new StoreRequiredError(), code: usage },
  { error: new StoreUrlError('x:', 'is odd.'), code: usage },
  { error: new RunUnknownError('r'), code: usage },
  { error: new ServiceOptionError('Redis', 'prefix', 'is odd.'), code: usage },
  { error: new ServiceUnavailableError('Redis', 'unknown'), code: environment },
  { error: new StoreBusyError('runs.db', 10), code: environment },
  { error: new StoreSchemaNewerError('runs.db', 9, 8), code: environment },
  { error: new EnvironmentError('no'), code: environment },
  { error: new Error('a fault of ours, or of a driver'), code: environment },
  { error: new RunHeldError('r', { holder: 'h', expiresAt: 0 }), code: unfinished },
  { error: new RunSuspendedError('r'), code: unfinished },
])('$error: $code', ({ error, code }) => {
  expect(exitCodeOf(error)).toBe(code);
});

it('what a message contains cannot move the cursor of a terminal, and its lines stay lines', () => {
  const session = fakeSession();
  showError(new UsageError('one\ntwo\u001b[2J\u009b3J'), session, { json: false, stack: true });
  expect(session.written.stderr).toContain('one\ntwo\\u001b[2J\\u009b3J\n');
  expect(session.written.stderr).not.toMatch(/(?!\n)\p{Cc}/u);
});

it('its causes are shown with the stack, and only then', () => {
  const error = new UsageError('outer', { cause: new Error('inner') });
  const [brief, full] = [fakeSession(), fakeSession()];
  showError(error, brief, { json: false, stack: false });
  showError(error, full, { json: false, stack: true });
  expect(brief.written.stderr).not.toContain('inner');
  expect(full.written.stderr).toMatch(/caused by: Error: inner\n +at /);
});
