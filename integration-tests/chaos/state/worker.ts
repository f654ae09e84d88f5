/**
 * The program of a worker: it does its share of operations, noting each one in a file, until it is done or
 * killed. Started again, it goes on where its notes end.
 *
 * Its only argument is a {@link StateTask} as JSON; state-chaos.ts gives it. Read next: add-once.ts and
 * write-journal.ts, the two kinds of operations.
 * @module
 */
import { endWithParent } from '../harness/end-with-parent.ts';
import { addOnce } from './add-once.ts';
import type { StateBackend } from './backend.ts';
import type { StateTask } from './task.ts';
import { writeJournal } from './write-journal.ts';

endWithParent();
const task: StateTask = JSON.parse(process.argv[2] ?? '');
const { backend }: { readonly backend: StateBackend } = await import(task.backend);
await (task.part === 'counter' ? addOnce : writeJournal)(backend, task);
