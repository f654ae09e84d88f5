/** A workflow of the reader's, and its input. */
import type { Workflow } from '@runafter/core';

export declare const weeklyReports: Workflow<readonly string[], number>;
export declare const rows: readonly string[];
