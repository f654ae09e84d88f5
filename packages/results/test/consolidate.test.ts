import { RunafterError } from '@runafter/errors';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { consolidate, type Recordable } from '../src/index.ts';
import { failed, records, skipped, succeeded } from './arbitrary-records.ts';

type Result<T> = ReturnType<typeof succeeded<T>> | ReturnType<typeof failed>;

const crm: Result<{ name: string }> = succeeded({ name: 'Contoso' });
const erp = failed('HTTP_503', 'ERP is down.') as Result<{ open: number }>;

describe('consolidate', () => {
  test('is complete when every source succeeded, and has their outputs alone', () => {
    expect(consolidate({ crm, erp: succeeded({ open: 3 }) })).toEqual({
      complete: true,
      data: { crm: { name: 'Contoso' }, erp: { open: 3 } },
      missing: [],
    });
  });

  test('says which source is missing, how it ended and why', () => {
    expect(consolidate({ crm, erp, rating: skipped() })).toEqual({
      complete: false,
      data: { crm: { name: 'Contoso' }, erp: undefined, rating: undefined },
      missing: [
        {
          source: 'erp',
          status: 'Failed',
          error: { code: 'HTTP_503', message: 'ERP is down.' },
          standIn: false,
        },
        {
          source: 'rating',
          status: 'Skipped',
          error: { code: 'CONDITION_NOT_MET', message: 'A was Succeeded.' },
          standIn: false,
        },
      ],
    });
  });

  test('uses a stand-in where there is one, and says so', () => {
    const { data, missing } = consolidate({ crm, erp }, { standIns: { erp: () => ({ open: 0 }) } });
    expect(data.erp).toEqual({ open: 0 });
    expect(missing).toMatchObject([{ source: 'erp', standIn: true }]);
  });

  test('tells the stand-in why, and does not call the one of a source that succeeded', () => {
    const forCrm = vi.fn();
    const { data } = consolidate(
      { crm, erp },
      { standIns: { crm: forCrm, erp: ({ status, error }) => `${status}: ${error.code}` } },
    );
    expect(data.erp).toBe('Failed: HTTP_503');
    expect(forCrm).not.toHaveBeenCalled();
  });

  test('takes results of Promise.allSettled, rejected with anything', async () => {
    const [crm, erp] = await Promise.allSettled([Promise.resolve('Contoso'), Promise.reject('no')]);
    const { data, missing } = consolidate({ crm, erp });
    expect(data).toEqual({ crm: 'Contoso', erp: undefined });
    expect(missing).toMatchObject([
      { source: 'erp', error: { code: 'NOT_AN_ERROR', message: 'no' } },
    ]);
  });

  test('throws for a required source that is missing, with its name and its own error', () => {
    const cause = new RunafterError('LEASE_LOST', 'Too late.');
    const lost = { status: 'Failed', error: { code: 'LEASE_LOST', message: 'Too late.', cause } };
    expect(() => consolidate({ crm, lost: lost as Recordable }, { require: ['lost'] })).toThrow(
      expect.objectContaining({
        code: 'SOURCE_MISSING',
        source: 'lost',
        status: 'Failed',
        error: lost.error,
        cause,
        message: expect.stringContaining('"lost" ended Failed: Too late. (LEASE_LOST)'),
      }),
    );
  });

  test('does not throw for a required source that is there', () => {
    expect(consolidate({ crm, erp }, { require: ['crm'] }).data.crm).toEqual({ name: 'Contoso' });
  });

  test('keeps a source called __proto__ apart from the prototype', () => {
    const { data } = consolidate({ ['__proto__']: succeeded({ polluted: true }) });
    expect(Object.keys(data)).toEqual(['__proto__']);
    expect('polluted' in {}).toBe(false);
  });

  test('each source is in the data or among the missing, whatever the sources', () =>
    fc.assert(
      fc.property(records, (list) => {
        const sources = Object.fromEntries(list.map((record, index) => [`s${index}`, record]));
        const { complete, data, missing } = consolidate(sources);
        expect(Object.keys(data)).toEqual(Object.keys(sources));
        expect(missing.map(({ source }) => source)).toEqual(
          Object.keys(sources).filter((name) => sources[name]?.status !== 'Succeeded'),
        );
        expect(complete).toBe(missing.length === 0);
      }),
    ));
});

describe('consolidate refuses', () => {
  // biome-ignore lint/suspicious/noExplicitAny: what JavaScript lets one write.
  const untyped = consolidate as (...args: any[]) => unknown;

  test.each([
    ['an array of sources', [[crm]], 'sources'],
    ['no sources', [], 'sources'],
    ['a required name that is no source', [{ crm }, { require: ['cmr'] }], 'require'],
    ['a single name to require', [{ crm }, { require: 'crm' }], 'require'],
    [
      'a stand-in for what is no source',
      [{ crm }, { standIns: { hasOwnProperty: () => true } }],
      'standIns',
    ],
    ['a stand-in that is a value', [{ erp }, { standIns: { erp: { open: 0 } } }], 'standIns'],
    [
      'a stand-in for a required source',
      [{ erp }, { standIns: { erp: () => 0 }, require: ['erp'] }],
      'standIns',
    ],
  ])('%s', (_what, args, option) => {
    expect(() => untyped(...args)).toThrow(
      expect.objectContaining({ code: 'RESULTS_OPTION_INVALID', option }),
    );
  });

  test('a source that is no record, by its name', () => {
    expect(() => untyped({ crm, erp: Promise.resolve(erp) })).toThrow(
      expect.objectContaining({
        code: 'RECORDS_INVALID',
        message: expect.stringContaining('Source "erp" is no record: it is a Promise'),
      }),
    );
  });
});
