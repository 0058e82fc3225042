import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Chart } from '../../src/web/admin/chart';
import { createScale, drawPath, findLimit, PLOT, separateNames } from '../../src/web/admin/chart-geometry';

const FROM = Date.parse('2026-11-29T11:04:00Z');
const TO = Date.parse('2026-11-29T12:04:00Z');
const at = (minute: number, value: number | null) => ({ at: FROM + minute * 60_000, value });
const LINES = [
  { name: 'received', points: [at(10, 3), at(11, 9), at(12, 5)] },
  { name: 'processed', points: [at(10, null)] },
];
const format = (value: number) => `${value} x`;
const html = renderToStaticMarkup(
  createElement(Chart, { title: 'Per minute', from: FROM, to: TO, lines: LINES, format }),
);

it('says in words the last, highest and lowest value of each line', () => {
  expect(html).toContain(
    'role="img" aria-label="Per minute, from 11:04 to 12:04 UTC. received: last 5 x, highest 9 x, lowest 3 x. processed: no values."',
  );
});

it('labels the axes and the lines', () => {
  const texts = [...html.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text);
  expect(texts).toEqual(['0', '5 x', '10 x', '11:04', '11:34', '12:04', 'UTC', 'received', 'processed']);
});

it('needs no style attribute and no script', () => {
  expect(html).not.toMatch(/style=|<script|<style/);
});

it.each([
  [0, 1],
  [1, 1],
  [3, 4],
  [120_000, 200_000],
  [0.015, 0.02],
])('ends the axis of values up to %d at %d', (highest, limit) => {
  expect(findLimit(highest)).toBeCloseTo(limit);
});

it('interrupts a line where a value is missing', () => {
  const points = [at(0, 0), at(30, 10), at(40, null), at(60, 5)];
  expect(drawPath(points, createScale(FROM, TO, 10))).toBe('M56 162h0L175 12M294 87h0');
});

it.each([
  [
    [100, 104],
    [95, 109],
  ],
  [
    [104, 100],
    [109, 95],
  ],
  [
    [20, 100],
    [20, 100],
  ],
  [
    [PLOT.bottom, PLOT.bottom],
    [PLOT.bottom - 14, PLOT.bottom],
  ],
])('places the names of lines that end at %j at %j', (ends, places) => {
  expect(separateNames(ends)).toEqual(places);
});
