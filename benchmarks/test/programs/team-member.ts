/**
 * A member of a team that answers with its task, until it is told to fail.
 * @module
 */
import { joinTeam } from '../../src/harness/team.ts';

await joinTeam<number | 'fails'>(async (task) => async () => {
  if (task === 'fails') process.exit(3);
  return task;
});
