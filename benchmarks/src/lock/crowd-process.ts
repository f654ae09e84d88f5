/**
 * One of the processes whose callers want the same blob's lock.
 * @module
 */
import { joinTeam } from '../harness/team.ts';
import { type CrowdTask, openCrowd } from './blob-crowd.ts';

await joinTeam<CrowdTask>(openCrowd);
