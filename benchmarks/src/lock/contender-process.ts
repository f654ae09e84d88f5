/**
 * One of the processes that want the same Redis lock.
 * @module
 */
import { joinTeam } from '../harness/team.ts';
import { type ContenderTask, openClient } from './contended.ts';

await joinTeam<ContenderTask>(openClient);
