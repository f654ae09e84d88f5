import { expectTypeOf, it } from 'vitest';
import {
  type CodeEntry,
  describeCode,
  type ErrorCode,
  hasCode,
  type RunafterError,
} from '../src/index.ts';

it('lists our codes and no others', () => {
  expectTypeOf<'DURATION_INVALID'>().toExtend<ErrorCode>();
  expectTypeOf<'OUT_OF_STOCK'>().not.toExtend<ErrorCode>();
});

it('always finds one of our codes, and perhaps another one', () => {
  expectTypeOf(describeCode('DURATION_INVALID')).toEqualTypeOf<CodeEntry>();
  expectTypeOf(describeCode('OUT_OF_STOCK')).toEqualTypeOf<CodeEntry | undefined>();
});

it('narrows an unknown value to an error with that code', () => {
  const value: unknown = undefined;
  if (hasCode(value, 'OUT_OF_STOCK')) {
    expectTypeOf(value).toExtend<RunafterError>();
    expectTypeOf(value.code).toEqualTypeOf<'OUT_OF_STOCK'>();
  }
});
