import { describe, expect, it } from 'vitest';
import { fromPayload, toPayload } from '../../src/run-store/signal-notice.ts';

const signal = {
  number: 7,
  event: 'go',
  correlate: undefined,
  payload: '{"by":"ann"}',
  id: 'mail-1',
};

describe('the notice of a signal', () => {
  it('holds the signal', () => {
    expect(fromPayload(toPayload('s', 'r', signal))).toEqual({ sender: 's', runId: 'r', signal });
  });

  it.each(['x'.repeat(8_000), '€'.repeat(2_700), '"'.repeat(4_000)])(
    'leaves out one that does not fit into a notification',
    (payload) => {
      const notice = toPayload('s', 'r', { ...signal, payload });
      expect(fromPayload(notice)).toEqual({ sender: 's', runId: 'r' });
    },
  );

  it('is about any run where the id does not fit', () => {
    expect(fromPayload(toPayload('s', '€'.repeat(2_700), signal))).toEqual({ sender: 's' });
  });

  it('is short enough for PostgreSQL, and holds nothing that it cannot take', () => {
    for (let length = 0; length < 9_000; length += 100) {
      const payload = toPayload('s', 'r', { ...signal, payload: 'é\0\ud800'.repeat(length / 10) });
      expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
      expect(payload).not.toMatch(/[\0\p{Surrogate}]/u);
    }
  });

  it.each(['', 'hello', '3f6e', '12', 'null', '[]', '{}', '{"sender":1}'])(
    'is not what somebody else has sent: %j',
    (payload) => {
      expect(fromPayload(payload)).toBeUndefined();
    },
  );
});
