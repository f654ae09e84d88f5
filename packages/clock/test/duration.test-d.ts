import { expectTypeOf, it } from 'vitest';
import { type Duration, formatDuration, parseDuration } from '../src/index.ts';

it('takes numbers, one or two parts with a unit, and ISO-8601', () => {
  expectTypeOf<1500>().toExtend<Duration>();
  expectTypeOf<'250ms'>().toExtend<Duration>();
  expectTypeOf<'1.5h'>().toExtend<Duration>();
  expectTypeOf<'7d'>().toExtend<Duration>();
  expectTypeOf<'1h 30m'>().toExtend<Duration>();
  expectTypeOf<'1h30m'>().toExtend<Duration>();
  expectTypeOf<'PT1H'>().toExtend<Duration>();
  expectTypeOf<'P1DT12H'>().toExtend<Duration>();
});

it('refuses what is no duration before the program runs', () => {
  expectTypeOf<'10'>().not.toExtend<Duration>();
  expectTypeOf<''>().not.toExtend<Duration>();
  expectTypeOf<'10 minutes'>().not.toExtend<Duration>();
  expectTypeOf<'soon'>().not.toExtend<Duration>();
  expectTypeOf<'30S'>().not.toExtend<Duration>();
  expectTypeOf<string>().not.toExtend<Duration>();
  expectTypeOf<bigint>().not.toExtend<Duration>();
  expectTypeOf<Date>().not.toExtend<Duration>();
});

it('keeps texts that are known at run time for parseDuration', () => {
  expectTypeOf(parseDuration).parameter(0).toEqualTypeOf<number | string>();
  expectTypeOf(parseDuration('10')).toEqualTypeOf<number>();
  expectTypeOf(formatDuration(5)).toEqualTypeOf<string>();
});
