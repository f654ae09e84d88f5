/**
 * A container whose body runs once: the run itself, a scope, a branch.
 * @module
 */

import type { ActionState } from '../action-state.ts';
import { BodyOwner } from '../body-owner.ts';
import { Frame } from '../frame.ts';
import { readSource } from '../hand-over.ts';
import type { ActionRecord } from '../records/action-record.ts';
import { decidingLeaf, leafStatus } from '../verdict.ts';

export class SingleBody extends BodyOwner {
  readonly frame: Frame = new Frame(this, -1, undefined);

  begin(): void {
    this.run.open(this.frame);
  }

  frameEnded(frame: Frame): void {
    this.end(leafStatus(frame));
  }

  output(): unknown {
    const { output } = this.body;
    return output === undefined ? undefined : readSource(this.frame, output);
  }

  override deciding(): ActionState | undefined {
    return decidingLeaf(this.frame);
  }

  override records(): readonly ActionRecord[] {
    return this.frame.remaining === 0 ? this.frame.states : super.records();
  }

  protected openFrames(): Iterable<Frame> {
    return [this.frame];
  }

  protected keptFrames(): readonly Frame[] {
    return [this.frame];
  }
}
