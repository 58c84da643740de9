// Methods of times and durations, and Go's layouts. Expected values are those of Go 1.26's package time.

import { test } from 'vitest';
import { check, checkError } from '../../../test/support/template-check.ts';

test('parts of a time', async () => {
  await check(
    '{{ $t := toTime 1435065584.128 }}{{ $t }} {{ $t.Year }} {{ $t.Month }} {{ $t.Day }} {{ $t.Hour }} {{ $t.Minute }} {{ $t.Second }} {{ $t.Nanosecond }} {{ $t.Weekday }} {{ $t.YearDay }}',
    '2015-06-23 13:19:44.128 +0000 UTC 2015 June 23 13 19 44 128000000 Tuesday 174',
  );
  await check(
    '{{ $t := toTime 1435065584.128 }}{{ $t.Unix }} {{ $t.UnixMilli }} {{ $t.UnixMicro }} {{ $t.UnixNano }} {{ $t.UTC }} {{ $t.String }} {{ $t.IsZero }} {{ printf "%d %s %v %q" $t.Month $t.Month $t.Month $t.Month }} {{ eq $t.Month 6 }} {{ $t.Month.String }}',
    '1435065584 1435065584128 1435065584128000 1435065584128000000 2015-06-23 13:19:44.128 +0000 UTC 2015-06-23 13:19:44.128 +0000 UTC false 6 June June "June" true June',
  );
  await check(
    '{{ $t := toTime -1.5 }}{{ $t }} {{ $t.Unix }} {{ $t.UnixMilli }} {{ $t.Format ".999" }} {{ (toTime 951782400).YearDay }} {{ toTime -9e9 }}',
    '1969-12-31 23:59:58.5 +0000 UTC -2 -1500 .5 60 1684-10-19 08:00:00 +0000 UTC',
  );
});

test('other times', async () => {
  await check(
    '{{ $t := toTime 1435065584.128 }}{{ $t.Add (toDuration 1.0000005) }} {{ ($t.Sub (toTime 0)).Hours }} {{ $t.After (toTime 0) }} {{ $t.Before (toTime 0) }} {{ $t.Equal $t }} {{ $t.AddDate 0 1 -1 }} {{ $t.Compare (toTime 0) }} {{ $t.Truncate (toDuration 3600) }} {{ $t.Add 1000000000 }}',
    '2015-06-23 13:19:45.1280005 +0000 UTC 398629.32892444445 true false true 2015-07-22 13:19:44.128 +0000 UTC 1 2015-06-23 13:00:00 +0000 UTC 2015-06-23 13:19:45.128 +0000 UTC',
  );
});

test('layouts', async () => {
  await check(
    '{{ $t := toTime 1435065584.128 }}{{ $t.Format "2006-01-02T15:04:05Z07:00" }}|{{ $t.Format "Mon Jan _2 15:04:05 2006" }}|{{ $t.Format "Monday, 02-Jan-06 15:04:05 MST" }}|{{ $t.Format "3:04PM 03:4:5pm" }}',
    '2015-06-23T13:19:44Z|Tue Jun 23 13:19:44 2015|Tuesday, 23-Jun-15 13:19:44 UTC|1:19PM 01:19:44pm',
  );
  await check(
    '{{ $t := toTime 1435065584.128 }}{{ $t.Format "15:04:05.000 .999 .00 .0000000 ,999999" }}|{{ $t.Format "002 __2 -0700 -07:00 -07 Z0700 Z07 -070000 -07:00:00" }}|{{ $t.Format "January Jan January2 Janet Month Mon 1 01 2 02 _2006" }}|{{ $t.Format "15h" }}|{{ $t.Format ".0001 .002 0 07 10 20 200 2016" }}',
    '13:19:44.128 .128 .12 .1280000 ,128|174 174 +0000 +00:00 +00 Z Z +000000 +00:00:00|June Jun June23 Janet Month Tue 6 06 23 23 _2015|13h|.0006 .174 0 07 60 230 2300 23066',
  );
  await check('{{ (toTime 0).Format "3PM 15 03" }} {{ (toTime 43200).Format "3PM 3pm" }}', '12AM 00 12 12PM 12pm');
});

test('durations', async () => {
  await check(
    '{{ $d := toDuration 5400.25 }}{{ $d.Seconds }} {{ $d.Minutes }} {{ $d.Hours }} {{ $d.Milliseconds }} {{ $d.Microseconds }} {{ $d.Nanoseconds }} {{ $d.String }} {{ $d.Abs }} {{ $d.Round 3600000000000 }} {{ $d.Truncate 60000000000 }} {{ printf "%s %v %d %T" $d $d $d.Abs $d.Abs }}',
    '5400.25 90.00416666666666 1.5000694444444445 5400250 5400250000 5400250000000 1h30m0.25s 1h30m0.25s 2h0m0s 1h30m0s 1h30m0.25s 1h30m0.25s 5400250000000 time.Duration',
  );
  await check(
    '{{ range toDuration 0.000000003 }}{{ . }},{{ end }} {{ (toDuration -5400.25).Abs }} {{ (toDuration -5400).Round 3600000000000 }}',
    '0s,1ns,2ns, 1h30m0.25s -2h0m0s',
  );
  await checkError('{{ (toDuration 1).Foo }}', `1:15: at <1>: can't evaluate field Foo in type *time.Duration`);
});
