import type { ReactElement } from 'react';
import {
  createScale,
  drawPath,
  findLimit,
  PLOT,
  separateNames,
  SIZE,
  type ChartPoint,
  type Scale,
} from './chart-geometry';

/** One line of a chart. The second one is dashed, so that nobody needs colours to tell them apart. */
export interface ChartLine {
  name: string;
  points: readonly ChartPoint[];
}

interface ChartProps {
  title: string;
  from: number;
  to: number;
  /** One or two. */
  lines: readonly ChartLine[];
  format: (value: number) => string;
}

/** Returns the time of day in UTC: `12:04`. */
const formatTime = (at: number): string => new Date(at).toISOString().slice(11, 16);

const readValues = ({ points }: ChartLine): number[] =>
  points.flatMap(({ value }) => (value === null ? [] : [value]));

/** Says in words what a line shows. */
function describeLine(line: ChartLine, format: ChartProps['format']): string {
  const values = readValues(line);
  if (values.length === 0) return `${line.name}: no values`;
  const [last, highest, lowest] = [values.at(-1) ?? 0, Math.max(...values), Math.min(...values)].map(format);
  return `${line.name}: last ${last}, highest ${highest}, lowest ${lowest}`;
}

/** The numbers at the left, each with a line across the plot. */
function ValueAxis({ limit, scale, format }: { limit: number; scale: Scale; format: ChartProps['format'] }) {
  return [0, limit / 2, limit].map((value) => (
    <g key={value}>
      <path className="grid" d={`M${PLOT.left} ${scale.y(value)}H${PLOT.right}`} />
      <text x={PLOT.left - 6} y={scale.y(value) + 4} textAnchor="end">
        {value === 0 ? '0' : format(value)}
      </text>
    </g>
  ));
}

function TimeAxis({ from, to, scale }: { from: number; to: number; scale: Scale }) {
  return [from, (from + to) / 2, to].map((at) => (
    <text key={at} x={scale.x(at)} y={PLOT.bottom + 18} textAnchor="middle">
      {formatTime(at)}
    </text>
  ));
}

function Lines({ lines, scale }: { lines: readonly ChartLine[]; scale: Scale }): ReactElement {
  const ends = separateNames(lines.map((line) => scale.y(readValues(line).at(-1) ?? 0)));
  return (
    <>
      {lines.map((line, n) => (
        <g key={line.name} className={`line-${n + 1}`}>
          <path d={drawPath(line.points, scale)} />
          <text x={PLOT.right + 6} y={(ends[n] ?? 0) + 4}>
            {line.name}
          </text>
        </g>
      ))}
    </>
  );
}

/** A chart of values over time, drawn on the server. It needs no script and no style attribute, which the pages do not allow. */
export function Chart({ title, from, to, lines, format }: ChartProps): ReactElement {
  const limit = findLimit(Math.max(0, ...lines.flatMap(readValues)));
  const scale = createScale(from, to, limit);
  const description = lines.map((line) => describeLine(line, format)).join('. ');
  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      <svg
        viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
        role="img"
        aria-label={`${title}, from ${formatTime(from)} to ${formatTime(to)} UTC. ${description}.`}
      >
        <ValueAxis limit={limit} scale={scale} format={format} />
        <TimeAxis from={from} to={to} scale={scale} />
        <text x={SIZE.width} y={PLOT.bottom + 18} textAnchor="end">
          UTC
        </text>
        <Lines lines={lines} scale={scale} />
      </svg>
    </figure>
  );
}
